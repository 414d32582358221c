// A stand-in for Slack: its Web API for the app, a page for people, and the signed requests Slack sends when they click.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer, text } from 'node:stream/consumers';
import { Hono, type Context } from 'hono';
import { afterAnswer, app, checkContent, checkModal, clickOf, messageOnWire, missing, random, Refusal, replaced, structure, viewOf, viewOnWire, type SlackEphemeral, type SlackMessage, type SlackView, type Values } from './slack-blocks.ts';
import { slackPages, type SlackTrouble } from './slack-page.ts';
export type { SlackMessage, SlackView } from './slack-blocks.ts';

export interface SlackOptions {
  readonly botToken: string; readonly signingSecret: string; readonly workspace: string;
  /** Names by id. */
  readonly channels: Readonly<Record<string, string>>; readonly users: Readonly<Record<string, string>>;
  /** Where Slack sends what people do. Undefined until the door is known. */
  interactivityUrl(): string | undefined;
  /** Milliseconds: the time, and how long Slack waits for the app. A test need not wait 3 s. */
  readonly now?: () => number; readonly patience?: number;
}

interface Press { readonly user: string; readonly channel: string; readonly ts: string; readonly actionId: string; readonly blockId?: string }
interface Submission { readonly user: string; readonly viewId: string; readonly values: Values }

export interface StandInSlack {
  readonly url: string;
  readonly apiUrl: string;
  messages(channel?: string): readonly SlackMessage[];
  ephemerals(user: string): readonly SlackEphemeral[];
  /** Open modals, the topmost last. */
  views(user: string): readonly SlackView[];
  /** The status is 0 when the app gave no answer in time. */
  press(input: Press): Promise<{ status: number; milliseconds: number }>;
  /** The status is 0 as well when Slack itself finds an input wrong and sends nothing. */
  submit(input: Submission): Promise<{ status: number; errors?: SlackView['errors'] }>;
  sent(): readonly { headers: Record<string, string>; body: string }[];
  /** Signs a raw body as Slack does. The time is in milliseconds. */
  sign(body: string, at?: number): Record<string, string>;
  limit(count: number, seconds: number): void;
  down(is: boolean): void;
  calls(): readonly { method: string; at: number }[];
  close(): Promise<void>;
}

type Fields = Record<string, unknown>;

const roomOf = (options: SlackOptions) => ({
  options, now: options.now ?? Date.now, url: '', count: 0, isDown: false, limited: { count: 0, seconds: 0 },
  /** Slack's old verification token. It is in every payload and proves nothing. */
  token: random(),
  messages: [] as SlackMessage[], ephemerals: [] as SlackEphemeral[], views: [] as SlackView[], troubles: [] as SlackTrouble[],
  triggers: new Map<string, { readonly user: string; readonly at: number; used: boolean }>(),
  sent: [] as { headers: Record<string, string>; body: string }[], calls: [] as { method: string; at: number }[],
});
type Room = ReturnType<typeof roomOf>;

const stamp = (room: Room): string => `${String(Math.floor(room.now() / 1000))}.${String(++room.count).padStart(6, '0')}`;

function channelOf(room: Room, { channel }: Fields): string {
  if (typeof channel === 'string' && Object.hasOwn(room.options.channels, channel)) return channel;
  throw new Refusal('channel_not_found');
}

