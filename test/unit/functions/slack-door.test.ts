import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SlackInteraction, SlackSecret } from '../../../contracts/slack.ts';
import { ConfigurationError } from '../../../domain/errors.ts';
import { door, type Uses } from '../../../functions/slack-door/door.ts';
import { logger } from '../../../runtime/logger.ts';
import { throughTheApi } from '../../fakes/api-event.ts';
import { anApproval } from '../../fakes/samples.ts';

const secret: SlackSecret = { botToken: 'xoxb-very-secret-bot-token', signingSecret: 'very-secret-signing-secret' };
const clock = new Date('2026-01-02T00:00:00.000Z');
const seconds = clock.getTime() / 1000;
const about = { approval: anApproval().id, digest: anApproval().digest };

const pressed = (action: string, fields: object = {}) => ({
  type: 'block_actions', token: 'verification-token', response_url: 'https://hooks.slack.example/answer-here', trigger_id: 'trigger-1', api_app_id: 'A1',
  team: { id: 'T0SHOP1', domain: 'shop' }, user: { id: 'U0ALEX', username: 'alex', team_id: 'T0SHOP1' }, channel: { id: 'C0MAIN1', name: 'deploy' }, container: { type: 'message' }, message: { ts: '1.2', text: 'the whole message' },
  actions: [{ type: 'button', action_id: action, block_id: 'answer', value: JSON.stringify(about), action_ts: '1' }],
  ...fields,
});
const submitted = (reason: string | null, metadata: unknown = { ...about, channel: 'C0MAIN1', decision: 'approve' }) => ({
  type: 'view_submission', token: 'verification-token', team: { id: 'T0SHOP1' }, user: { id: 'U0ALEX' }, response_urls: [{ response_url: 'https://hooks.slack.example/answer-here' }],
  view: { id: 'V1', callback_id: 'decision', private_metadata: JSON.stringify(metadata), state: { values: { reason: { text: { type: 'plain_text_input', value: reason } } } } },
});

const formOf = (payload: unknown): string => new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
const sign = (body: string | Uint8Array, timestamp: number | string = seconds, key = secret.signingSecret): string => `v0=${createHmac('sha256', key).update(`v0:${String(timestamp)}:`).update(body).digest('hex')}`;

let handed: SlackInteraction[];
let taken: Set<string>;
let logged: string[];
let uses: Uses;

beforeEach(() => {
  [handed, taken, logged] = [[], new Set(), []];
  uses = {
    secret: () => Promise.resolve(secret),
    takeOnce: (signature) => {
      const fresh = !taken.has(signature);
      taken.add(signature);
      return Promise.resolve(fresh);
    },
    handOver: (interaction) => Promise.resolve(void handed.push(interaction)),
    now: () => clock,
  };
  for (const level of ['debug', 'info', 'warn', 'error'] as const) vi.spyOn(logger, level).mockImplementation((...said: unknown[]) => void logged.push(JSON.stringify(said)));
});
afterEach(() => {
  vi.restoreAllMocks();
});

interface Sent {
  readonly timestamp?: number | string | undefined;
  readonly signature?: string | undefined;
  readonly headers?: Record<string, string>;
}

/** Sends a body as Slack would; what is given takes the place of what would be right. */
function send(body: string | Uint8Array, given: Sent = {}) {
  const { timestamp, signature, headers = {} } = { timestamp: seconds, ...given };
  const signed = 'signature' in given ? signature : sign(body, timestamp ?? '');
  return throughTheApi(door(uses), {
    path: '/slack/interactions',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...(timestamp === undefined ? {} : { 'x-slack-request-timestamp': String(timestamp) }), ...(signed === undefined ? {} : { 'x-slack-signature': signed }), ...headers },
    body,
  });
}

/** It is refused, nothing is handed over, and what is logged is no help to anybody. */
async function refused(answer: ReturnType<typeof send>, status: number) {
  expect(await answer).toMatchObject({ statusCode: status, body: '' });
  expect(handed).toEqual([]);
}

