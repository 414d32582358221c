import type { Outcome } from '../../contracts/outcome.ts';
import type { Deployed } from '../../contracts/plan.ts';
import type { Release, ResolvedEnvironment } from '../../contracts/release.ts';
import { principalOf } from '../callers.ts';
import { canonical, sha256 } from '../digest.ts';
import { InvalidInputError } from '../errors.ts';
import { releaseId } from '../release-id.ts';

/** One fingerprint of what is deployed: another release there, or another target, is another state. */
export const deployedState = (rows: readonly Deployed[]): string =>
  sha256(canonical([...rows].sort((a, b) => (a.target < b.target ? -1 : 1)).map(({ target, account, region, stackName, release, fence }) => ({ target, account, region, stackName, release, fence }))));

/** Somebody, or time, has said what becomes of it. One that gave way to something else was not answered. */
export const wasAnswered = (outcome: Outcome | undefined): boolean => outcome === 'rejected' || outcome === 'expired' || outcome === 'cancelled' || outcome === 'failed' || outcome === 'removed';

interface Wanted {
  readonly wish: { readonly application: string; readonly environment: string; readonly reason: string; readonly by: string };
  readonly rows: readonly Deployed[];
  /** Of the newest release there, where it is known still. */
  readonly source: Release['source'] | undefined;
  /** As registered now. */
  readonly repository: string | undefined;
  readonly sequence: number;
  readonly registryVersion: number;
  readonly environment: ResolvedEnvironment;
  readonly now: Date;
}

/** The release that removes what is deployed: newer than every other, and the work of whoever asked for it. */
export function removalRelease({ wish, rows, source, repository, sequence, registryVersion, environment, now }: Wanted): Release {
  const { application, by, reason } = wish;
  const [newest] = [...rows].sort((a, b) => b.sequence - a.sequence);
  const from = source ?? (repository === undefined ? undefined : ({ kind: 'codecommit', repository } as const));
  if (newest === undefined || from === undefined) throw new InvalidInputError(`Removing ${application} from ${wish.environment}: neither the release that is there nor a repository of the application is known any more. Register the application again, then ask again.`);
  const principal = by.startsWith('arn:') ? principalOf(by).toLowerCase() : undefined;
  return {
    id: releaseId(application, sequence, newest.commit),
    application,
    source: from,
    branch: newest.branch,
    tag: newest.tag,
    commit: newest.commit,
    sequence,
    mode: 'remove',
    removal: { environment: wish.environment, targets: rows.map(({ target }) => target) },
    author: { name: by.split('/').at(-1) ?? by, email: '' },
    ...(principal === undefined ? {} : { pushedBy: principal }),
    message: reason,
    createdAt: now.toISOString(),
    attempt: 1,
    registryVersion,
    state: 'running',
    configuration: { environments: [environment], remarks: [] },
  };
}
