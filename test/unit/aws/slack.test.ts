import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { slackDoor, SlackLimitError } from '../../../aws/slack.ts';
import type { SlackMessage } from '../../../domain/slack-messages.ts';

const botToken = 'xoxb-very-secret-bot-token';
const message: SlackMessage = { text: 'orders waits', blocks: [{ type: 'section', text: { type: 'mrkdwn', text: '*orders* waits' } }] };
const view = { type: 'modal' as const, callback_id: 'decision', title: { type: 'plain_text' as const, text: 'Approve' }, blocks: [] };

let server: Server;
let asked: { method: string; headers: IncomingHttpHeaders; form: URLSearchParams }[];
let answer: { status: number; headers: Record<string, string>; body: string };
let logged: string[];

const says = (body: object, status = 200, headers: Record<string, string> = {}) => {
  answer = { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
};

beforeEach(async () => {
  asked = [];
  logged = [];
  for (const level of ['debug', 'info', 'warn', 'error', 'log'] as const) vi.spyOn(console, level).mockImplementation((...said: unknown[]) => void logged.push(said.map(String).join(' ')));
  says({ ok: true, ts: '1.5', channel: 'C0MAIN1' });
  server = createServer((request, response) => {
    void text(request).then((body) => {
      asked.push({ method: request.url?.replace('/', '') ?? '', headers: request.headers, form: new URLSearchParams(body) });
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterEach(() => {
  server.close().closeAllConnections();
  vi.restoreAllMocks();
});

const slack = () => slackDoor({ botToken, signingSecret: 'very-secret-signing-secret', apiUrl: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/` });
const deeds = [
  ['post', () => slack().post('C0MAIN1', message)],
  ['update', () => slack().update('C0MAIN1', '1.5', message)],
  ['whisper', () => slack().whisper('C0MAIN1', 'U0ALEX', 'no')],
  ['open', () => slack().open('trigger-1', view)],
] as const;

describe('what is done in Slack', () => {
  it('is a message with its blocks, which shows no page behind its links', async () => {
    expect(await slack().post('C0MAIN1', message, '1.1')).toBe('1.5');
    expect(asked[0]).toMatchObject({ method: 'chat.postMessage', headers: { authorization: `Bearer ${botToken}` } });
    expect(Object.fromEntries(asked[0]?.form ?? [])).toEqual({ channel: 'C0MAIN1', text: 'orders waits', blocks: JSON.stringify(message.blocks), unfurl_links: 'false', unfurl_media: 'false', thread_ts: '1.1' });
  });

  it('is a change in place, a whisper, a dialog', async () => {
    expect(await slack().update('C0MAIN1', '1.5', message)).toBe('updated');
    await slack().whisper('C0MAIN1', 'U0ALEX', 'no');
    expect(await slack().open('trigger-1', view)).toBe('opened');
    expect(asked.map(({ method, form }) => [method, form.get('ts'), form.get('user'), form.get('trigger_id')])).toEqual([['chat.update', '1.5', null, null], ['chat.postEphemeral', null, 'U0ALEX', null], ['views.open', null, null, 'trigger-1']]);
  });

  it('of a message that was deleted is told apart', async () => {
    says({ ok: false, error: 'message_not_found' });
    expect(await slack().update('C0MAIN1', '1.5', message)).toBe('gone');
  });

  it.each(['expired_trigger_id', 'invalid_trigger_id', 'exchanged_trigger_id'])('with a trigger that ran out (%s) is too late, which is no fault', async (error) => {
    says({ ok: false, error });
    expect(await slack().open('trigger-1', view)).toBe('too late');
  });
});

describe.each(deeds)('trouble at %s', (_, act) => {
  it('with too many calls says for how long to wait, and does not wait itself', async () => {
    says({ ok: false, error: 'ratelimited' }, 429, { 'retry-after': '37' });
    const error = await act().catch((it: unknown) => it);
    expect(error).toBeInstanceOf(SlackLimitError);
    expect(error).toMatchObject({ name: 'TransientError', retryAfterSeconds: 37 });
    expect(asked).toHaveLength(1);
  });

  it('of Slack’s own is tried again later, once and not by us', async () => {
    says({ ok: false }, 503);
    await expect(act()).rejects.toMatchObject({ name: 'TransientError', message: expect.stringContaining('503') as unknown });
    expect(asked).toHaveLength(1);
  });

  it('on the way to Slack is tried again later', async () => {
    const there = slack();
    server.close().closeAllConnections();
    await once(server, 'close');
    const call = { post: () => there.post('C', message), update: () => there.update('C', '1', message), whisper: () => there.whisper('C', 'U', 'x'), open: () => there.open('t', view) };
    await expect(call[_]()).rejects.toMatchObject({ name: 'TransientError' });
  });

  it.each([['channel_not_found', 'environments.yaml'], ['not_in_channel', 'Invite the app'], ['invalid_auth', 'bot token'], ['missing_scope', 'chat:write'], ['something_new', 'docs/slack.md']])('that a person must mend says how (%s)', async (error, how) => {
    says({ ok: false, error });
    await expect(act()).rejects.toMatchObject({ name: 'ConfigurationError', message: expect.stringContaining(how) as unknown });
  });

  it('says nothing of the token, neither in the error nor in the log', async () => {
    for (const trouble of [() => { says({ ok: false, error: 'invalid_auth' }); }, () => { says({ ok: false }, 500); }, () => { says({ ok: false }, 429, { 'retry-after': '1' }); }]) {
      trouble();
      const error = (await act().catch((it: unknown) => it)) as Error;
      expect(`${error.message} ${error.stack ?? ''} ${JSON.stringify(error)} ${logged.join(' ')}`).not.toContain(botToken);
      expect(error.cause).toBeUndefined();
    }
  });
});
