// What a person sees of the stand-in Slack, and the forms they press. Plain HTML, no script.
import { Hono, type Context } from 'hono';
import { html } from 'hono/html';
import { inputsOf, namesOf, type Block, type Button, type InputBlock, type SlackEphemeral, type SlackMessage, type SlackView, type Text, type Values } from './slack-blocks.ts';

type Html = ReturnType<typeof html>;
type Names = Readonly<Record<string, string>>;

/** What went wrong when somebody clicked. Slack says it to that person only. */
export interface SlackTrouble { readonly user: string; readonly at: number; readonly text: string }

/** What the page needs of the stand-in. */
export interface Desk {
  readonly options: { readonly users: Names; readonly channels: Names };
  messages(channel: string): readonly SlackMessage[];
  ephemerals(user: string): readonly SlackEphemeral[];
  views(user: string): readonly SlackView[];
  troubles(user: string): readonly SlackTrouble[];
  press(input: { user: string; channel: string; ts: string; actionId: string; blockId: string }): Promise<unknown>;
  submit(input: { user: string; viewId: string; values: Values }): Promise<unknown>;
  dismiss(user: string, viewId: string): void;
  complain(user: string, text: string): unknown;
}

const style = html`<style>
  :root { color-scheme: light dark; --paper: #fff; --ink: #222; --line: #767676; --soft: #f4f4f4; --link: #0b5cad; --good: #0b6b4f; --bad: #a8201a; }
  @media (prefers-color-scheme: dark) { :root { --paper: #1b1b1b; --ink: #ddd; --soft: #2a2a2a; --link: #8cf; --good: #5fd3ad; --bad: #ff9d96; } }
  body { font: 16px/1.5 system-ui, sans-serif; background: var(--paper); color: var(--ink); max-width: 50rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
  h1 { font-size: 1.3rem; } h2 { font-size: 1.15rem; margin-top: 2rem; } h3 { font-size: 1.05rem; margin: 0.4rem 0; }
  a { color: var(--link); } nav li { list-style: none; } nav ul { padding: 0; } .modal h2 { margin-top: 0.5rem; }
  article, section.modal { border: 1px solid var(--line); border-radius: 6px; padding: 0.6rem 1rem; margin: 0.8rem 0; }
  article.reply { margin-left: 2rem; } article.private { border-style: dashed; } section.modal { border-width: 3px; }
  .text { white-space: pre-wrap; margin: 0.3rem 0; } .fields { display: grid; grid-template-columns: 1fr 1fr; gap: 0 1rem; }
  .small { font-size: 0.85rem; } .row { display: flex; flex-wrap: wrap; gap: 0.5rem; margin: 0.5rem 0; align-items: start; }
  code, pre { background: var(--soft); border-radius: 3px; padding: 0 0.2rem; } pre { padding: 0.5rem; white-space: pre-wrap; }
  blockquote { border-left: 4px solid var(--line); margin: 0.3rem 0; padding-left: 0.8rem; white-space: pre-wrap; }
  label { display: block; font-weight: 600; margin-top: 0.8rem; } input, textarea { font: inherit; width: 100%; box-sizing: border-box; background: var(--paper); color: inherit; border: 1px solid var(--line); }
  button, summary { font: inherit; background: var(--soft); color: inherit; padding: 0.3rem 0.9rem; border: 2px solid var(--line); border-radius: 4px; cursor: pointer; }
  .primary { border-color: var(--good); color: var(--good); } .danger { border-color: var(--bad); color: var(--bad); } .wrong { color: var(--bad); }
</style>`;

const decoded = (text: string): string => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
const marks = /(`[^`\n]+`|<[^<>\n]+>|https?:\/\/[^\s<>"|]*[^\s<>"|.,;:!?)\]*_~`]|(?<![\p{L}\p{N}])(?:\*[^*\n]+\*|_[^_\n]+_|~[^~\n]+~)(?![\p{L}\p{N}]))/u;
const link = (target: string, label: string): Html => html`<a href="${decoded(target)}" rel="noreferrer" target="_blank">${decoded(label)}</a>`;

