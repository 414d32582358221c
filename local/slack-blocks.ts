// What Slack takes as a message and as a modal, and how it gives them back. What Slack refuses must be refused here too, or it is found out in production.
import { randomBytes } from 'node:crypto';
import { z } from 'zod';

const string = (longest: number) => z.string().max(longest);
const plain = (longest: number) => z.strictObject({ type: z.literal('plain_text'), text: string(longest).min(1), emoji: z.boolean().optional() });
const mrkdwn = (longest: number) => z.strictObject({ type: z.literal('mrkdwn'), text: string(longest).min(1), verbatim: z.boolean().optional() });
const unsupported = { error: 'unsupported type' };
const text = (longest: number) => z.discriminatedUnion('type', [plain(longest), mrkdwn(longest)], unsupported);
const style = z.enum(['primary', 'danger']).optional();
const flag = z.boolean().optional();
const id = string(255).optional();

const confirm = z.strictObject({ title: plain(100), text: text(300), confirm: plain(30), deny: plain(30), style });
const button = z.strictObject({
  type: z.literal('button'), action_id: id, text: plain(75), value: string(2000).optional(), url: string(3000).optional(),
  style, accessibility_label: string(75).optional(), confirm: confirm.optional(),
});
const textInput = z.strictObject({
  type: z.literal('plain_text_input'), action_id: id, multiline: flag, focus_on_load: flag, placeholder: plain(150).optional(),
  initial_value: string(3000).optional(), min_length: z.int().min(0).max(3000).optional(), max_length: z.int().min(1).max(3000).optional(),
});
const section = z
  .strictObject({ type: z.literal('section'), block_id: id, text: text(3000).optional(), fields: z.array(text(2000)).min(1).max(10).optional(), accessory: button.optional(), expand: flag })
  .refine((block) => block.text ?? block.fields, 'missing required field: text or fields');
const header = z.strictObject({ type: z.literal('header'), block_id: id, text: plain(150) });
const divider = z.strictObject({ type: z.literal('divider'), block_id: id });
const context = z.strictObject({ type: z.literal('context'), block_id: id, elements: z.array(text(3000)).min(1).max(10) });
const actions = z.strictObject({ type: z.literal('actions'), block_id: id, elements: z.array(button).min(1).max(25) });
const input = z.strictObject({ type: z.literal('input'), block_id: id, label: plain(2000), element: textInput, hint: plain(2000).optional(), optional: flag, dispatch_action: flag });

/** Slack knows more kinds. What the page could not show is refused, so that nobody misses it there. */
const blockOf = z.discriminatedUnion('type', [section, header, divider, context, actions, input], unsupported);
const messageBlocks = z.array(z.discriminatedUnion('type', [section, header, divider, context, actions], unsupported)).max(50);
const modalOf = z
  .strictObject({
    type: z.literal('modal'), title: plain(24), submit: plain(24).optional(), close: plain(24).optional(), blocks: z.array(blockOf).max(100),
    private_metadata: string(3000).optional(), callback_id: id, external_id: id, clear_on_close: flag, notify_on_close: flag,
  })
  .refine((view) => view.submit ?? view.blocks.every((block) => block.type !== 'input'), 'submit is required when there is an input');
const answerOf = z.discriminatedUnion('response_action', [
  z.object({ response_action: z.literal('errors'), errors: z.record(z.string(), z.string()) }),
  z.object({ response_action: z.literal('clear') }),
  z.object({ response_action: z.literal('update'), view: z.unknown() }),
  z.object({ response_action: z.literal('push'), view: z.unknown() }),
]);

export type Block = z.infer<typeof blockOf>;
export type Button = z.infer<typeof button>;
export type InputBlock = z.infer<typeof input>;
export type Text = z.infer<ReturnType<typeof text>>;
export type Modal = z.infer<typeof modalOf>;
/** By block_id, then by action_id. */
export type Values = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface SlackMessage {
  readonly channel: string;
  readonly ts: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  /** How often it was updated. */
  readonly edited: number;
  readonly user: string;
  readonly threadTs?: string;
}

export interface SlackEphemeral {
  readonly user: string;
  readonly channel: string;
  readonly ts: string;
  readonly text: string;
  readonly blocks?: readonly Block[];
}

