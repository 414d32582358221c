import type { SeenQuestion } from './seen.ts';
import { isYoung } from './young.ts';

export interface QuestionRemedy {
  /** `expire`: nobody answered in time. `withdraw`: its release has ended. `overtake`: the environment of its branch has. */
  readonly kind: 'expire' | 'withdraw' | 'overtake';
  readonly approval: string;
  readonly release: string;
  readonly application: string;
  readonly environment: string;
}

/** A question that nobody waits with any more is closed. One whose execution runs is that one's own business, unless no yes could lead anywhere. */
export function questionRemedy({ approval: { id, release, application, environment, expiresAt }, released, execution, overtaken }: SeenQuestion, now: Date): QuestionRemedy | undefined {
  const about = { approval: id, release, application, environment };
  if (execution === 'runs') return overtaken === undefined ? undefined : { kind: 'overtake', ...about };
  if (now.toISOString() >= expiresAt && !isYoung(expiresAt, now)) return { kind: 'expire', ...about };
  return released === 'running' ? undefined : { kind: 'withdraw', ...about };
}
