import type { Approval } from '../contracts/approval.ts';
import type { Rest } from '../contracts/branch-environment.ts';
import type { Halt } from '../contracts/halt.ts';
import type { EnvironmentRecord, Release, ResolvedEnvironment } from '../contracts/release.ts';
import { sameAttempt } from './attempt.ts';
import { restsAt } from './branch-next.ts';
import { registeredName } from './registered-name.ts';
import { at } from './utc.ts';

/** Why a release got no further. */
export const haltSentence = ({ environment, by, reason }: Halt): string => `${environment} is halted by ${by}: ${reason}. When it is resumed, retry the release.`;

/** Beside a question, at most one line: what a yes comes to now. Whoever is asked may wait for the resume. */
export function askedWhileHalted(halt: Halt | undefined, { state, removes }: Pick<Approval, 'state' | 'removes'>): string[] {
  if (halt === undefined || state !== 'waiting') return [];
  const { environment, at: since, by, reason } = halt;
  return [`${environment} is halted since ${at(since)} by ${by}: ${reason}. A yes now would ${removes === true ? 'remove' : 'deploy'} nothing: the release would end as frozen, and have to be retried when ${environment} is resumed.`];
}

/** What a yes came to that was given all the same. */
export const yesWhileHalted = (halt: Halt | undefined, { state }: Pick<Approval, 'state'>): string | undefined => (halt === undefined || state !== 'approved' ? undefined : `The yes counts, but nothing happens now: ${haltSentence(halt)}`);

type Going = Pick<Release, 'id' | 'mode' | 'sequence' | 'attempt' | 'state' | 'commit' | 'configuration'>;

/** The environments of a release that are halted and resumed together: the registered one, or its branches'. */
export const environmentsOf = ({ configuration }: Pick<Release, 'configuration'>, registered: string): ResolvedEnvironment[] =>
  (configuration?.environments ?? []).filter((environment) => registeredName(environment) === registered);

/** A release on its way to a halted environment, or one that came there. */
export interface Came {
  readonly release: Going;
  readonly environment: Pick<ResolvedEnvironment, 'name' | 'branch'>;
  readonly record: Pick<EnvironmentRecord, 'attempt' | 'outcome' | 'halted' | 'state' | 'approval'> | undefined;
  /** That the branch is to stay without its environment. */
  readonly rests?: Rest | undefined;
}

/** In its newest try it has ended there. */
const hasEnded = ({ release, record }: Came): boolean => record?.outcome !== undefined && sameAttempt(record.attempt, String(release.attempt));

/** It will come there, or is there. Who only looks is not stopped by a halt. */
export const isGoing = (it: Came): boolean => it.release.state === 'running' && it.release.mode !== 'plan' && !hasEnded(it);

const rests = ({ release, environment, rests: rest }: Came): boolean => environment.branch !== undefined && release.mode === 'deploy' && restsAt(rest, release.commit);

/**
 * What a halt stopped: in each environment the newest release that ended because of it, where nothing newer came to
 * another end there or is on its way.
 * @param came of one application
 */
export function stoppedBy(came: readonly Came[]): { readonly release: string; readonly environment: string }[] {
  const settled = new Set<string>();
  const stopped: { release: string; environment: string }[] = [];
  for (const it of [...came].sort((a, b) => b.release.sequence - a.release.sequence)) {
    const { release, environment: { name }, record } = it;
    // To look is always allowed, so it says nothing of what was stopped.
    if (settled.has(name) || release.mode === 'plan' || rests(it)) continue;
    if (record?.outcome === undefined && release.state === 'ended') continue;
    settled.add(name);
    // Tried again since, it is on its way or ended elsewhere.
    if (record?.outcome === 'frozen' && record.halted === true && hasEnded(it)) stopped.push({ release: release.id, environment: name });
  }
  return stopped;
}