export interface SlackView {
  readonly id: string;
  readonly user: string;
  readonly callbackId: string;
  readonly title: string;
  readonly blocks: readonly Block[];
  readonly privateMetadata: string;
  readonly hash: string;
  /** As the app defined it. */
  readonly modal: Modal;
  /** What was last submitted, so that nobody has to type it again. */
  readonly values: Values;
  /** What was found wrong with it, by block_id. */
  readonly errors: Readonly<Record<string, string>>;
}

/** The API answers `{ok: false, error}`; the messages are for the app's author. */
export class Refusal extends Error {
  readonly messages: readonly string[];
  constructor(error: string, messages: readonly string[] = []) {
    super(error);
    this.messages = messages;
  }
}

/** One sentence a problem, as Slack has it in `response_metadata.messages`. */
function problem(issue: z.core.$ZodIssue, root: string): string {
  const where = `[json-pointer:${[root, ...issue.path.map(String)].join('/')}]`;
  if (issue.code === 'unrecognized_keys') return `[ERROR] invalid additional property: ${issue.keys.join(', ')} ${where}`;
  if (issue.code !== 'too_big') return `[ERROR] ${issue.message} ${where}`;
  const most = Number(issue.maximum);
  return `[ERROR] ${issue.origin === 'array' ? `no more than ${String(most)} items allowed` : `must be less than ${String(most + 1)} characters`} ${where}`;
}

export function buttonsOf(block: Block): readonly Button[] {
  if (block.type === 'actions') return block.elements;
  return block.type === 'section' && block.accessory ? [block.accessory] : [];
}

export const inputsOf = (blocks: readonly Block[]): InputBlock[] => blocks.filter((block) => block.type === 'input');

/** Under these two names Slack gives back what is typed into an input. */
export const namesOf = (block: InputBlock): readonly [block: string, action: string] => [block.block_id ?? '', block.element.action_id ?? ''];

export const random = (): string => randomBytes(8).toString('hex');

const named = (element: Button): Button => ({ action_id: random(), ...element });

/** Slack gives an id to everything that has none. */
function withIds(block: Block): Block {
  const known = { block_id: random(), ...block };
  if (known.type === 'actions') return { ...known, elements: known.elements.map(named) };
  if (known.type === 'section' && known.accessory) return { ...known, accessory: named(known.accessory) };
  if (known.type === 'input') return { ...known, element: { action_id: random(), ...known.element } };
  return known;
}

const repeated = (ids: readonly (string | undefined)[]): boolean => ids.some((one, index) => one !== undefined && ids.indexOf(one) !== index);

/** Gives the blocks back with all their ids, which must tell them apart. */
function toldApart(blocks: readonly Block[], root: string): Block[] {
  if (repeated(blocks.map((block) => block.block_id))) throw new Refusal('invalid_blocks', [`[ERROR] block_id must be unique [json-pointer:${root}]`]);
  const twice = blocks.findIndex((block) => repeated(buttonsOf(block).map((one) => one.action_id)));
  if (twice >= 0) throw new Refusal('invalid_blocks', [`[ERROR] action_id already exists [json-pointer:${root}/${String(twice)}]`]);
  return blocks.map(withIds);
}

/** Web API clients send structures as JSON within a form. */
export function structure(raw: unknown, otherwise = 'invalid_blocks_format'): unknown {
  if (typeof raw !== 'string') return raw;
  try {
    return JSON.parse(raw);
  } catch {
    throw new Refusal(otherwise);
  }
}

function checkBlocks(raw: unknown): Block[] {
  const read = messageBlocks.safeParse(structure(raw));
  if (!read.success) throw new Refusal('invalid_blocks', read.error.issues.map((issue) => problem(issue, '/blocks')));
  return toldApart(read.data, '/blocks');
}

/** @throws Refusal */
export function checkModal(raw: unknown): Modal {
  const read = modalOf.safeParse(structure(raw));
  if (!read.success) throw new Refusal('invalid_blocks', read.error.issues.map((issue) => problem(issue, '/view')));
  return { ...read.data, blocks: toldApart(read.data.blocks, '/view/blocks') };
}

/** @throws Refusal */
export function checkContent({ text: said, blocks }: Readonly<Record<string, unknown>>, longest: number): { text: string; blocks: readonly Block[] } {
  const content = { text: typeof said === 'string' ? said : '', blocks: blocks === undefined ? [] : checkBlocks(blocks) };
  if (content.text.length > longest) throw new Refusal('msg_too_long');
  if (content.text === '' && content.blocks.length === 0) throw new Refusal('no_text');
  return content;
}

