import { executionName } from '../release-id.ts';
import type { SeenRelease } from './seen.ts';
import { isYoung, olderThan } from './young.ts';

export type ReleaseRemedy =
  | { readonly kind: 'start-release'; readonly release: string; readonly attempt: number }
  | { readonly kind: 'end-release'; readonly release: string; readonly attempt: number; readonly reason: string };

/** Step Functions forgets an execution, and with it that its name was used, after 90 days (Step Functions API: StartExecution). What is as old as that may have run. */
const forgottenSeconds = 80 * 24 * 3600;

/** What becomes of a release that has not said how it ended: a start that was lost is made up for, by its name at most once. */
export function releaseRemedy({ release: { id, attempt, createdAt }, execution }: SeenRelease, now: Date): ReleaseRemedy | undefined {
  if (execution === 'runs' || isYoung(createdAt, now)) return undefined;
  if (execution === 'missing' && !olderThan(createdAt, forgottenSeconds, now)) return { kind: 'start-release', release: id, attempt };
  const name = executionName(id, attempt);
  return { kind: 'end-release', release: id, attempt, reason: `Its execution ${name} has ended without saying how: somebody stopped it, or the control plane failed. What it had begun is as it was then; run "drawbridge retry ${id}".` };
}
