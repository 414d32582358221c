import type { Outcome } from '../contracts/outcome.ts';

export type NextEnvironment = { readonly answer: 'environment'; readonly environment: string } | { readonly answer: 'done' };

interface Standing {
  readonly environment: string;
  readonly outcome: Outcome | undefined;
}

const goesOn: ReadonlySet<Outcome> = new Set(['deployed', 'no-changes', 'planned']);

/**
 * What next in a release: the first environment that has not ended, as long as every earlier one ended well.
 * Looking only, a failed plan does not keep us from looking at the next environment.
 */
export function nextEnvironment(order: readonly string[], standings: readonly Standing[], mode: 'deploy' | 'plan'): NextEnvironment {
  for (const environment of order) {
    const outcome = standings.find((it) => it.environment === environment)?.outcome;
    if (outcome === undefined) return { answer: 'environment', environment };
    if (mode === 'deploy' && !goesOn.has(outcome)) return { answer: 'done' };
  }
  return { answer: 'done' };
}

/** How a release ended: with its first environment that did not go well, else as deployed if any was. */
export function releaseOutcome(standings: readonly { readonly outcome?: Outcome | undefined }[]): Outcome {
  const outcomes = standings.flatMap(({ outcome }) => outcome ?? []);
  return outcomes.find((outcome) => !goesOn.has(outcome)) ?? (outcomes.includes('planned') ? 'planned' : outcomes.includes('deployed') ? 'deployed' : 'no-changes');
}