describe('a request that Slack has signed', () => {
  it('is handed over without what could be used again, and answered with nothing', async () => {
    expect(await send(formOf(pressed('approve')))).toMatchObject({ statusCode: 200, body: '', headers: { 'cache-control': 'no-store' } });
    expect(handed).toEqual([{ kind: 'button', workspace: 'T0SHOP1', user: 'U0ALEX', channel: 'C0MAIN1', trigger: 'trigger-1', action: 'approve', about }]);
    expect(JSON.stringify(handed)).not.toMatch(/verification-token|hooks\.slack|the whole message/);
  });

  it('brings the answer of a dialog, with an empty reason where none was given and a long one cut', async () => {
    await send(formOf(submitted('looks good ☕')));
    await send(formOf(submitted(null)));
    await send(formOf(submitted('r'.repeat(2000))));
    expect(handed.map((it) => (it.kind === 'answer' ? it.reason : 'a button'))).toEqual(['looks good ☕', '', 'r'.repeat(1000)]);
    expect(handed[0]).toEqual({ kind: 'answer', workspace: 'T0SHOP1', user: 'U0ALEX', channel: 'C0MAIN1', decision: 'approve', reason: 'looks good ☕', about });
    expect(JSON.stringify(handed)).not.toMatch(/verification-token|hooks\.slack/);
  });

  it('is good as the bytes that came, also where they are no text', async () => {
    const bytes = Buffer.concat([Buffer.from(formOf(pressed('details'))), Buffer.from('&rest='), Buffer.from([0xff, 0xfe, 0x80, 0xc3, 0x28])]);
    expect(await send(bytes)).toMatchObject({ statusCode: 200 });
    expect(handed).toHaveLength(1);
    const asText = Buffer.from(bytes.toString('utf8'));
    await refused(send(asText, { signature: sign(bytes) }).finally(() => void handed.splice(0)), 401);
  });

  it('is good whatever other headers a proxy put beside it', async () => {
    expect(await send(formOf(pressed('approve')), { headers: { 'x-strange': '☕', 'x-broken': 'a\r\nb', 'x-empty': '' } })).toMatchObject({ statusCode: 200 });
    await refused(send(formOf(pressed('reject')), { signature: '☕' }).finally(() => void handed.splice(0)), 401);
  });

  it('within five minutes either way is good', async () => {
    for (const off of [-300, -1, 300]) expect(await send(formOf(pressed('approve')), { timestamp: seconds + off })).toMatchObject({ statusCode: 200 });
  });
});

describe('a request that is not Slack’s', () => {
  const body = formOf(pressed('approve'));

  it.each<[string, Sent]>([
    ['is forged', { signature: sign(body, seconds, 'another-secret') }],
    ['is signed with nothing', { signature: sign(body, seconds, '') }],
    ['is signed with the bot’s token', { signature: sign(body, seconds, secret.botToken) }],
    ['has no signature', { signature: undefined }],
    ['has an empty signature', { signature: '' }],
    ['has a signature of another version', { signature: sign(body).replace('v0=', 'v1=') }],
    ['has a signature in capitals', { signature: sign(body).toUpperCase() }],
    ['has half a signature', { signature: sign(body).slice(0, 40) }],
    ['has two signatures', { signature: `${sign(body)}, ${sign(body)}` }],
    ['has no time', { timestamp: undefined, signature: sign(body) }],
    ['has a time that is none', { timestamp: 'now' }],
    ['has a time with something behind it', { timestamp: `${String(seconds)}:0` }],
    ['has a time below zero', { timestamp: '-1' }],
    ['has the signature of another time', { timestamp: seconds + 1, signature: sign(body) }],
    ['is six minutes old', { timestamp: seconds - 301 }],
    ['is from the future', { timestamp: seconds + 301 }],
    ['is years old', { timestamp: 0 }],
  ])('is refused when it %s', async (_, given) => {
    await refused(send(body, given), 401);
    expect(taken.size, 'and does not use up what is Slack’s').toBe(0);
  });

  it('is refused when its body was altered', async () => {
    for (const altered of [body.replace('approve', 'reject'), body + '&', ` ${body}`, '', body.replaceAll('U0ALEX', 'U0ROBIN')]) await refused(send(altered, { signature: sign(body) }), 401);
  });

  it('is refused when it comes a second time, and hands nothing over', async () => {
    expect(await send(body)).toMatchObject({ statusCode: 200 });
    handed = [];
    await refused(send(body), 409);
    const both = await Promise.all([send(body, { timestamp: seconds - 5 }), send(body, { timestamp: seconds - 5 })]);
    expect(both.map(({ statusCode }) => statusCode).toSorted()).toEqual([200, 409]);
    expect(handed).toHaveLength(1);
  });

  it.each([10_000_000, 256 * 1024 + 1])('is refused before it is looked at when it has %i bytes', async (size) => {
    uses = { ...uses, secret: () => Promise.reject(new Error('must not be asked')) };
    const large = 'payload='.padEnd(size, 'x');
    await refused(send(large), 413);
    await refused(send(large, { headers: { 'content-length': String(size) } }), 413);
  });

  it('is refused at any other address and with any other method', async () => {
    for (const [method, path] of [['GET', '/slack/interactions'], ['POST', '/slack'], ['POST', '/slack/interactions/x'], ['POST', '/']] as const) {
      expect(await throughTheApi(door(uses), { method, path, ...(method === 'POST' ? { body } : {}), headers: { 'x-slack-request-timestamp': String(seconds), 'x-slack-signature': sign(body) } })).toMatchObject({ statusCode: 404, body: '' });
    }
    expect(handed).toEqual([]);
  });
});

