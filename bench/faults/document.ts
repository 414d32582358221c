import { faultKinds, type FaultKind } from '../../local/admin.ts';
import { shortName } from './calls.ts';
import type { Tried } from './journal.ts';
import type { Result } from './trial.ts';

export interface Made {
  readonly scenario: string;
  readonly calls: number;
  /** Trials that there would be besides. */
  readonly untried: number;
  readonly tried: readonly Tried[];
  readonly command: string;
}

const verdict = ({ says, wrongs }: Result): string => (wrongs.length === 0 ? says : `**wrong**: ${says}`);

/** Different ends, the most frequent first, each with how often it came. */
function ends(tried: readonly Tried[]): string {
  const counted = new Map<string, number>();
  for (const { result } of tried) counted.set(verdict(result), (counted.get(verdict(result)) ?? 0) + 1);
  return [...counted].sort(([, one], [, other]) => other - one).map(([end, times]) => (times === 1 ? end : `${end} ×${String(times)}`)).join('; ');
}

const rowOf = ({ trial: { call } }: Tried) => `${shortName(call.function)} | \`${call.service}:${call.action}\``;

/** What calls times faults came to: a line for each kind of call of each function. */
export function table(tried: readonly Tried[]): string {
  const rows = [...new Set(tried.map(rowOf))].sort();
  const cell = (row: string, kind: FaultKind) => ends(tried.filter((one) => rowOf(one) === row && one.trial.kind === kind)) || '·';
  return [
    `| function | call | ${faultKinds.join(' | ')} |`,
    `|---|---|${faultKinds.map(() => '---').join('|')}|`,
    ...rows.map((row) => `| ${row} | ${faultKinds.map((kind) => cell(row, kind)).join(' | ')} |`),
  ].join('\n');
}

function wrongs(tried: readonly Tried[]): string {
  const lines = tried.flatMap(({ trial: { call, kind }, result }) => result.wrongs.map((wrong) => `- ${shortName(call.function)} \`${call.service}:${call.action}\` (${String(call.occurrence)}), ${kind}: ${wrong}`));
  return lines.length === 0 ? 'Nothing was wrong in this run.' : `What was wrong:\n\n${lines.join('\n')}`;
}

/** The part of docs/faults.md that a run writes. */
export function section({ scenario, calls, untried, tried, command }: Made): string {
  const dates = [...new Set(tried.map(({ date }) => date))].sort();
  const part = untried === 0 ? 'Each call was tried with each fault' : `**This was a part of it**: ${String(tried.length)} of ${String(tried.length + untried)} trials`;
  const met = tried.filter(({ result }) => !result.says.startsWith('not met')).length;
  return [
    `## ${scenario}`,
    `Run on ${dates.join(' and ')} with \`${command}\`. The functions made ${String(calls)} calls. ${part}; in ${String(met)} of ${String(tried.length)} the fault met its call. A dot is a trial that was not run, ×3 that three calls of the kind ended so.`,
    wrongs(tried),
    table(tried),
    '',
  ].join('\n\n');
}

/** Puts a section in the place of an earlier one of its scenario, or at the end. */
export function withSection(document: string, scenario: string, text: string): string {
  const start = document.indexOf(`## ${scenario}\n`);
  if (start < 0) return `${document.trimEnd()}\n\n${text}`;
  const next = document.indexOf('\n## ', start + 1);
  return `${document.slice(0, start)}${text}${next < 0 ? '' : document.slice(next + 1)}`;
}
