import type { KnownBlock } from '@slack/types';
import type { Outside } from './channels.ts';

/** Text that must stay text, on its line, in every channel. */
export const hostileText = [
  'begin\r\nInjected: one', '\u2028Injected: two', '\u0000\u001B[31m\u202E', '<!channel> <!here> <!subteam^S0EVIL> <@U0EVIL> <#C0EVIL> <https://evil.example|click> &lt;!channel&gt;',
  '"><script>alert(1)</script>', '[click](https://evil.example) ![x](https://evil.example/x.png) **bold** | cell | @everyone', '\n# Title\n- item\n```\ncode',
].join(' ');

const printable = (text: string): string[] => (/[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/u.test(text) ? ['a sign that is not printed'] : []);
const ownLines = (text: string): string[] => (/^(Injected|# Title|- item|```)/m.test(text) ? ['a line that somebody else wrote'] : []);
/** SNS API: Publish. */
const mailRules = ({ subject, text }: { subject: string; text: string }): string[] => [
  ...(subject.length >= 100 || /[\p{Cc}\p{Zl}\p{Zp}]/u.test(subject) ? [`the subject ${subject}`] : []),
  ...(Buffer.byteLength(text) > 256 * 1024 ? ['too long'] : []),
  ...printable(subject), ...printable(text), ...ownLines(text),
];

const textsOf = (block: KnownBlock): { kind: string; text: string }[] => {
  if (block.type === 'section') return block.text === undefined ? [] : [{ kind: block.text.type, text: block.text.text }];
  if (block.type === 'header') return [{ kind: 'header', text: block.text.text }];
  return block.type === 'context' ? block.elements.flatMap((element) => ('text' in element ? [{ kind: element.type, text: element.text }] : [])) : [];
};
/** What Slack reads as more than text: a person who is asked, a time, an address of the application’s own. */
const ours = /<@U0(ALEX|ROBIN|SAM|KIM|LEE)>|<!date\^\d+\^\{date_short_pretty\} \{time\}\|[\dTZ:.-]+>|<https:\/\/orders\.example\/?>/g;
const markupIn = (text: string): string[] => (/[<>]|&(?!amp;|lt;|gt;)/.test(text.replaceAll(ours, '')) ? [`markup in ${text.slice(0, 200)}`] : []);
/** Slack: "Block Kit reference", "chat.postMessage". */
const slackRules = (text: string, blocks: readonly KnownBlock[]): string[] => [
  ...(text.length === 0 || text.length > 4000 ? ['the text beside the blocks'] : []),
  ...(blocks.length > 50 ? ['too many blocks'] : []),
  ...markupIn(text), ...printable(text), ...ownLines(text),
  ...blocks.flatMap(textsOf).flatMap((it) => [
    ...(it.text.length === 0 || it.text.length > (it.kind === 'header' ? 150 : 3000) ? [`too long: ${it.text.slice(0, 100)}`] : []),
    ...(it.kind === 'mrkdwn' ? markupIn(it.text) : []), ...printable(it.text), ...ownLines(it.text),
  ]),
];

/** CodeCommit User Guide, "Quotas"; CommonMark. */
const commentRules = (text: string): string[] => [
  ...(text.length > 10_240 ? ['too long'] : []),
  ...(/<|(?<!\\)\]\(|(?<!\\)!\[|@everyone|(?<!\\)\*\*bold/.test(text) ? ['markup'] : []),
  ...(text.split('\n').some((line) => line.startsWith('|') && (line.match(/(?<!\\)\|/g)?.length ?? 0) !== 4) ? ['a broken table'] : []),
  ...printable(text), ...ownLines(text),
];

/** What of everything that was sent breaks a rule of its channel. */
export const brokenRules = ({ mails, notices, slack, comments }: Outside): string[] => [
  ...[...mails, ...notices].flatMap(mailRules),
  ...slack.messages.flatMap(({ message: { text, blocks } }) => slackRules(text, blocks)),
  ...[...comments.values()].flatMap(({ text }) => commentRules(text)),
];
