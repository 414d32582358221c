import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callDoor, type Door } from '../../../aws/door-client.ts';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'very-secret-key', sessionToken: 'very-secret-session' };

let server: Server;
let asked: { method: string; url: string; headers: IncomingHttpHeaders; body: string }[];
let answer: { status: number; body: string };
let door: Door;

beforeEach(async () => {
  asked = [];
  answer = { status: 200, body: '{"state":"approved"}' };
  server = createServer((request, response) => {
    void text(request).then((body) => {
      asked.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
      response.writeHead(answer.status).end(answer.body);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  door = { url: `http://door.localhost:${String((server.address() as AddressInfo).port)}`, region: 'eu-west-1', credentials };
});
afterEach(() => {
  server.close().closeAllConnections();
});

/** The signature that IAM would work out for what arrived. */
async function signatureOf({ method, url, headers, body }: (typeof asked)[number]): Promise<string | undefined> {
  const { pathname, searchParams } = new URL(url, door.url);
  const date = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(headers['x-amz-date']));
  const signer = new SignatureV4({ service: 'execute-api', region: 'eu-west-1', credentials, sha256: Sha256 });
  const signed = await signer.sign(
    { method, protocol: 'http:', hostname: 'door.localhost', path: pathname, query: Object.fromEntries(searchParams), headers: { host: String(headers.host), ...(body === '' ? {} : { 'content-type': String(headers['content-type']) }) }, ...(body === '' ? {} : { body }) },
    { signingDate: new Date(Date.UTC(Number(date?.[1]), Number(date?.[2]) - 1, Number(date?.[3]), Number(date?.[4]), Number(date?.[5]), Number(date?.[6]))) },
  );
  return signed.headers['authorization'];
}

describe('a command', () => {
  it.each([
    ['without a body', { method: 'GET', path: '/inbox' }],
    ['with a query', { method: 'GET', path: '/releases?limit=5&application=orders' }],
    ['with a body', { method: 'POST', path: '/delegations', body: { to: 'sam', reason: 'ü ☕' } }],
  ] as const)('%s arrives signed with the caller’s own credentials, as it is', async (_, call) => {
    expect(await callDoor(door, call)).toEqual({ state: 'approved' });
    const [request = { method: '', url: '', headers: {}, body: '' }] = asked;
    expect(request).toMatchObject({ method: call.method, url: call.path, body: 'body' in call ? JSON.stringify(call.body) : '' });
    expect(request.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/execute-api\/aws4_request/);
    expect(request.headers.authorization).toBe(await signatureOf(request));
    expect(request.headers['x-amz-security-token']).toBe(credentials.sessionToken);
    expect(JSON.stringify(request)).not.toContain(credentials.secretAccessKey);
  });

  it.each([
    [403, '{"error":"AccessDeniedError","message":"Answering: no."}', 'AccessDeniedError', 'Answering: no.'],
    [403, '{"Message":"User is not authorized"}', 'Refused', 'User is not authorized'],
    [403, '{"message":"Forbidden"}', 'Refused', 'Forbidden'],
    [502, '<html>Bad Gateway</html>', 'Refused', 'The control plane answered 502.'],
    [500, '', 'Refused', 'The control plane answered 500.'],
    [302, 'null', 'Refused', 'The control plane answered 302.'],
  ])('that is answered with %d %s is refused in the control plane’s own words', async (status, body, kind, message) => {
    answer = { status, body };
    await expect(callDoor(door, { method: 'GET', path: '/status' })).rejects.toMatchObject({ name: 'DoorError', status, kind, message });
    expect(asked, 'and nobody is sent elsewhere').toHaveLength(1);
  });

  it('that finds nobody is an error without the credentials', async () => {
    server.close().closeAllConnections();
    await once(server, 'close');
    const error = (await callDoor(door, { method: 'GET', path: '/status' }).catch((it: unknown) => it)) as Error;
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
    expect(`${error.message}${error.stack ?? ''}`).not.toContain('very-secret');
  });

  it('with an empty answer is done', async () => {
    answer = { status: 204, body: '' };
    expect(await callDoor(door, { method: 'POST', path: '/plans', body: {} })).toBeUndefined();
  });
});
