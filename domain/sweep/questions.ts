import type { SeenQuestion } from './seen.ts';
import { isYoung } from './young.ts';

export interface QuestionRemedy {
  /** `expire`: nobody answered in time. `withdraw`: its release has ended. */
  readonly kind: 'expire' | 'withdraw';
  readonly approval: string;
  readonly release: string;
  readonly application: string;
  readonly environment: string;
}

/** A question that nobody waits with any more is closed. One whose execution runs is that one's own business. */
export function questionRemedy({ approval: { id, release, application, environment, expiresAt }, released, execution }: SeenQuestion, now: Date): QuestionRemedy | undefined {
  if (execution === 'runs') return undefined;
  const about = { approval: id, release, application, environment };
  if (now.toISOString() >= expiresAt && !isYoung(expiresAt, now)) return { kind: 'expire', ...about };
  return released === 'running' ? undefined : { kind: 'withdraw', ...about };
}
