import type { TargetRecord } from '../../contracts/plan.ts';
import type { EventFact } from './target-checks.ts';

/** The last deployment into an account and Region that changed a stack; one without changes sends no event. */
export function lastExecuted(records: readonly TargetRecord[], { account, region }: { account: string; region: string }): EventFact['executed'] {
  const here = records.filter((record) => record.account === account && record.region === region && record.outcome === 'deployed');
  const last = here.sort((a, b) => a.updatedAt.localeCompare(b.updatedAt)).at(-1);
  return last === undefined ? undefined : { release: last.release, stackName: last.stackName, at: last.updatedAt };
}
