import type { ChangeCounts, TargetRecord } from '../contracts/plan.ts';
import type { Verdict } from '../contracts/verdict.ts';
import { revisionSentence } from './revision-plan.ts';
import type { Judgement } from './verdict.ts';

/** `1 added, 2 changed, 1 perhaps replaced`. */
export function countSentence({ add, modify, replace, mayReplace, remove, steps = 0 }: ChangeCounts): string {
  const parts = [
    [add, 'added'],
    [modify, 'changed'],
    [replace, 'replaced'],
    [mayReplace, 'perhaps replaced'],
    [remove, 'deleted'],
    [steps, steps === 1 ? 'step after the stack' : 'steps after the stack'],
  ] as const;
  const said = parts.filter(([number]) => number > 0).map(([number, what]) => `${String(number)} ${what}`);
  return said.length === 0 ? 'only outputs change' : said.join(', ');
}

/** `5 deleted, 1 left behind`: what a removal would do. */
export function removalSentence({ remove }: ChangeCounts, kept: number): string {
  const parts = [...(remove === 0 ? [] : [`${String(remove)} deleted`]), ...(kept === 0 ? [] : [`${String(kept)} left behind`])];
  return parts.length === 0 ? 'nothing is deleted' : parts.join(', ');
}

function ofTarget({ target, outcome, state, reason, counts, revision, kept }: TargetRecord): string {
  if (outcome === 'no-changes') return `${target}: nothing changes`;
  if (outcome === 'deployed') return `${target}: deployed already`;
  if (outcome === 'removed') return `${target}: removed already`;
  if (outcome !== undefined) return `${target}: ${outcome}${reason === undefined ? '' : `, ${reason}`}`;
  if (state === 'deferred') return `${target}: ${reason ?? 'deferred'}`.replace(/\.$/, '');
  if (revision !== undefined) return `${target}: ${revisionSentence(revision)}`;
  if (counts !== undefined && kept !== undefined) return `${target}: ${removalSentence(counts, kept.length)}`;
  return `${target}: ${counts === undefined ? 'not planned' : countSentence(counts)}`;
}

/** What the plans of an environment would do, in one sentence. */
export function planSentence(environment: string, records: readonly TargetRecord[]): string {
  const targets = records.map((record) => ofTarget(record));
  return `Planned ${environment}. ${targets.length === 0 ? 'No target could be planned' : targets.join('; ')}.`.replace(/\.\.$/, '.');
}

const spoken: Readonly<Record<Verdict, string>> = {
  skip: 'Nobody needs to be asked.',
  auto: 'The risk rules let it pass without a person.',
  one: 'A person must say yes.',
  two: 'Two people must say yes.',
  refuse: 'The risk rules refuse it.',
};

/** The verdict with its first reason. */
export const verdictSentence = ({ verdict, because }: Judgement): string => [spoken[verdict], ...because.slice(0, verdict === 'auto' ? 0 : 1)].join(' ');
