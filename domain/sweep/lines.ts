import type { SeenBuildWaiter, SeenLock, StackPlace } from './seen.ts';
import { isYoung } from './young.ts';

export type LineRemedy =
  | { readonly kind: 'free-lock'; readonly place: StackPlace; readonly owner: string; readonly fence: number }
  | { readonly kind: 'leave-lock-line'; readonly place: StackPlace; readonly execution: string }
  | { readonly kind: 'leave-build-line'; readonly release: string; readonly attempt: number; readonly renewed: string };

/** Who holds a lock or stands in line for it while its execution is gone will never give it back. An owner's execution is there before its lock. */
export function lockRemedies({ place, fence, owner, line }: SeenLock): LineRemedy[] {
  const gone = line.filter(({ stands }) => stands !== 'runs').map(({ execution }) => ({ kind: 'leave-lock-line', place, execution }) as const);
  return owner === undefined || owner.stands === 'runs' ? gone : [...gone, { kind: 'free-lock', place, owner: owner.execution, fence }];
}

export function buildRemedy({ release, attempt, renewed, execution }: SeenBuildWaiter, now: Date): LineRemedy | undefined {
  return execution === 'runs' || isYoung(renewed, now) ? undefined : { kind: 'leave-build-line', release, attempt, renewed };
}
