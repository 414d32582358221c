import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkEnvironment } from '../../../functions/check-environment/handler.ts';
import { probe, RefusedAddress } from '../../../functions/check-environment/probe.ts';
import { FakeRecords } from '../../fakes/records.ts';
import { aRecord, aRelease, aTarget, environmentTask } from '../../fakes/samples.ts';

const begun = '2026-01-01T00:00:00.000Z';
const test = { url: '${outputs.Api}/health', status: 200, withinSeconds: 60 };
let records: FakeRecords;
let answered: { status: number; body: string } | Error;
let asked: string[];

beforeEach(() => {
  records = new FakeRecords();
  records.release = aRelease({ configuration: { build: { kind: 'sam', templates: [] }, environments: [{ name: 'dev', targets: [aTarget({ tests: [test] })] }], remarks: [] } });
  records.targets.set('dev/main', aRecord({ state: 'ended', outcome: 'deployed', outputs: { Api: 'https://api.example.com' } }));
  answered = { status: 200, body: 'ok' };
  asked = [];
});

const look = (seconds = 0, addresses: 'public' | 'any' = 'public') => {
  records.clock = new Date(Date.parse(begun) + seconds * 1000);
  const told = (url: string) => {
    asked.push(url);
    return answered instanceof Error ? Promise.reject(answered) : Promise.resolve(answered);
  };
  return checkEnvironment(Object.assign(records, { probe: told }), { tableName: 'table', addresses }, { ...environmentTask, begun });
};

describe('an environment that is tested', () => {
  it('passes when every address answers as expected, asked with the outputs of its stack', async () => {
    expect(await look()).toEqual({ answer: 'passed', tests: 0 });
    expect(asked).toEqual(['https://api.example.com/health']);
  });

  it('is asked with what the plan took from an earlier environment too', async () => {
    records.release = aRelease({ configuration: { build: { kind: 'sam', templates: [] }, environments: [{ name: 'dev', targets: [aTarget({ tests: [{ ...test, url: '${outputs.Api}/?of=${environments.first.outputs.Id}' }] })] }], remarks: [] } });
    records.targets.set('dev/main', aRecord({ state: 'ended', outcome: 'deployed', outputs: { Api: 'https://api.example.com' }, taken: { 'environments.first.outputs.Id': '7' } }));
    expect(await look()).toEqual({ answer: 'passed', tests: 0 });
    expect(asked).toEqual(['https://api.example.com/?of=7']);
  });

  it('is looked at again until the time of the test is over', async () => {
    answered = { status: 503, body: '' };
    expect(await look(59)).toEqual({ answer: 'again', tests: 0 });
    await expect(look(60)).rejects.toMatchObject({ name: 'DeploymentFailedError', message: expect.stringContaining('What is deployed in dev fails its test: https://api.example.com/health answered 503 where 200 was expected') as string });
    answered = new Error('connect ECONNREFUSED');
    await expect(look(60)).rejects.toMatchObject({ message: expect.stringContaining('could not be asked: connect ECONNREFUSED') as string });
  });

  it.each([
    ['is not https', 'http://api.example.com', 'does not begin with https://'],
    ['is no address', 'api', 'is not an address'],
  ])('fails at once where an output %s', async (_, Api, words) => {
    records.targets.set('dev/main', aRecord({ state: 'ended', outcome: 'deployed', outputs: { Api } }));
    await expect(look()).rejects.toMatchObject({ name: 'DeploymentFailedError', message: expect.stringContaining(words) as string });
    expect(asked).toEqual([]);
  });

  it('fails at once where the name turns out to mean something inside, or the output is not there', async () => {
    answered = new RefusedAddress('is not asked, for api.example.com is 10.0.0.1, which is no address of the public internet');
    await expect(look()).rejects.toMatchObject({ message: expect.stringContaining('10.0.0.1') as string });
    records.targets.set('dev/main', aRecord({ state: 'ended', outcome: 'deployed', outputs: {} }));
    await expect(look()).rejects.toMatchObject({ message: expect.stringContaining('takes the output Api, which the stack does not have') as string });
  });
});

describe('asking an address', () => {
  let server: Server;
  let followed = false;
  const at = (path: string) => `http://127.0.0.1:${String((server.address() as AddressInfo).port)}${path}`;
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/moved') response.writeHead(302, { location: '/secret' }).end();
      else if (request.url === '/secret') followed = true;
      else if (request.url === '/large') response.end('x'.repeat(1024 * 1024));
      else response.end(JSON.stringify(request.headers));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  });
  afterAll(() => server.close());

  it('follows no redirect, and sends nothing that says who asks', async () => {
    expect(await probe(at('/moved'), 'any')).toEqual({ status: 302, body: '' });
    expect(followed).toBe(false);
    const { body } = await probe(at('/'), 'any');
    expect(Object.keys(JSON.parse(body) as object).sort()).toEqual(['connection', 'host', 'user-agent']);
  });

  it('reads the beginning of a long body only', async () => {
    expect((await probe(at('/large'), 'any')).body).toHaveLength(64 * 1024);
  });

  it.each(['127.0.0.1', 'localhost', '169.254.169.254', '[::1]', '[::ffff:169.254.169.254]', '0x7f.1', '2130706433'])('never asks %s from inside the tools account', async (host) => {
    await expect(probe(`http://${host}/latest/meta-data/`, 'public')).rejects.toMatchObject({ name: 'RefusedAddress' });
  });
});
