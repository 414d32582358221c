import { concerns } from '../../aws/differences.ts';
import type { Head } from '../../aws/heads.ts';
import type { Environments } from '../../contracts/environments.ts';
import type { Release } from '../../contracts/release.ts';
import { TransientError } from '../../domain/errors.ts';
import { type Reference, shortName } from '../../domain/reference.ts';
import { releaseId } from '../../domain/release-id.ts';
import { env } from '../../runtime/env.ts';
import { logger } from '../../runtime/logger.ts';
import type { Uses } from './uses.ts';

/** How often a head that moves while it is written is read again. */
const tries = 10;

export interface Asked {
  readonly tableName: string;
  readonly application: string;
  readonly registered: Environments['applications'][string] | undefined;
  readonly repository: string;
  readonly reference: Reference;
  /** Who pushed which commit, where the event says so. */
  readonly pusher?: { readonly principal: string; readonly commit: string } | undefined;
  readonly registryVersion: number;
  /** The head as it is has to be released again, unless somebody else moves it. */
  readonly anew?: Head | undefined;
}

/** @returns `known` when what the branch or the tag stands at was released before */
export async function startOne(uses: Uses, asked: Asked): Promise<'started' | 'known' | 'nothing'> {
  const { tableName, application, repository, reference, pusher, registryVersion, anew } = asked;
  const { DEPLOY_RELEASE_MACHINE_ARN: machine, BUS_NAME: busName } = env('DEPLOY_RELEASE_MACHINE_ARN', 'BUS_NAME');
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const head = await uses.readHead(tableName, application, reference);
    const commit = await lookUp(uses, repository, reference);
    if (commit === undefined) return 'nothing';
    const pushedBy = pusher?.commit === commit ? pusher.principal : undefined;
    const again = anew !== undefined && head?.version === anew.version;
    // The commit that an upload names is its uploader's word; the repository is released for itself.
    if (head?.commit === commit && head.upload === undefined && !again) {
      // An event before this one may have started it without knowing who pushed its head. Who pushes the same commit again takes nobody's place.
      if (pushedBy !== undefined && (await uses.findRelease(tableName, head.release))?.pushedBy === undefined) await uses.updateRelease(tableName, head.release, { pushedBy });
      // The row may have been written and the start lost; by its name it starts at most once.
      await uses.startRelease(machine, head.release, 1);
      return 'known';
    }
    if (!again && !(await isConcerned(uses, asked, head, commit))) return 'nothing';
    const { author, message } = await uses.readCommit(repository, commit);
    const sequence = await uses.nextSequence(tableName, application);
    const id = releaseId(application, sequence, commit);
    const release: Release = {
      id, application, source: { kind: 'codecommit', repository }, ...reference, commit, sequence, mode: 'deploy', author, message,
      createdAt: uses.now().toISOString(), attempt: 1, registryVersion, state: 'running',
      ...(pushedBy === undefined ? {} : { pushedBy }),
    };
    if (!(await uses.writeRelease(tableName, release, head))) continue;
    await uses.report({ tableName, busName }, { kind: 'started', about: 'release', release: id, application, text: `${commit.slice(0, 8)} on ${shortName(reference)} by ${author.name}: ${message}` }, uses.now());
    await uses.startRelease(machine, id, 1);
    return 'started';
  }
  throw new TransientError(`Starting a release of ${application}: the head of ${shortName(reference)} moved ${String(tries)} times while it was written. It is tried again.`);
}

async function lookUp(uses: Uses, repository: string, { branch, tag }: Reference): Promise<string | undefined> {
  if (tag !== undefined) return await uses.tagCommit(repository, tag);
  return branch === undefined ? undefined : await uses.branchHead(repository, branch);
}

/**
 * Did anything change in the application's paths since it was last released from this branch? When not, the head stays
 * where it is, so that the next push is compared with what was released and nothing in between is missed.
 * A tag is somebody's word that this is to be released: it is never compared.
 */
async function isConcerned(uses: Uses, { application, registered, repository, reference }: Asked, head: Head | undefined, commit: string): Promise<boolean> {
  // An upload of the same commit is the uploader's word.
  if (head === undefined || head.commit === commit || reference.tag !== undefined) return true;
  if (await concerns({ registered, repository }, head.commit, commit, uses.differs)) return true;
  logger.info('nothing changed in the paths of the application, so it is not released', { application, repository, ...reference, commit, since: head.commit });
  return false;
}