const methods: Readonly<Record<string, (room: Room, args: Fields) => Fields>> = {
  'auth.test': ({ url, options }) => ({ url, team: 'local', user: 'drawbridge', team_id: options.workspace, user_id: app.user, bot_id: app.bot_id, is_enterprise_install: false }),
  'chat.postMessage': (room, args) => {
    const { thread_ts: thread } = args;
    const message = { channel: channelOf(room, args), ...checkContent(args, 40_000), ts: stamp(room), edited: 0, user: app.user, ...(typeof thread === 'string' && { threadTs: thread }) };
    room.messages.push(message);
    return { channel: message.channel, ts: message.ts, message: messageOnWire(message, room.options.workspace) };
  },
  // A text of 40,000 characters can be posted, but only one of 4,000 can take its place. Blocks that are not sent again go.
  'chat.update': (room, args) => {
    const channel = channelOf(room, args);
    const { ts } = args;
    const at = room.messages.findIndex((message) => message.channel === channel && message.ts === ts);
    const old = room.messages[at];
    if (!old) throw new Refusal(room.ephemerals.some((one) => one.ts === ts) ? 'cant_update_message' : 'message_not_found');
    const message = { ...old, ...checkContent(args, 4000), edited: old.edited + 1 };
    room.messages[at] = message;
    return { channel, ts, text: message.text, message: messageOnWire(message, room.options.workspace) };
  },
  'chat.postEphemeral': (room, args) => {
    const { user } = args;
    const { blocks, ...said } = { channel: channelOf(room, args), ...checkContent(args, 40_000) };
    if (typeof user !== 'string' || !Object.hasOwn(room.options.users, user)) throw new Refusal('user_not_in_channel');
    const ts = stamp(room);
    room.ephemerals.push({ user, ts, ...said, ...(blocks.length > 0 && { blocks }) });
    return { message_ts: ts };
  },
  'views.open': (room, args) => {
    const modal = checkModal(args['view']);
    const trigger = room.triggers.get(String(args['trigger_id']));
    if (!trigger) throw new Refusal('invalid_trigger_id');
    if (trigger.used) throw new Refusal('exchanged_trigger_id');
    if (room.now() - trigger.at > 3000) throw new Refusal('expired_trigger_id');
    trigger.used = true;
    const view = viewOf(trigger.user, modal);
    room.views.push(view);
    return { view: viewOnWire(view, room.options.workspace) };
  },
  'views.update': (room, args) => {
    const modal = checkModal(args['view']);
    const old = room.views.find((view) => view.id === args['view_id'] || (view.modal.external_id !== undefined && view.modal.external_id === args['external_id']));
    if (!old) throw new Refusal('not_found');
    if (args['hash'] !== undefined && args['hash'] !== old.hash) throw new Refusal('hash_conflict');
    const view = viewOf(old.user, modal, old);
    room.views = replaced(room.views, view);
    return { view: viewOnWire(view, room.options.workspace) };
  },
};

const digest = (secret: string): Buffer => createHash('sha256').update(secret).digest();

function call(room: Room, name: string, headers: Headers, body: string): Fields {
  const token = headers.get('authorization')?.replace(/^Bearer /i, '') ?? '';
  if (token === '') throw new Refusal('not_authed');
  if (!timingSafeEqual(digest(token), digest(room.options.botToken))) throw new Refusal('invalid_auth');
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (!method) throw new Refusal('unknown_method');
  if (headers.get('content-type')?.startsWith('application/json') !== true) return method(room, Object.fromEntries(new URLSearchParams(body)));
  const args = structure(body, 'invalid_json');
  return method(room, typeof args === 'object' ? { ...args } : {});
}

async function apiCall(room: Room, context: Context): Promise<Response> {
  const method = context.req.param('method') ?? '';
  room.calls.push({ method, at: room.now() });
  if (room.isDown) return context.json({ ok: false, error: 'service_unavailable' }, 503);
  if (room.limited.count-- > 0) return context.json({ ok: false, error: 'ratelimited' }, 429, { 'retry-after': String(room.limited.seconds) });
  try {
    return context.json({ ok: true, ...call(room, method, context.req.raw.headers, await context.req.text()) });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return context.json({ ok: false, error: error.message, response_metadata: { messages: error.messages } });
  }
}

const complain = (room: Room, user: string, problem: string): unknown => room.troubles.push({ user, at: room.now(), text: problem });

