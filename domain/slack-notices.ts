import type { Release } from '../contracts/release.ts';
import type { EnvironmentReport, Report } from '../contracts/report.ts';
import { shortName } from './reference.ts';
import { type EnvironmentLine, whatToDo } from './release-summary.ts';
import { escaped, fitted, type SlackMessage } from './slack-messages.ts';

const signs: Readonly<Record<string, string>> = {
  deployed: '✅',
  'no-changes': '➖',
  removed: '🗑️',
  failed: '❌',
  'rolled-back': '⏪',
  rejected: '⛔',
  expired: '⌛',
  superseded: '⏩',
  cancelled: '🚫',
  waiting: '✋',
  'to come': '⚪',
};

/** One message for a release: how it stands in each environment. */
export function releaseMessage(release: Pick<Release, 'id' | 'application' | 'mode' | 'commit' | 'branch' | 'tag' | 'author' | 'message' | 'outcome' | 'reason'>, lines: readonly EnvironmentLine[]): SlackMessage {
  const { id, application, commit, author, message, outcome, reason } = release;
  const list = lines.map(({ environment, state, reason: why, urls }) => {
    const links = urls.filter((url) => !/[<>|\s]/.test(url)).slice(0, 2).map((url) => ` <${url.replaceAll('&', '&amp;')}>`).join('');
    return `${signs[state] ?? '🔄'} *${escaped(environment)}*: ${escaped(state)}${links}${why === undefined || state === 'deployed' ? '' : ` – ${escaped(why, 300)}`}`;
  });
  const advice = whatToDo(outcome, id);
  return {
    text: escaped(`${application}: ${id} ${outcome ?? 'is on its way'}`),
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text: `*${escaped(application)}* ${release.mode === 'remove' ? 'is to be removed, asked' : `\`${commit.slice(0, 8)}\` on ${escaped(shortName(release), 100)}`} by ${escaped(author.name, 60)}: ${escaped(message, 200)}` } },
      ...(list.length === 0 ? [] : [{ type: 'section', text: { type: 'mrkdwn', text: fitted(list) } } as const]),
      ...(reason === undefined || advice === undefined ? [] : [{ type: 'section', text: { type: 'mrkdwn', text: `${escaped(reason, 600)}\n_${escaped(advice)}_` } } as const]),
      { type: 'context', elements: [{ type: 'mrkdwn', text: `${escaped(id)} · ${escaped(outcome ?? 'running')}` }] },
    ],
  };
}

/** What must not be overlooked, as a message of its own. */
export function loudMessage({ kind, application, environment, release, text, outcome }: Report): SlackMessage {
  const sign = kind === 'break-glass' ? '🚨 *GLASS BROKEN* ' : kind === 'reminder' ? '🔔 ' : '❌ ';
  const advice = whatToDo(outcome, release);
  return {
    text: escaped(`${application}: ${text}`, 1000),
    blocks: [{ type: 'section', text: { type: 'mrkdwn', text: `${sign}*${escaped(application)}*${environment === undefined ? '' : `, ${escaped(environment)}`} (${escaped(release)}): ${escaped(text, 1500)}${advice === undefined ? '' : `\n_${escaped(advice)}_`}` } }],
  };
}

/** That an environment is halted, or goes on: for everybody, as a message of its own. */
export function haltMessage({ kind, environment, text }: Pick<EnvironmentReport, 'kind' | 'environment' | 'text'>): SlackMessage {
  return {
    text: escaped(text, 1000),
    blocks: [{ type: 'section', text: { type: 'mrkdwn', text: `${kind === 'halted' ? '⏸️' : '▶️'} *${escaped(environment)}*: ${escaped(text, 1500)}` } }],
  };
}