/** What stands between < and >: a link, a person, a channel or something special. */
function reference(inner: string, names: Names): Html {
  const [target = '', label] = inner.split(/\|(.*)/s);
  if (/^(https?:\/\/|mailto:)/.test(target)) return link(target, label ?? target);
  if (/^[@#]/.test(target)) return html`<strong>${target.charAt(0)}${decoded(label ?? names[target.slice(1)] ?? target.slice(1))}</strong>`;
  return target.startsWith('!') ? html`<strong>${decoded(label ?? `@${target.slice(1)}`)}</strong>` : html`${decoded(`<${inner}>`)}`;
}

function inline(text: string, names: Names): Html[] {
  return text.split(marks).map((part, index) => {
    if (index % 2 === 0) return html`${decoded(part)}`;
    const inner = part.slice(1, -1);
    if (part.startsWith('h')) return link(part, part);
    if (part.startsWith('<')) return reference(inner, names);
    if (part.startsWith('`')) return html`<code>${decoded(inner)}</code>`;
    if (part.startsWith('*')) return html`<strong>${inline(inner, names)}</strong>`;
    return part.startsWith('_') ? html`<em>${inline(inner, names)}</em>` : html`<s>${inline(inner, names)}</s>`;
  });
}

const quote = /^(?:>|&gt;) ?/;

/** Slack's own markup. Whatever is not part of it is text, and hono escapes it. */
function mrkdwn(text: string, names: Names): Html[] {
  return text.split(/```\n?([\s\S]+?)```/).map((part, index) => {
    if (index % 2 === 1) return html`<pre>${decoded(part)}</pre>`;
    const groups = part.split(/((?:^(?:>|&gt;).*\n?)+)/m).filter((group) => group.trim() !== '');
    return html`${groups.map((group) => quote.test(group)
      ? html`<blockquote>${inline(group.trimEnd().split('\n').map((line) => line.replace(quote, '')).join('\n'), names)}</blockquote>`
      : html`<div class="text">${inline(group.replace(/^\n|\n$/g, ''), names)}</div>`)}`;
  });
}

const written = (text: Text, names: Names): Html | Html[] => (text.type === 'mrkdwn' ? mrkdwn(text.text, names) : html`<div class="text">${text.text}</div>`);

/** How a button within a block becomes something that can be pressed. */
type Pressable = (button: Button, block: Block) => Html | Promise<Html>;

function shown(block: Exclude<Block, InputBlock>, names: Names, pressable: Pressable): Html {
  switch (block.type) {
    case 'header':
      return html`<h3>${block.text.text}</h3>`;
    case 'divider':
      return html`<hr />`;
    case 'context':
      return html`<div class="small">${block.elements.map((element) => written(element, names))}</div>`;
    case 'actions':
      return html`<div class="row">${block.elements.map((button) => pressable(button, block))}</div>`;
    case 'section':
      return html`${block.text && written(block.text, names)}
        ${block.fields && html`<div class="fields">${block.fields.map((field) => html`<div>${written(field, names)}</div>`)}</div>`}
        ${block.accessory && html`<div class="row">${pressable(block.accessory, block)}</div>`}`;
  }
}

const idle: Pressable = (button) => html`<button type="button" disabled>${button.text.text}</button>`;
const hidden = (fields: Names): Html[] => Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`);

/** A button with an address opens it and tells the app as well; without a script it can only do the first here. */
const pressing = (query: string, { channel, ts }: SlackMessage, names: Names): Pressable => (button, block) => {
  if (button.url !== undefined) return link(button.url.replaceAll('&', '&amp;'), button.text.text);
  const press = (text: string, kind: string) => html`<form method="post" action="/press?${query}">
    ${hidden({ channel, ts, block_id: block.block_id ?? '', action_id: button.action_id ?? '' })}
    <button class="${kind}" ${button.accessibility_label === undefined ? '' : html`aria-label="${button.accessibility_label}"`}>${text}</button>
  </form>`;
  if (!button.confirm) return press(button.text.text, button.style ?? '');
  const { title, text, confirm, style: kind } = button.confirm;
  return html`<details><summary class="${button.style ?? ''}">${button.text.text}</summary><strong>${title.text}</strong>${written(text, names)}${press(confirm.text, kind ?? '')}</details>`;
};

const time = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ');

function message(one: SlackMessage | SlackEphemeral, kind: string, note: string, names: Names, pressable: Pressable): Html {
  const blocks = (one.blocks ?? []).map((block) => (block.type === 'input' ? html`` : shown(block, names, pressable)));
  return html`<article class="${kind}" id="m${one.ts}">
    <p class="small"><strong>Drawbridge</strong>, ${time(Number(one.ts) * 1000)} UTC${note}</p>
    ${blocks.length > 0 ? blocks : mrkdwn(one.text, names)}
  </article>`;
}

function field(view: SlackView, block: InputBlock, index: number): Html {
  const [name, action] = namesOf(block);
  const { initial_value: initial, placeholder, multiline, min_length: least, max_length: most } = block.element;
  const value = view.values[name]?.[action] ?? initial ?? '';
  const error = view.errors[name];
  const id = `input-${String(index)}`;
  const limits = html`${block.optional === true ? '' : html`required`} ${least === undefined ? '' : html`minlength="${least}"`} ${most === undefined ? '' : html`maxlength="${most}"`}`;
  const about = html`id="${id}" name="${id}" placeholder="${placeholder?.text ?? ''}" aria-describedby="${id}-more" ${error === undefined ? '' : html`aria-invalid="true"`} ${limits}`;
  return html`<label for="${id}">${block.label.text}${block.optional === true ? ' (optional)' : ''}</label>
    ${multiline === true ? html`<textarea rows="4" ${about}>${'\n'}${value}</textarea>` : html`<input type="text" ${about} value="${value}" />`}
    <div class="small" id="${id}-more">${block.hint?.text ?? ''} ${error === undefined ? '' : html`<strong class="wrong">${error}</strong>`}</div>`;
}

/** Only the modal on top can be seen, as in Slack. */
function dialog(view: SlackView, names: Names, query: string): Html {
  const inputs = inputsOf(view.blocks);
  return html`<section class="modal" aria-labelledby="modal">
    <h2 id="modal">${view.title}</h2>
    <form method="post" action="/submit?${query}">
      ${hidden({ view_id: view.id })}
      ${view.blocks.map((block) => (block.type === 'input' ? field(view, block, inputs.indexOf(block)) : shown(block, names, idle)))}
      <div class="row">
        ${view.modal.submit && html`<button class="primary">${view.modal.submit.text}</button>`}
        <button name="close" value="yes" formnovalidate>${view.modal.close?.text ?? 'Close'}</button>
      </div>
    </form>
  </section>`;
}

function page(desk: Desk, as: string, live: boolean) {
  const { users, channels } = desk.options;
  const names = { ...users, ...channels };
  const query = (user: string, again: boolean): string => new URLSearchParams({ as: user, ...(again && { live: '1' }) }).toString();
  const here = query(as, live);
  const view = desk.views(as).at(-1);
  const people = Object.entries(users).map(([id, name]) => html`<li>${id === as ? html`<strong aria-current="true">${name}</strong>` : html`<a href="/?${query(id, live)}">${name}</a>`}</li>`);
  const troubles = desk.troubles(as).map(({ at, text }) => html`<li>${time(at)} UTC: ${text}</li>`);
  const channel = ([id, name]: readonly [string, string]): Html => {
    const posted = desk.messages(id).map((one) => ({ ts: one.ts, shown: message(one, one.threadTs === undefined ? '' : 'reply', `${one.threadTs === undefined ? '' : ', in a thread'}${one.edited > 0 ? ', edited' : ''}`, names, pressing(here, one, names)) }));
    const whispered = desk.ephemerals(as).filter((one) => one.channel === id).map((one) => ({ ts: one.ts, shown: message(one, 'private', ', only you can see this', names, idle) }));
    const all = [...posted, ...whispered].sort((one, other) => Number(one.ts) - Number(other.ts)).map((one) => one.shown);
    return html`<h2>#${name}</h2>${all.length > 0 ? all : html`<p>No message yet.</p>`}`;
  };
  // The page would forget what is being typed, so it never loads itself again below an open modal.
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" /><meta name="viewport" content="width=device-width" /><title>Slack of the local cloud</title>
        ${live && !view ? html`<meta http-equiv="refresh" content="3" />` : ''}${style}
      </head>
      <body><main>
        <h1>Slack of the local cloud</h1>
        <nav aria-label="Who you are"><ul class="row"><li>You are</li>${people}</ul></nav>
        <p class="small"><a href="/?${here}">Look again</a>, or <a href="/?${query(as, !live)}">${live ? 'stop looking every 3 seconds' : 'look every 3 seconds'}</a></p>
        ${troubles.length > 0 ? html`<div role="alert" class="wrong"><h2>What went wrong</h2><ul>${troubles}</ul></div>` : ''}
        ${view && dialog(view, names, here)}
        ${Object.entries(channels).map(channel)}
      </main></body>
    </html>`;
}

/** Another site must not click for the person by a form of its own. */
function foreign(context: Context): boolean {
  const own = `http://${context.req.header('host') ?? ''}`;
  return (context.req.header('origin') ?? own) !== own || (context.req.header('sec-fetch-site') ?? 'same-origin') !== 'same-origin';
}

