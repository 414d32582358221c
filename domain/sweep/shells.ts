import type { Release } from '../../contracts/release.ts';
import { releaseOfChangeSet } from '../change-set-request.ts';
import { applicationOf } from '../release-id.ts';
import { isYoung, olderThan } from './young.ts';

/** An empty stack that CREATE change sets made. */
export interface SeenShell {
  readonly status: string;
  readonly createdAt: string;
  /** As its tags say, or those of its change sets. */
  readonly application?: string | undefined;
  readonly environment?: string | undefined;
  readonly changeSets: readonly string[];
  /** How the releases of the change sets stand; one that is not known is `undefined`. */
  readonly releases: ReadonlyMap<string, Release['state'] | undefined>;
  /** Somebody moves it. */
  readonly locked: boolean;
}

/** Of what nobody knows any more, somebody may still look at for so long. */
const unknownSeconds = 24 * 3600;

/** Releases whose change sets a shell holds; `undefined` where one of them is not ours. */
export function releasesIn({ changeSets }: Pick<SeenShell, 'changeSets'>): string[] | undefined {
  const releases = changeSets.map(releaseOfChangeSet).filter((it) => it !== undefined);
  return releases.length === changeSets.length ? [...new Set(releases)] : undefined;
}

/** It holds nothing, and nobody will ever execute what made it: then it goes, in any environment. */
export function mayRemoveShell(shell: SeenShell, now: Date): boolean {
  const { status, createdAt, application, environment, locked } = shell;
  const releases = releasesIn(shell);
  if (status !== 'REVIEW_IN_PROGRESS' || application === undefined || environment === undefined || releases === undefined || locked || isYoung(createdAt, now)) return false;
  const forgotten = olderThan(createdAt, unknownSeconds, now);
  if (releases.length === 0) return forgotten;
  return releases.every((release) => {
    if (applicationOf(release) !== application) return false;
    const state = shell.releases.get(release);
    return state === 'ended' || (state === undefined && forgotten);
  });
}

/** The session that deletes it may touch this one stack and nothing else. */
export const shellPolicy = (stackArn: string): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['cloudformation:DescribeStacks', 'cloudformation:ListChangeSets', 'cloudformation:DeleteChangeSet', 'cloudformation:DeleteStack'], Resource: stackArn }] });
