import type { TargetRecord } from '../contracts/plan.ts';
import type { Target } from '../contracts/release.ts';

/** Rounds of planning in one attempt. Somebody else who keeps changing the stacks must stop first. */
export const mostRounds = 5;

export type NextWave =
  | { readonly answer: 'wave'; readonly targets: readonly string[] }
  | { readonly answer: 'replan'; readonly targets: readonly [] }
  | { readonly answer: 'done'; readonly targets: readonly [] };

const done = { answer: 'done', targets: [] } as const;
const goesOn = new Set<TargetRecord['outcome']>(['deployed', 'no-changes', 'removed', 'stale']);

/** The waves are over: is everything where it must be, so that it can be tested? */
export const isTestable = (targets: readonly Pick<Target, 'name' | 'tests' | 'commands'>[], records: readonly Pick<TargetRecord, 'target' | 'outcome'>[]): boolean =>
  targets.some(({ tests, commands }) => tests !== undefined || commands !== undefined) && targets.every(({ name }) => records.some(({ target, outcome }) => target === name && (outcome === 'deployed' || outcome === 'no-changes')));

/**
 * Targets move in waves, lowest number first; nothing moves after something went wrong.
 * A stale plan sends the whole environment back to planning, where what is deployed already stays as it is; and so does
 * one that was deferred, or planned with outputs that are other ones by now, once everything else is deployed.
 * What is removed goes the other way round, highest number first.
 * @param outdated targets without changes whose parameters come from such outputs
 */
export function chooseNextWave(targets: readonly Pick<Target, 'name' | 'wave'>[], records: readonly Pick<TargetRecord, 'target' | 'state' | 'outcome'>[], round: number, { outdated = [], backwards = false }: { readonly outdated?: readonly string[]; readonly backwards?: boolean } = {}): NextWave {
  if (records.some(({ state, outcome }) => state === 'ended' && !goesOn.has(outcome))) return done;
  if (records.some(({ outcome }) => outcome === 'stale')) return round < mostRounds ? { answer: 'replan', targets: [] } : done;
  const planned = new Set(records.filter(({ state }) => state === 'planned').map(({ target }) => target));
  const left = targets.filter(({ name }) => planned.has(name));
  // A target that is neither planned nor ended broke off: nothing follows it.
  if (records.some(({ state }) => state === 'planning' || state === 'executing') || records.length < targets.length) return done;
  // Before every such round at least one target was deployed that others waited for.
  const later = outdated.length > 0 || records.some(({ state }) => state === 'deferred');
  if (left.length === 0) return later && round < mostRounds + targets.length ? { answer: 'replan', targets: [] } : done;
  const waves = left.map((target) => target.wave);
  const wave = backwards ? Math.max(...waves) : Math.min(...waves);
  return { answer: 'wave', targets: left.filter((target) => target.wave === wave).map(({ name }) => name) };
}