function sign(room: Room, body: string, at = room.now()): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000));
  const signature = createHmac('sha256', room.options.signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
  return { 'content-type': 'application/x-www-form-urlencoded', 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${signature}` };
}

/** Sends what a person did, with a trigger to open a modal with. The person is told if the app does not take it with a 200 in time. */
async function deliver(room: Room, user: string, did: string, what: Fields): Promise<{ status: number; said: string; milliseconds: number }> {
  const { users: { [user]: name }, workspace, patience = 3000 } = room.options;
  if (name === undefined) throw new Error(`There is no user ${user}.`);
  const trigger_id = `${String(room.now())}.${String(++room.count)}.${random()}`;
  room.triggers.set(trigger_id, { user, at: room.now(), used: false });
  const who = { user: { id: user, username: name, name, team_id: workspace }, team: { id: workspace, domain: 'local' }, enterprise: null, is_enterprise_install: false };
  const body = new URLSearchParams({ payload: JSON.stringify({ ...what, ...who, trigger_id, api_app_id: app.app_id, token: room.token }) }).toString();
  const [headers, started, signal] = [sign(room, body), performance.now(), AbortSignal.timeout(patience)];
  const ended = (status: number, said: string, problem?: string) => {
    if (problem !== undefined) complain(room, user, `${did}: ${problem}.`);
    return { status, said, milliseconds: performance.now() - started };
  };
  const target = room.options.interactivityUrl();
  if (target === undefined) return ended(0, '', 'the app has no address yet');
  room.sent.push({ headers, body });
  try {
    // Names below `.localhost` are this machine (RFC 6761), but not every resolver knows it.
    const { hostname, host, port, pathname, search } = new URL(target);
    const sent = request({ host: hostname.endsWith('.localhost') ? '127.0.0.1' : hostname, port, path: pathname + search, method: 'POST', headers: { ...headers, host }, agent: false, signal }).on('error', () => undefined).end(body);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return ended(response.statusCode ?? 0, await text(response), response.statusCode === 200 ? undefined : `the app answered ${String(response.statusCode)}`);
  } catch (error) {
    return ended(0, '', signal.aborted ? `the app did not answer within ${String(patience / 1000)} s` : `the app could not be reached (${String(error)})`);
  }
}

async function press(room: Room, { user, channel, ts, actionId, blockId }: Press): ReturnType<StandInSlack['press']> {
  const message = room.messages.find((one) => one.channel === channel && one.ts === ts);
  const click = message && clickOf(message, actionId, blockId);
  if (!click) throw new Error(`The message ${ts} in ${channel} has no button ${actionId}.`);
  const { status, milliseconds } = await deliver(room, user, click.text.text, {
    type: 'block_actions', actions: [{ ...click, action_ts: stamp(room) }], state: { values: {} },
    container: { type: 'message', message_ts: ts, channel_id: channel, is_ephemeral: false },
    channel: { id: channel, name: room.options.channels[channel] }, message: messageOnWire(message, room.options.workspace),
    response_url: `${room.url}actions/${room.options.workspace}/${random()}`,
  });
  return { status, milliseconds };
}

async function submit(room: Room, { user, viewId, values }: Submission): ReturnType<StandInSlack['submit']> {
  const open = room.views.find((view) => view.id === viewId && view.user === user);
  if (!open) throw new Error(`${user} has no open modal ${viewId}.`);
  const view = { ...open, values, errors: missing(open.blocks, values) };
  room.views = replaced(room.views, view);
  if (Object.keys(view.errors).length > 0) return { status: 0, errors: view.errors };
  const { status, said } = await deliver(room, user, view.title, { type: 'view_submission', view: viewOnWire(view, room.options.workspace), response_urls: [] });
  try {
    if (status === 200) room.views = afterAnswer(room.views, view, said);
  } catch (error) {
    complain(room, user, `${view.title}: ${[error, ...(error instanceof Refusal ? error.messages : [])].join(' ')}.`);
  }
  const errors = room.views.find((one) => one.id === viewId)?.errors ?? {};
  return { status, ...(Object.keys(errors).length > 0 && { errors }) };
}

async function answer(web: Hono, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const body = await buffer(incoming);
  const headers = Object.entries(incoming.headers).map(([name, value]): [string, string] => [name, String(value)]);
  const found = await web.fetch(new Request(new URL(incoming.url ?? '/', 'http://127.0.0.1'), { method: incoming.method ?? 'GET', headers, ...(body.length > 0 && { body }) }));
  outgoing.writeHead(found.status, Object.fromEntries(found.headers)).end(await found.text());
}

/** Listens on 127.0.0.1 only. It does not keep the process alive. */
export async function serveSlack(options: SlackOptions): Promise<StandInSlack> {
  const room = roomOf(options);
  const slack = {
    messages: (channel?: string) => room.messages.filter((message) => channel === undefined || message.channel === channel),
    ephemerals: (user: string) => room.ephemerals.filter((one) => one.user === user),
    views: (user: string) => room.views.filter((view) => view.user === user),
    press: (input: Press) => press(room, input),
    submit: (input: Submission) => submit(room, input),
  };
  const web = new Hono();
  web.post('/api/:method', (context) => apiCall(room, context));
  web.route('/', slackPages({
    ...slack,
    options,
    troubles: (user) => room.troubles.filter((trouble) => trouble.user === user).slice(-5),
    dismiss: (user, viewId) => { room.views = room.views.filter((view) => view.user !== user || view.id !== viewId); },
    complain: (user, problem) => complain(room, user, problem),
  }));
  const server = createServer((incoming, outgoing) => {
    answer(web, incoming, outgoing).catch((error: unknown) => { outgoing.writeHead(500, { 'content-type': 'text/plain' }).end(`The stand-in Slack failed: ${String(error)}`); });
  }).unref();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  room.url = `http://127.0.0.1:${String(typeof address === 'object' && address ? address.port : 0)}/`;
  return {
    ...slack,
    url: room.url,
    apiUrl: `${room.url}api/`,
    sent: () => [...room.sent],
    sign: (body, at) => sign(room, body, at),
    limit: (count, seconds) => { room.limited = { count, seconds }; },
    down: (is) => { room.isDown = is; },
    calls: () => [...room.calls],
    close: async () => {
      const closed = once(server.close(), 'close');
      server.closeAllConnections();
      await closed;
    },
  };
}
