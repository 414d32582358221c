import type { Release } from '../contracts/release.ts';
import { oneLine } from './mail.ts';
import { type EnvironmentLine, whatToDo } from './release-summary.ts';

/** What Markdown or HTML would read as markup is written so that they do not. */
const plain = (text: string, longest = 300): string => oneLine(text, longest).replaceAll(/[\\`*_{}[\]()#+!|~]/g, (sign) => `\\${sign}`).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('@', '&#64;');

/** A comment has at most 10,240 characters (CodeCommit User Guide, "Quotas"). */
const longest = 10_000;

export function pullRequestComment({ id, application, commit, outcome, reason }: Pick<Release, 'id' | 'application' | 'commit' | 'outcome' | 'reason'>, lines: readonly EnvironmentLine[]): string {
  const advice = whatToDo(outcome, id);
  return [
    `**${plain(application)}** \`${commit.slice(0, 8)}\`: ${plain(outcome ?? 'on its way')}`,
    '',
    '| Environment | State | Where |',
    '| --- | --- | --- |',
    ...lines.map(({ environment, state, urls }) => `| ${plain(environment)} | ${plain(state)} | ${urls.filter((url) => !/[\s<>|()]/.test(url)).slice(0, 2).join(' ')} |`),
    ...(reason === undefined ? [] : ['', plain(reason, 1500)]),
    ...(advice === undefined ? [] : ['', `\`${advice}\``]),
    '',
    `Release ${plain(id)}. Drawbridge keeps this comment up to date.`,
  ]
    .join('\n')
    .slice(0, longest);
}