/** The page at / and the two addresses its forms post to. */
export function slackPages(desk: Desk): Hono {
  const pages = new Hono();
  const person = (context: Context): string => [context.req.query('as'), ...Object.keys(desk.options.users)].find((id) => id !== undefined && Object.hasOwn(desk.options.users, id)) ?? '';
  pages.use(async (context, next) => {
    // Another site could give this address a name of its own, and would then be the same origin.
    if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(context.req.header('host') ?? '')) return context.text('This page is for this machine only.', 403);
    await next();
    context.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
    // With no-referrer a browser would send `Origin: null` along with our own forms.
    context.header('referrer-policy', 'same-origin');
    context.header('cache-control', 'no-store');
    return undefined;
  });
  pages.get('/', (context) => context.html(page(desk, person(context), context.req.query('live') !== undefined)));

  const act = async (context: Context, what: (user: string, form: Readonly<Record<string, string>>) => Promise<unknown>) => {
    if (foreign(context)) return context.text('This came from another site.', 403);
    const user = person(context);
    const form = Object.fromEntries([...(await context.req.formData())].map(([name, value]) => [name, typeof value === 'string' ? value.replaceAll('\r\n', '\n') : '']));
    try {
      await what(user, form);
    } catch (error) {
      desk.complain(user, error instanceof Error ? error.message : String(error));
    }
    return context.redirect(`/${new URL(context.req.url).search}`, 303);
  };
  pages.post('/press', (context) => act(context, (user, form) => desk.press({ user, channel: form['channel'] ?? '', ts: form['ts'] ?? '', actionId: form['action_id'] ?? '', blockId: form['block_id'] ?? '' })));
  pages.post('/submit', (context) => act(context, async (user, form) => {
    const viewId = form['view_id'] ?? '';
    if (form['close'] !== undefined) {
      desk.dismiss(user, viewId);
      return;
    }
    const blocks = inputsOf(desk.views(user).find((view) => view.id === viewId)?.blocks ?? []);
    const values = blocks.map((block, index) => [namesOf(block)[0], { [namesOf(block)[1]]: form[`input-${String(index)}`] ?? '' }] as const);
    await desk.submit({ user, viewId, values: Object.fromEntries(values) });
  }));
  return pages;
}