describe('what Slack sends that is not ours', () => {
  it.each<[string, string]>([
    ['a check of the certificate', 'ssl_check=1&token=verification-token'],
    ['nothing', ''],
    ['no JSON', 'payload=%7B'],
    ['JSON that is nothing', 'payload=null'],
    ['another kind', formOf({ type: 'shortcut', user: { id: 'U0ALEX' } })],
    ['a button of somebody else', formOf(pressed('launch'))],
    ['a button without a value', formOf(pressed('approve', { actions: [{ action_id: 'approve' }] }))],
    ['a button for no question', formOf(pressed('approve', { actions: [{ action_id: 'approve', value: JSON.stringify({ approval: '../x', digest: 'y' }) }] }))],
    ['no actions', formOf(pressed('approve', { actions: [] }))],
    ['a dialog of somebody else', formOf({ ...submitted('x'), view: { ...submitted('x').view, callback_id: 'survey' } })],
    ['a dialog that says neither yes nor no', formOf(submitted('x', { ...about, channel: 'C0MAIN1', decision: 'maybe' }))],
    ['a dialog that says nothing', formOf(submitted('x', null))],
    ['a dialog that was closed', formOf({ type: 'view_closed', user: { id: 'U0ALEX' }, view: {} })],
    ['an inherited name', formOf(pressed('__proto__'))],
  ])('is acknowledged and dropped: %s', async (_, body) => {
    expect(await send(body)).toMatchObject({ statusCode: 200, body: '' });
    expect(handed).toEqual([]);
  });

  it('is dropped without a workspace that could be ours', async () => {
    await send(formOf(pressed('approve', { team: null })));
    expect(handed.map(({ workspace }) => workspace)).toEqual(['']);
  });
});

describe('when something of ours is broken', () => {
  it.each<[string, () => Partial<Uses>]>([
    ['the secret', () => ({ secret: () => Promise.reject(new ConfigurationError('Reading the secret slack: there is none.')) })],
    ['the table', () => ({ takeOnce: () => Promise.reject(new Error('no table')) })],
    ['handing over', () => ({ handOver: () => Promise.reject(new Error('no function')) })],
  ])('(%s) Slack is told so, and nothing besides', async (_, broken) => {
    uses = { ...uses, ...broken() };
    await refused(send(formOf(pressed('approve'))), 500);
    expect(logged).toHaveLength(1);
  });

  it('nothing that is secret is logged, whatever came', async () => {
    const body = formOf(pressed('approve'));
    await send(body);
    await send(body);
    await send(body, { signature: sign(body, seconds, 'x') });
    await send(body, { timestamp: 1 });
    uses = { ...uses, handOver: () => Promise.reject(new Error('no function')) };
    await send(formOf(submitted('a reason that is nobody’s business')));
    expect(logged.length).toBeGreaterThan(3);
    expect(logged.join('\n')).toContain('192.0.2.1');
    for (const hidden of [secret.botToken, secret.signingSecret, sign(body), 'verification-token', 'hooks.slack', 'trigger-1', 'nobody’s business', about.digest]) expect(logged.join('\n')).not.toContain(hidden);
  });
});
