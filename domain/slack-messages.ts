import type { KnownBlock, ModalView } from '@slack/types';
import { decisionCallback, reasonAction, reasonBlock, type SlackReference } from '../contracts/slack.ts';
import { checksTitle } from './checks.ts';
import { wayBackTitle } from './going-back.ts';
import { oneLine } from './mail.ts';
import { endSentence, type Question, wishOf } from './question.ts';

/** What Slack reads as markup is written so that it does not, and still is no longer than it may be (Slack: "Escaping text"). */
export function escaped(text: string, longest = 300): string {
  const written = oneLine(text, longest).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return written.length <= longest ? written : `${written.slice(0, longest - 1).replace(/(&[a-z]*|[\uD800-\uDBFF])$/, '')}…`;
}

/** Limits of Block Kit: text of a section 3,000 characters, of a header 150 (Slack: "Block Kit reference"). */
const longestText = 2900;
const longestHeader = 150;

export interface SlackMessage {
  /** For notifications, and where blocks cannot be shown. */
  readonly text: string;
  readonly blocks: KnownBlock[];
}

/** Whole lines as far as they fit, and how many did not. */
export function fitted(lines: readonly string[], besides = 0): string {
  const kept: string[] = [];
  let length = 0;
  for (const line of lines) {
    if (length + line.length + 1 > longestText - 40) break;
    kept.push(line);
    length += line.length + 1;
  }
  const left = lines.length - kept.length + besides;
  return [...kept, ...(left > 0 ? [`and ${String(left)} more`] : [])].join('\n');
}

/** Text that Slack is told to show as it is. No bracket is left in it, whatever Slack makes of that. */
const unmarked = (text: string, longest = 300): string => oneLine(text, longest).replaceAll('<', '‹').replaceAll('>', '›');

/** A title, and lines without any markup: `dynamodb:*` is not to become bold. */
const section = (title: string, lines: readonly string[], besides = 0): KnownBlock[] =>
  lines.length === 0
    ? []
    : [
        { type: 'section', text: { type: 'mrkdwn', text: `*${escaped(title)}*` } },
        { type: 'section', text: { type: 'plain_text', text: fitted(lines, besides), emoji: false } },
      ];
const header = (text: string): KnownBlock => ({ type: 'header', text: { type: 'plain_text', text: oneLine(text, longestHeader), emoji: false } });
const context = (text: string): KnownBlock => ({ type: 'context', elements: [{ type: 'mrkdwn', text: text.slice(0, longestText) }] });

/** So many are called by name in one message. */
const mostPeople = 50;

const time = (at: string): string => `<!date^${String(Math.floor(Date.parse(at) / 1000))}^{date_short_pretty} {time}|${at}>`;

function body({ approval, totals, targets, risks, checks, wayBack, commits, commitsTitle }: Question, most: { risks: number; commits: number }): KnownBlock[] {
  const bullet = (text: string) => `• ${unmarked(text)}`;
  return [
    ...section(`What would happen: ${totals}`, targets.map(({ title, what }) => bullet(`${title}: ${what}`))),
    ...section('Look at these first', risks.slice(0, most.risks).map(bullet), Math.max(0, risks.length - most.risks)),
    ...section(checksTitle, checks.slice(0, most.commits).map(bullet), Math.max(0, checks.length - most.commits)),
    ...section(wayBackTitle, wayBack.map(bullet)),
    ...section(commitsTitle, commits.slice(0, most.commits).map(({ commit, author, message }) => `• ${commit.slice(0, 8)} ${unmarked(author, 60)}: ${unmarked(message, 150)}`), Math.max(0, commits.length - most.commits) + approval.otherCommits),
  ];
}

const haltedNow = ({ halted }: Question): KnownBlock[] => halted.map((line) => ({ type: 'section', text: { type: 'mrkdwn', text: `⏸️ *${escaped(line, 2000)}*` } }));

const reference = ({ approval: { id, digest } }: Question): SlackReference => ({ approval: id, digest });