/** What Slack itself says to a person before anything is sent to the app. */
export function missing(blocks: readonly Block[], values: Values): Record<string, string> {
  const found: Record<string, string> = {};
  for (const block of inputsOf(blocks)) {
    const [name, action] = namesOf(block);
    const typed = values[name]?.[action] ?? '';
    const { min_length: least = 0, max_length: most = 3000 } = block.element;
    if (typed === '' && block.optional !== true) found[name] = 'Please complete this required field.';
    if (typed !== '' && typed.length < least) found[name] = `Please use at least ${String(least)} characters.`;
    if (typed.length > most) found[name] = `Please use at most ${String(most)} characters.`;
  }
  return found;
}

/** The app, as Slack knows it. */
export const app = { user: 'U0LOCALBOT1', bot_id: 'B0LOCALBOT1', app_id: 'A0LOCALAPP1' };

export const messageOnWire = ({ ts, text: said, blocks, edited, threadTs }: SlackMessage, team: string): Record<string, unknown> => ({
  type: 'message', ...app, team, ts, text: said, blocks,
  ...(edited > 0 && { edited: { user: app.bot_id, ts } }),
  ...(threadTs !== undefined && { thread_ts: threadTs }),
});

/** The button with this action_id, as Slack tells the app of a click on it. */
export function clickOf({ blocks }: SlackMessage, actionId: string, blockId?: string) {
  const found = blocks.filter((block) => (blockId ?? block.block_id) === block.block_id).flatMap((block) => buttonsOf(block).map((button) => ({ button, block })));
  const click = found.find(({ button }) => button.action_id === actionId);
  if (!click) return undefined;
  const { type, text: label, value, style: color } = click.button;
  return { action_id: actionId, block_id: click.block.block_id, type, text: label, ...(value !== undefined && { value }), ...(color !== undefined && { style: color }) };
}

export const viewOf = (user: string, modal: Modal, old?: SlackView): SlackView => ({
  id: old?.id ?? `V${random().toUpperCase()}`, hash: random(), user, modal, title: modal.title.text, blocks: modal.blocks,
  callbackId: modal.callback_id ?? '', privateMetadata: modal.private_metadata ?? '', values: old?.values ?? {}, errors: {},
});

/** As Slack gives a modal to the app: with everything that was left out, and with what was typed. */
export function viewOnWire({ id: view_id, hash, modal, blocks, values, callbackId, privateMetadata }: SlackView, team_id: string): Record<string, unknown> {
  const state = inputsOf(blocks).map((block) => {
    const [name, action] = namesOf(block);
    const typed = values[name]?.[action] ?? block.element.initial_value ?? '';
    return [name, { [action]: { type: block.element.type, value: typed === '' ? null : typed } }] as const;
  });
  const leftOut = { external_id: '', submit: null, close: null, clear_on_close: false, notify_on_close: false, root_view_id: view_id, previous_view_id: null };
  const { bot_id, app_id } = app;
  return { ...leftOut, ...modal, id: view_id, team_id, bot_id, app_id, hash, callback_id: callbackId, private_metadata: privateMetadata, state: { values: Object.fromEntries(state) } };
}

/** Puts the view in the place of the one with its id, if that is still open. */
export const replaced = (views: readonly SlackView[], fresh: SlackView): SlackView[] => views.map((view) => (view.id === fresh.id ? fresh : view));

/**
 * The open modals after the app's answer to the submission of one of them.
 * @throws Error for an answer that Slack cannot use
 */
export function afterAnswer(views: readonly SlackView[], view: SlackView, body: string): SlackView[] {
  if (body.trim() === '') return views.filter((one) => one.id !== view.id);
  const read = answerOf.safeParse(structure(body, 'the answer is no JSON'));
  if (!read.success) throw new Error('the answer has no response_action that Slack knows');
  const said = read.data;
  if (said.response_action === 'clear') return views.filter((one) => one.user !== view.user);
  if (said.response_action === 'push') return [...views, viewOf(view.user, checkModal(said.view))];
  if (said.response_action === 'update') return replaced(views, viewOf(view.user, checkModal(said.view), view));
  const inputs = inputsOf(view.blocks).map((block) => namesOf(block)[0]);
  const stray = Object.keys(said.errors).find((name) => !inputs.includes(name));
  if (stray !== undefined) throw new Error(`the answer has an error for ${stray}, which is no input`);
  return replaced(views, { ...view, errors: said.errors });
}
