import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { LogLevel, WebClient } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serveSlack, type StandInSlack } from '../../../local/slack.ts';

const [channel, kim, lee, secret, token] = ['C0LOCAL0001', 'U0LOCALKIM1', 'U0LOCALLEE1', 'a signing secret', 'xoxb-local'];
const started = Date.UTC(2030, 0, 1);

interface Payload { readonly type: string; readonly trigger_id: string; readonly view?: { readonly state: unknown } }

let door: Server;
let received: { headers: IncomingHttpHeaders; body: string; payload: Payload }[];
/** What the app does with what Slack sends it. */
let answer: (response: ServerResponse) => void;
let now: number;
let patience: number;
let slack: StandInSlack;
let client: WebClient;

const port = (): string => String((door.address() as AddressInfo).port);

beforeEach(async () => {
  [now, patience, received] = [started, 3000, []];
  answer = (response) => response.end();
  door = createServer((request, response) => {
    void text(request).then((body) => {
      const payload = JSON.parse(new URLSearchParams(body).get('payload') ?? '') as Payload;
      received.push({ headers: request.headers, body, payload });
      answer(response);
    });
  });
  await once(door.listen(0, '127.0.0.1'), 'listening');
  slack = await serveSlack({
    botToken: token, signingSecret: secret, workspace: 'T0LOCAL0001', channels: { [channel]: 'deployments' }, users: { [kim]: 'kim', [lee]: 'lee' },
    now: () => now, get patience() { return patience; },
    interactivityUrl: () => `http://drawbridge.execute-api.localhost:${port()}/slack?stage=local`,
  });
  client = new WebClient(token, { slackApiUrl: slack.apiUrl, logLevel: LogLevel.ERROR, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true });
});

afterEach(async () => {
  await slack.close();
  door.close().closeAllConnections();
});

const plain = (words: string) => ({ type: 'plain_text' as const, text: words });
const mrkdwn = (words: string) => ({ type: 'section' as const, text: { type: 'mrkdwn' as const, text: words } });
const button = (id: string) => ({ type: 'button' as const, action_id: id, text: plain(id), value: `${id}|1` });
const reason = { type: 'input' as const, block_id: 'why', label: plain('Reason'), element: { type: 'plain_text_input' as const, action_id: 'reason', multiline: true } };
const modal = { type: 'modal' as const, callback_id: 'reject', private_metadata: 'release 1', title: plain('Reject'), submit: plain('Reject'), blocks: [reason] };

async function posted(): Promise<string> {
  const { ts } = await client.chat.postMessage({ channel, text: 'Approve?', blocks: [mrkdwn('*Approve?*'), { type: 'actions', block_id: 'decision', elements: [button('approve'), button('reject')] }] });
  return ts ?? '';
}

async function pressed(): Promise<string> {
  await slack.press({ user: kim, channel, ts: await posted(), actionId: 'reject' });
  return received.at(-1)?.payload.trigger_id ?? '';
}

async function opened(): Promise<string> {
  const { view } = await client.views.open({ trigger_id: await pressed(), view: modal });
  return view?.id ?? '';
}

const submit = (viewId: string, typed: string) => slack.submit({ user: kim, viewId, values: { why: { reason: typed } } });
const says = (body: unknown) => (response: ServerResponse) => response.end(JSON.stringify(body));
const page = async (as = kim): Promise<string> => (await fetch(`${slack.url}?as=${as}`)).text();
const send = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) => fetch(`${slack.url}${path}?as=${kim}`, { method: 'POST', body: new URLSearchParams(fields), headers, redirect: 'manual' });
const api = async (method: string, body: unknown, authorization = `Bearer ${token}`): Promise<unknown> =>
  (await fetch(`${slack.apiUrl}${method}`, { method: 'POST', headers: { 'content-type': 'application/json', authorization }, body: JSON.stringify(body) })).json();

