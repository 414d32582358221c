import type { Outcome } from '../contracts/outcome.ts';
import type { EnvironmentRecord, Release } from '../contracts/release.ts';
import { cancelledSentence } from './may-begin.ts';

export type NextEnvironment = { readonly answer: 'environment'; readonly environment: string } | { readonly answer: 'done' };

interface Standing {
  readonly environment: string;
  readonly outcome: Outcome | undefined;
}

/** Outcomes after which a release goes on to its next environment. */
export const goesOn: ReadonlySet<string> = new Set<Outcome>(['deployed', 'no-changes', 'planned', 'removed']);

/**
 * What next in a release: the first environment that has not ended, as long as every earlier one ended well.
 * Looking only, a failed plan does not keep us from looking at the next environment.
 */
export function nextEnvironment(order: readonly string[], standings: readonly Standing[], mode: Release['mode']): NextEnvironment {
  for (const environment of order) {
    const outcome = standings.find((it) => it.environment === environment)?.outcome;
    if (outcome === undefined) return { answer: 'environment', environment };
    if (mode !== 'plan' && !goesOn.has(outcome)) return { answer: 'done' };
  }
  return { answer: 'done' };
}

/** Did a release do all that it was meant to? */
const isDone = ({ configuration }: Pick<Release, 'configuration'>, standings: readonly EnvironmentRecord[]): boolean =>
  configuration?.environments.every(({ name }) => goesOn.has(standings.find(({ environment }) => environment === name)?.outcome ?? '')) ?? false;

/** How a release ended, and why. One that was called off when all of it was done is done. */
export function releaseEnd(release: Pick<Release, 'outcome' | 'reason' | 'configuration' | 'cancelled'>, standings: readonly EnvironmentRecord[]): { readonly outcome: Outcome; readonly reason: string | undefined } {
  if (release.cancelled !== undefined && !isDone(release, standings)) return { outcome: 'cancelled', reason: cancelledSentence(release.cancelled) };
  const outcome = release.outcome ?? releaseOutcome(standings);
  const first = standings.find((it) => it.outcome === outcome && it.reason !== undefined);
  return { outcome, reason: release.reason ?? (first === undefined ? undefined : `${first.environment}: ${first.reason ?? ''}`) };
}

/** How a release ended: with its first environment that did not go well, else as deployed if any was. */
export function releaseOutcome(standings: readonly { readonly outcome?: Outcome | undefined }[]): Outcome {
  const outcomes = standings.flatMap(({ outcome }) => outcome ?? []);
  return outcomes.find((outcome) => !goesOn.has(outcome)) ?? (['planned', 'deployed', 'removed'] as const).find((outcome) => outcomes.includes(outcome)) ?? 'no-changes';
}
