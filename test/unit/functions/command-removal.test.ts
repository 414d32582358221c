import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { setWaiting, writeApproval } from '../../../aws/approvals.ts';
import { writeRow } from '../../../aws/rows.ts';
import { keys } from '../../../aws/table.ts';
import { type AdoptionAnswer, DeployedAnswer, type InboxAnswer, type StartedAnswer, type StatusAnswer, type Trouble } from '../../../contracts/commands.ts';
import type * as z from 'zod';
import { handler } from '../../../functions/command/handler.ts';
import { callHandler } from '../../fakes/api-event.ts';
import { peopledRegistry, sessionOf } from '../../fakes/approval-world.ts';
import { stubVariables } from '../../fakes/release-world.ts';
import { aDeployed, anApproval, aRelease } from '../../fakes/samples.ts';
import { FakeTable } from '../../fakes/table.ts';

const [sfn, bus] = [mockClient(SFNClient), mockClient(EventBridgeClient)];
let table: FakeTable;

beforeEach(async () => {
  stubVariables();
  table = new FakeTable().install();
  for (const client of [sfn, bus]) client.reset();
  bus.on(PutEventsCommand).resolves({ FailedEntryCount: 0 });
  sfn.on(StartExecutionCommand).resolves({});
  await writeRow('table', keys.registry(), { version: 1, text: '', content: peopledRegistry(), registeredBy: 'somebody', registeredAt: '2026-01-02T00:00:00.000Z' });
  await writeRow('table', keys.deployed('orders', 'dev', 'main'), aDeployed());
  await writeRow('table', keys.release('orders-12-3f2a9c1b'), aRelease());
});
afterEach(() => {
  table.restore();
  vi.unstubAllEnvs();
});

type Said = Partial<StartedAnswer & AdoptionAnswer & InboxAnswer & StatusAnswer & z.infer<typeof Trouble>>;