describe('a message', () => {
  it('is posted, and an update takes its place', async () => {
    const ts = await posted();
    await client.chat.update({ channel, ts, text: 'Approved by Kim' });
    expect(slack.messages(channel)).toEqual([expect.objectContaining({ channel, ts, text: 'Approved by Kim', blocks: [], edited: 1 })]);
    expect(slack.calls().map((call) => call.method)).toEqual(['chat.postMessage', 'chat.update']);
    expect(JSON.stringify(slack.calls())).not.toContain(token);
  });

  it('to one person is seen by that person only, and cannot be updated', async () => {
    const { message_ts: ts = '' } = await client.chat.postEphemeral({ channel, user: kim, text: 'Not you' });
    expect(slack.ephemerals(kim)).toEqual([expect.objectContaining({ channel, text: 'Not you' })]);
    expect([await page(kim), await page(lee)].map((shown) => shown.includes('Not you'))).toEqual([true, false]);
    expect(await api('chat.update', { channel, ts, text: 'You' })).toMatchObject({ error: 'cant_update_message' });
  });

  it.each([
    ['a channel that is not there', { channel: 'constructor', text: 'x' }, 'channel_not_found'],
    ['neither text nor blocks', { channel }, 'no_text'],
    ['too long a text', { channel, text: 'x'.repeat(40_001) }, 'msg_too_long'],
    ['blocks that are no JSON', { channel, text: 'x', blocks: '[' }, 'invalid_blocks_format'],
    ['51 blocks', { channel, blocks: Array.from({ length: 51 }, () => ({ type: 'divider' })) }, 'invalid_blocks'],
    ['too long a section', { channel, blocks: [mrkdwn('x'.repeat(3001))] }, 'invalid_blocks'],
    ['too long a header', { channel, blocks: [{ type: 'header', text: plain('x'.repeat(151)) }] }, 'invalid_blocks'],
    ['too many fields', { channel, blocks: [{ type: 'section', fields: Array.from({ length: 11 }, () => plain('x')) }] }, 'invalid_blocks'],
    ['26 buttons', { channel, blocks: [{ type: 'actions', elements: Array.from({ length: 26 }, (_, index) => button(String(index))) }] }, 'invalid_blocks'],
    ['too long a value', { channel, blocks: [{ type: 'actions', elements: [{ ...button('a'), value: 'x'.repeat(2001) }] }] }, 'invalid_blocks'],
    ['two buttons of one name', { channel, blocks: [{ type: 'actions', elements: [button('a'), button('a')] }] }, 'invalid_blocks'],
    ['a property Slack does not know', { channel, blocks: [{ type: 'divider', disabled: true }] }, 'invalid_blocks'],
    ['a block Slack does not know', { channel, blocks: [{ type: 'marquee' }] }, 'invalid_blocks'],
    ['an input, which belongs into a modal', { channel, blocks: [reason] }, 'invalid_blocks'],
  ])('with %s is refused', async (_, args, error) => {
    expect(await api('chat.postMessage', args)).toMatchObject({ ok: false, error });
    expect(slack.messages()).toEqual([]);
  });

  it('that is refused says where', async () => {
    const messages = ['[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]'];
    expect(await api('chat.postMessage', { channel, blocks: [mrkdwn('x'.repeat(3001))] })).toMatchObject({ response_metadata: { messages } });
  });

  it('is updated only where it stands, and by no more than 4,000 characters', async () => {
    const ts = await posted();
    expect(await api('chat.update', { channel, ts: '1.1', text: 'x' })).toMatchObject({ error: 'message_not_found' });
    expect(await api('chat.update', { channel, ts, text: 'x'.repeat(4001) })).toMatchObject({ error: 'msg_too_long' });
  });
});

describe('the Web API', () => {
  it('knows the app by its token', async () => {
    expect(await client.auth.test()).toMatchObject({ ok: true, team_id: 'T0LOCAL0001' });
    expect(await api('auth.test', {}, 'Bearer xoxb-other')).toMatchObject({ ok: false, error: 'invalid_auth' });
    expect(await api('auth.test', {}, '')).toMatchObject({ ok: false, error: 'not_authed' });
    expect(await api('constructor', {})).toMatchObject({ ok: false, error: 'unknown_method' });
  });

  it('answers 429 as often as it is told to, and 503 while it is down', async () => {
    slack.limit(1, 7);
    await expect(client.auth.test()).rejects.toMatchObject({ code: 'slack_webapi_rate_limited_error', retryAfter: 7 });
    expect(await client.auth.test()).toMatchObject({ ok: true });
    slack.down(true);
    await expect(client.auth.test()).rejects.toMatchObject({ statusCode: 503 });
    slack.down(false);
    expect(await client.auth.test()).toMatchObject({ ok: true });
  });
});