function buttons(question: Question): KnownBlock {
  const value = JSON.stringify(reference(question));
  const button = (action_id: string, text: string, style?: 'primary' | 'danger') => ({ type: 'button' as const, action_id, value, text: { type: 'plain_text' as const, text }, ...(style === undefined ? {} : { style }) });
  return { type: 'actions', block_id: 'answer', elements: [button('approve', 'Approve', 'primary'), button('reject', 'Reject', 'danger'), button('details', 'Details')] };
}

/** In a few words, also when it is decided. */
const titleOf = ({ application, environment, removes }: Question['approval']): string => (removes === true ? `Remove ${application} from ${environment}` : `${application} to ${environment}`);

/** The question, changed in place as answers come in; without buttons once it has ended. */
export function questionMessage(question: Question, people: readonly string[]): SlackMessage {
  const { approval, needs, answers, stillNeeds } = question;
  const { application, environment, release, state, expiresAt, digest } = approval;
  const waits = state === 'waiting';
  const asks = people.length === 0 || !waits ? '' : ` ${people.slice(0, mostPeople).map((id) => `<@${id}>`).join(' ')}`;
  return {
    text: escaped(waits ? `${wishOf(approval)} (${release})` : `${titleOf(approval)} (${release}): ${endSentence(approval)}`),
    blocks: [
      header(approval.removes === true ? titleOf(approval) : `${application} → ${environment}`),
      { type: 'section', text: { type: 'mrkdwn', text: waits ? `*${escaped(release)}* needs ${escaped(needs)}: *${escaped(stillNeeds)}*.${asks}` : `*${escaped(release)}*: *${escaped(endSentence(approval))}*` } },
      ...haltedNow(question),
      ...body(question, { risks: 10, commits: 8 }),
      ...section('Answers', answers.map((answer) => `• ${unmarked(answer)}`)),
      ...(waits ? [buttons(question)] : []),
      context(waits ? `Plan \`${digest.slice(0, 16)}\` · expires ${time(expiresAt)}` : `Plan \`${digest.slice(0, 16)}\` · asked ${time(approval.createdAt)}`),
    ],
  };
}

/** The dialog that asks for a reason before an answer counts. */
export function decisionDialog(question: Question, decision: 'approve' | 'reject', channel: string): ModalView {
  const { approval } = question;
  const yes = decision === 'approve';
  return {
    type: 'modal',
    callback_id: decisionCallback,
    title: { type: 'plain_text', text: yes ? 'Approve' : 'Reject' },
    submit: { type: 'plain_text', text: yes ? (approval.removes === true ? 'Yes, remove this' : 'Yes, execute this') : 'No' },
    close: { type: 'plain_text', text: 'Back' },
    private_metadata: JSON.stringify({ ...reference(question), channel, decision }),
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text: `*${escaped(titleOf(approval))}* (${escaped(approval.release)})` } },
      ...haltedNow(question),
      ...body(question, { risks: 20, commits: 0 }).slice(0, 20),
      {
        type: 'input',
        block_id: reasonBlock,
        optional: yes,
        label: { type: 'plain_text', text: 'Reason' },
        element: { type: 'plain_text_input', action_id: reasonAction, multiline: true, max_length: 1000 },
      },
    ],
  };
}

/** Everything that there is room for. */
export function detailsDialog(question: Question): ModalView {
  return {
    type: 'modal',
    callback_id: 'details',
    title: { type: 'plain_text', text: 'The plan' },
    close: { type: 'plain_text', text: 'Close' },
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text: `*${escaped(titleOf(question.approval))}* (${escaped(question.approval.release)})\nPlan \`${question.approval.digest}\`` } },
      ...haltedNow(question),
      ...section('Why you are asked', question.approval.because.map((it) => `• ${unmarked(it)}`)),
      ...body(question, { risks: 50, commits: 50 }),
      ...section('Answers', question.answers.map((answer) => `• ${unmarked(answer)}`)),
      context(`All of it: \`drawbridge show ${question.approval.release}\``),
    ],
  };
}