async function call(path: string, body?: unknown): Promise<{ status: number | undefined; said: Said }> {
  const answer = await callHandler(handler, { method: body === undefined ? 'GET' : 'POST', path, caller: sessionOf('alex'), ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return { status: answer.statusCode, said: JSON.parse(answer.body ?? '') as Said };
}

const unregister = (application: string) => writeRow('table', keys.registry(), { version: 2, text: '', content: peopledRegistry(), former: [application], registeredBy: 'somebody', registeredAt: '2026-01-02T00:00:00.000Z' });

it('the command line asks for a removal as the principal that signed the request, once', async () => {
  const { said } = await call('/removals', { application: 'orders', environment: 'dev', reason: 'not needed' });
  expect(said.release).toBe('orders-1-3f2a9c1b');
  expect(table.under('RELEASE#orders-1-3f2a9c1b', 'RELEASE')[0]).toMatchObject({ mode: 'remove', message: 'not needed', author: { name: expect.any(String) as string } });
  expect((await call('/removals', { application: 'orders', environment: 'dev' })).said.release).toBe('orders-1-3f2a9c1b');
  expect(sfn.commandCalls(StartExecutionCommand).map(({ args }) => args[0].input.name)).toEqual(['orders-1-3f2a9c1b-1', 'orders-1-3f2a9c1b-1']);
});

it('a removal of what is not deployed, and a request that is none, are refused', async () => {
  expect(await call('/removals', { application: 'orders', environment: 'prod' })).toMatchObject({ status: 404, said: { message: expect.stringContaining('nothing is deployed there') as string } });
  expect(await call('/removals', { application: 'orders', environment: 'dev', targets: [] })).toMatchObject({ status: 400 });
});

it('a removal may name some of the targets that are deployed there', async () => {
  await writeRow('table', keys.deployed('orders', 'dev', 'second'), aDeployed({ target: 'second', stackName: 'orders-second' }));
  const { said } = await call('/removals', { application: 'orders', environment: 'dev', targets: ['second'] });
  expect(table.under(`RELEASE#${said.release ?? ''}`, 'RELEASE')[0]).toMatchObject({ removal: { environment: 'dev', targets: ['second'] } });
  expect(await call('/removals', { application: 'orders', environment: 'dev', targets: ['third'] })).toMatchObject({ status: 404, said: { message: expect.stringContaining('as third') as string } });
});

it('everything that is deployed is listed, also what is broken or not registered any more, and what runs', async () => {
  await writeRow('table', keys.releaseOf('orders', 12), { release: 'orders-12-3f2a9c1b' });
  await writeRow('table', keys.deployed('orders', 'try-abc', 'main'), aDeployed({ environment: 'try-abc', broken: true }));
  await unregister('shop');
  await writeRow('table', keys.deployed('shop', 'gone', 'main'), aDeployed({ application: 'shop', environment: 'gone', stackName: 'shop-gone' }));
  const { applications } = DeployedAnswer.parse((await call('/deployed')).said);
  const told = Object.fromEntries(applications.map(({ application, registered, deployed, running }) => [application, [registered, deployed.map(({ environment }) => environment), running]]));
  expect(told).toMatchObject({ orders: [true, ['dev', 'try-abc'], [{ release: 'orders-12-3f2a9c1b', mode: 'deploy' }]], shop: [false, ['gone'], []] });
});

it('what has left the configuration is in the status while it runs, and what waits for it is in the inbox', async () => {
  const left = { application: 'shop', environment: 'gone', target: 'main', account: '222222222222', region: 'eu-west-1', stackName: 'shop-gone', by: 'registry', why: 'shop is not registered any more', since: '2026-01-02T00:00:00.000Z', removal: 'shop-3-3f2a9c1b' };
  await writeRow('table', keys.left('shop', 'gone', 'main'), left);
  await unregister('shop');
  expect((await call('/status')).said.left).toEqual([]);
  await writeRow('table', keys.deployed('shop', 'gone', 'main'), aDeployed({ application: 'shop', environment: 'gone', stackName: 'shop-gone' }));
  const { said } = await call('/status');
  expect(said.left).toEqual([left]);
  expect(said.applications?.find(({ application }) => application === 'shop')?.deployed).toMatchObject([{ stackName: 'shop-gone' }]);

  const approval = anApproval({ application: 'shop', environment: 'gone', release: 'shop-3-3f2a9c1b', removes: true, authors: [] });
  await writeApproval('table', approval, 0);
  await setWaiting('table', approval, undefined);
  expect((await call('/inbox')).said.waiting).toMatchObject([{ application: 'shop', environment: 'gone', release: 'shop-3-3f2a9c1b' }]);
});

it('the command line adopts a stack as whoever signed the request, status shows it until it is taken over, and it can be taken back', async () => {
  const adopted = { stack: 'orders-dev', application: 'orders', environment: 'dev', reason: 'made by sam' };
  expect((await call('/adoptions', adopted)).said).toMatchObject({ account: '222222222222', region: 'eu-west-1', sentence: expect.stringContaining('A person must say yes') as string });
  expect((await call('/status')).said.adopted).toMatchObject([{ stackName: 'orders-dev', application: 'orders', environment: 'dev', by: 'alex', reason: 'made by sam' }]);
  await writeRow('table', keys.adoption({ account: '222222222222', region: 'eu-west-1', stackName: 'orders-old' }), { ...adopted, account: '222222222222', region: 'eu-west-1', stackName: 'orders-old', application: 'carts', by: 'robin', at: '2026-01-02T00:00:00.000Z' });
  expect(await call('/adoptions', { ...adopted, stack: 'orders-old' })).toMatchObject({ status: 400, said: { message: expect.stringContaining('something else is to take it over') as string } });
  expect(await call('/adoptions', { ...adopted, stack: 'orders-old', end: true })).toMatchObject({ status: 404 });
  expect(await call('/adoptions', { ...adopted, environment: 'nowhere' })).toMatchObject({ status: 400, said: { message: expect.stringContaining('there is no environment nowhere') as string } });
  expect((await call('/adoptions', { ...adopted, end: true })).said.sentence).toContain('may not take over');
  expect((await call('/status')).said.adopted).toMatchObject([{ application: 'carts' }]);
});
