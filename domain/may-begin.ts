import type { Halt } from '../contracts/halt.ts';
import type { Outcome } from '../contracts/outcome.ts';
import type { Deployed, Removed } from '../contracts/plan.ts';
import type { Release } from '../contracts/release.ts';
import { haltSentence } from './halt.ts';

interface Facts {
  readonly release: Pick<Release, 'mode' | 'sequence' | 'cancelled'>;
  /** Why the newest registered environments do not let it go on. */
  readonly refused: string | undefined;
  readonly halt: Halt | undefined;
  readonly deployed: readonly (Pick<Deployed, 'sequence' | 'release'> | undefined)[];
  /** What was removed there last. */
  readonly removed?: readonly (Pick<Removed, 'sequence' | 'release'> | undefined)[];
}

export interface Closed {
  readonly outcome: Outcome;
  readonly reason: string;
  /** The halt alone is in the way. */
  readonly halted?: true;
}

/** Why nothing may begin there, or `undefined` where it may. To look is always allowed. */
export function whyNot({ release: { mode, sequence, cancelled }, refused, halt, deployed, removed = [] }: Facts): Closed | undefined {
  if (cancelled !== undefined) return { outcome: 'cancelled', reason: cancelledSentence(cancelled) };
  if (refused !== undefined) return { outcome: 'frozen', reason: `The registered environments changed since the release started: ${refused}. Retry the release to resolve it anew.` };
  if (mode === 'plan') return undefined;
  if (halt !== undefined) return { outcome: 'frozen', reason: haltSentence(halt), halted: true };
  const newer = deployed.find((there) => there !== undefined && there.sequence > sequence);
  const gone = removed.find((there) => there !== undefined && there.sequence > sequence);
  if (newer === undefined && gone !== undefined) return { outcome: 'superseded', reason: `The newer release ${gone.release} removed what was deployed there. An older commit never brings it back.` };
  return newer === undefined ? undefined : { outcome: 'superseded', reason: `The newer release ${newer.release} is deployed there already. An older commit never overtakes a newer one.` };
}

export const cancelledSentence = ({ by, reason }: NonNullable<Release['cancelled']>): string => `Cancelled by ${by}${reason === '' ? '' : `: ${reason}`}.`;