describe('a press', () => {
  it('reaches the app with the button, the message and the person', async () => {
    const ts = await posted();
    expect(await slack.press({ user: kim, channel, ts, actionId: 'approve' })).toMatchObject({ status: 200 });
    expect(received.at(-1)?.payload).toMatchObject({
      type: 'block_actions', user: { id: kim, name: 'kim', team_id: 'T0LOCAL0001' }, channel: { id: channel, name: 'deployments' },
      message: { ts, text: 'Approve?', blocks: slack.messages()[0]?.blocks }, container: { message_ts: ts, channel_id: channel },
      actions: [{ type: 'button', action_id: 'approve', block_id: 'decision', value: 'approve|1' }],
    });
  });

  it('is signed over the very bytes that are sent', async () => {
    await pressed();
    const { headers, body } = received[0] ?? expect.fail('nothing was received');
    const time = String(started / 1000);
    const signature = createHmac('sha256', secret).update(`v0:${time}:${body}`).digest('hex');
    expect(headers).toMatchObject({ host: `drawbridge.execute-api.localhost:${port()}`, 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(body.length), 'x-slack-request-timestamp': time, 'x-slack-signature': `v0=${signature}` });
    expect(slack.sent()).toEqual([{ headers: slack.sign(body, started), body }]);
  });

  it.each([
    ['answers 500', (response: ServerResponse) => response.writeHead(500).end(), 500, 3000, 'the app answered 500'],
    ['does not answer in time', () => undefined, 0, 100, 'the app did not answer within 0.1 s'],
    ['stops in the middle', (response: ServerResponse) => response.writeHead(200).write('o'), 0, 100, 'the app did not answer within 0.1 s'],
    ['hangs up', (response: ServerResponse) => response.destroy(), 0, 3000, 'the app could not be reached'],
  ])('on an app that %s is told to the person alone', async (_, behaviour, status, waits, told) => {
    [answer, patience] = [behaviour, waits];
    expect(await slack.press({ user: kim, channel, ts: await posted(), actionId: 'approve' })).toMatchObject({ status });
    expect([await page(kim), await page(lee)].map((shown) => shown.includes(`approve: ${told}`))).toEqual([true, false]);
  });
});

