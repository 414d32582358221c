import type { BranchEnvironment } from '../contracts/branch-environment.ts';
import type { ResolvedEnvironment } from '../contracts/release.ts';

export type Life = NonNullable<ResolvedEnvironment['life']>;

const later = (at: string, seconds: number): string => new Date(Date.parse(at) + seconds * 1000).toISOString();

/** The earlier of time to live, from when it was made, and idle time, from its last release. */
export function expiryOf({ createdAt, releasedAt }: Pick<BranchEnvironment, 'createdAt' | 'releasedAt'>, { timeToLiveSeconds, idleSeconds }: Life): string {
  const [first = releasedAt] = [later(createdAt, timeToLiveSeconds), later(releasedAt, idleSeconds)].sort();
  return first;
}

/** Is its time up? What is being removed already has none to lose. */
export const isOver = ({ state, expiresAt }: Pick<BranchEnvironment, 'state' | 'expiresAt'>, now: Date): boolean => state === 'live' && now.toISOString() >= expiresAt;

/** Why a release comes too late for its branch's environment, or `undefined` when nothing came after it. */
export function overtakenIn({ name, release, reason, sequence, state }: Pick<BranchEnvironment, 'name' | 'release' | 'reason' | 'sequence' | 'state'>, own: number): string | undefined {
  if (sequence <= own) return undefined;
  if (state === 'live') return `The newer release ${release} has ${name}. An older commit never overtakes a newer one.`;
  return `${name} was ended after this release: ${(reason ?? 'it was removed').replace(/\.$/, '')}. Push again to have it anew.`;
}

/** What a release brings to its branch's environment. */
export interface Arriving {
  readonly application: string;
  readonly name: string;
  readonly registered: string;
  readonly branch: string;
  readonly repository: string;
  readonly life: Life;
  readonly release: string;
  readonly sequence: number;
  readonly by: string;
}

export type TakenUp =
  | { readonly answer: 'taken'; readonly row: BranchEnvironment; /** It was not among those that count before. */ readonly counts: boolean }
  | { readonly answer: 'refused' | 'superseded'; readonly sentence: string };

/**
 * May this release have its branch's environment? Whoever has the same name, is newer, or was first where there is no
 * room for more keeps it.
 * @param rows of the application, whatever they stand at
 */
export function takenUp(rows: readonly BranchEnvironment[], arriving: Arriving, now: Date): TakenUp {
  const { life, ...its } = arriving;
  const before = rows.find(({ name }) => name === its.name);
  if (before !== undefined && before.state !== 'removed' && (before.branch !== its.branch || before.repository !== its.repository || before.registered !== its.registered)) {
    return { answer: 'refused', sentence: `The name ${its.name} is held by the branch ${before.branch} of ${before.repository} in ${before.registered}. End that with "drawbridge env stop ${its.name}", or give this branch another name.` };
  }
  const behind = before === undefined ? undefined : overtakenIn(before, its.sequence);
  if (behind !== undefined) return { answer: 'superseded', sentence: behind };
  const at = now.toISOString();
  const others = rows.filter(({ name, registered, state }) => name !== its.name && registered === its.registered && state !== 'removed');
  const goesOn = before?.state === 'live' && !isOver(before, now);
  if (before?.state !== 'live' && others.length >= life.atOnce) return { answer: 'refused', sentence: noRoom(its, life, others) };
  const createdAt = goesOn ? before.createdAt : at;
  const row = { ...its, ...(goesOn && before.url !== undefined ? { url: before.url } : {}), createdAt, releasedAt: at, expiresAt: expiryOf({ createdAt, releasedAt: at }, life), state: 'live', version: (before?.version ?? 0) + 1 } as const;
  return { answer: 'taken', row, counts: before?.state !== 'live' };
}

function noRoom({ application, registered }: Pick<Arriving, 'application' | 'registered'>, { atOnce }: Life, others: readonly BranchEnvironment[]): string {
  const byAge = [...others].sort((a, b) => a.createdAt.localeCompare(b.createdAt));
  const [oldest] = byAge;
  const named = byAge.map(({ name, branch, state }) => `${name} (${branch}${state === 'live' ? '' : `, ${state}`})`).join(', ');
  return `${application} may have ${String(atOnce)} branch environments in ${registered} at once, and has ${named}. The oldest is ${oldest?.name ?? ''}: end it with "drawbridge env stop ${oldest?.name ?? ''}" or delete its branch, then retry the release.`;
}
