import type { ChangeCounts, TargetRecord } from '../contracts/plan.ts';

function counted({ add, modify, replace, remove }: ChangeCounts): string {
  const parts = [
    [add, 'added'],
    [modify, 'changed'],
    [replace, 'replaced'],
    [remove, 'removed'],
  ] as const;
  const said = parts.filter(([number]) => number > 0).map(([number, what]) => `${String(number)} ${what}`);
  return said.length === 0 ? 'only outputs change' : said.join(', ');
}

function ofTarget({ target, outcome, reason, counts }: TargetRecord): string {
  if (outcome === 'no-changes') return `${target}: nothing changes`;
  if (outcome === 'deployed') return `${target}: deployed already`;
  if (outcome !== undefined) return `${target}: ${outcome}${reason === undefined ? '' : `, ${reason}`}`;
  return `${target}: ${counts === undefined ? 'not planned' : counted(counts)}`;
}

/** What the plans of an environment would do, in one sentence. */
export function planSentence(environment: string, records: readonly TargetRecord[]): string {
  const targets = records.map((record) => ofTarget(record));
  return `Planned ${environment}. ${targets.length === 0 ? 'No target could be planned' : targets.join('; ')}.`.replace(/\.\.$/, '.');
}