describe('a modal', () => {
  it('opens with a trigger once, and not with an old or an invented one', async () => {
    const trigger = await pressed();
    expect(await api('views.open', { trigger_id: trigger, view: { ...modal, title: plain('x'.repeat(25)) } })).toMatchObject({ error: 'invalid_blocks' });
    expect(await api('views.open', { trigger_id: trigger, view: modal })).toMatchObject({ ok: true });
    expect(await api('views.open', { trigger_id: trigger, view: modal })).toMatchObject({ error: 'exchanged_trigger_id' });
    expect(await api('views.open', { trigger_id: '1.2.a', view: modal })).toMatchObject({ error: 'invalid_trigger_id' });
    const late = await pressed();
    now += 3001;
    expect(await api('views.open', { trigger_id: late, view: modal })).toMatchObject({ error: 'expired_trigger_id' });
    const view = expect.objectContaining({ callbackId: 'reject', title: 'Reject', privateMetadata: 'release 1', blocks: [reason] }) as unknown;
    expect([slack.views(kim), slack.views(lee)]).toEqual([[view], []]);
  });

  it('gives what was typed to the app, and closes on an empty answer', async () => {
    expect(await submit(await opened(), 'Too late')).toEqual({ status: 200 });
    expect(received.at(-1)?.payload).toMatchObject({ type: 'view_submission', user: { id: kim }, view: { private_metadata: 'release 1', state: { values: { why: { reason: { type: 'plain_text_input', value: 'Too late' } } } } } });
    expect(slack.views(kim)).toEqual([]);
  });

  it('stays open with the errors the app found, and with what was typed', async () => {
    const id = await opened();
    answer = says({ response_action: 'errors', errors: { why: 'Say more' } });
    expect(await submit(id, 'No & <no>')).toEqual({ status: 200, errors: { why: 'Say more' } });
    expect(await page()).toMatch(/No &amp; &lt;no&gt;<\/textarea>[^]*Say more/);
  });

  it('is not sent as long as a required input is empty', async () => {
    expect(await submit(await opened(), '')).toEqual({ status: 0, errors: { why: 'Please complete this required field.' } });
    expect(received.map(({ payload }) => payload.type)).toEqual(['block_actions']);
  });

  it.each([
    ['is replaced', { response_action: 'update', view: { ...modal, title: plain('Again') } }, ['Again']],
    ['gets another on top', { response_action: 'push', view: { ...modal, title: plain('Sure?') } }, ['Reject', 'Sure?']],
    ['goes with all the others', { response_action: 'clear' }, []],
    ['stays on an answer that Slack does not know', { ok: true }, ['Reject']],
    ['stays on an error for an input that is not there', { response_action: 'errors', errors: { who: 'x' } }, ['Reject']],
  ])('%s as the app answers', async (_, body, titles) => {
    const id = await opened();
    answer = says(body);
    expect(await submit(id, 'Too late')).toEqual({ status: 200 });
    expect(slack.views(kim).map((view) => view.title)).toEqual(titles);
  });

  it('is updated by the app, unless that knew an older one', async () => {
    const view_id = await opened();
    await client.views.update({ view_id, view: { ...modal, title: plain('Wait') } });
    expect(slack.views(kim)).toEqual([expect.objectContaining({ id: view_id, title: 'Wait' })]);
    expect(await api('views.update', { view_id, hash: 'old', view: modal })).toMatchObject({ error: 'hash_conflict' });
  });
});

describe('the page', () => {
  it('shows markup as Slack does, and everything else as text', async () => {
    await client.chat.postMessage({ channel, text: 'x', blocks: [{ type: 'header', text: plain('<script>1</script>') }, mrkdwn('*by <@U0LOCALKIM1>* `a &lt;b&gt; &amp;amp;` <https://example.com/?a=1&amp;b=2|the plan> <javascript:x|no>\n> <b>quoted</b>')] });
    const shown = await page();
    expect(shown).toContain('<h3>&lt;script&gt;1&lt;/script&gt;</h3>');
    expect(shown).toContain('<strong>by <strong>@kim</strong></strong> <code>a &lt;b&gt; &amp;amp;</code>');
    expect(shown).toContain('<a href="https://example.com/?a=1&amp;b=2" rel="noreferrer" target="_blank">the plan</a> &lt;javascript:x|no&gt;');
    expect(shown).toContain('<blockquote>&lt;b&gt;quoted&lt;/b&gt;</blockquote>');
  });

  it('presses and submits for the person, but not for another site', async () => {
    const fields = { channel, ts: await posted(), block_id: 'decision', action_id: 'reject' };
    expect(await send('press', fields, { origin: 'https://evil.example' })).toMatchObject({ status: 403 });
    expect(await send('press', fields, { 'sec-fetch-site': 'same-site' })).toMatchObject({ status: 403 });
    expect(received).toEqual([]);
    expect(await send('press', fields, { origin: new URL(slack.url).origin, 'sec-fetch-site': 'same-origin' })).toMatchObject({ status: 303 });
    const { view } = await client.views.open({ trigger_id: received[0]?.payload.trigger_id ?? '', view: modal });
    await send('submit', { view_id: view?.id ?? '', 'input-0': 'One\r\ntwo' });
    expect(received.at(-1)?.payload.view?.state).toEqual({ values: { why: { reason: { type: 'plain_text_input', value: 'One\ntwo' } } } });
  });
});
