import { branchHead, readCommit } from '../../aws/codecommit.ts';
import { startRelease } from '../../aws/executions.ts';
import { nextSequence, readHead, writeRelease } from '../../aws/heads.ts';
import { findRegistry } from '../../aws/registry.ts';
import { updateRelease } from '../../aws/releases.ts';
import { report } from '../../aws/reports.ts';
import type { Release } from '../../contracts/release.ts';
import { RepositoryStateChange } from '../../contracts/source-events.ts';
import { TransientError } from '../../domain/errors.ts';
import { applicationsFor } from '../../domain/accepting.ts';
import { principalOf } from '../../domain/callers.ts';
import { planBranchPrefix, releaseId } from '../../domain/release-id.ts';
import { env } from '../../runtime/env.ts';
import { listener } from '../../runtime/listener.ts';
import { logger } from '../../runtime/logger.ts';

const real = { updateRelease, findRegistry, branchHead, readCommit, readHead, nextSequence, writeRelease, startRelease, report, now: () => new Date() };

/** How often a head that moves while it is written is read again. */
const tries = 10;

/** An event wakes, it does not prove: what is released is the head of the branch, looked up now. */
export async function startReleases(uses: typeof real, { detail }: RepositoryStateChange): Promise<void> {
  const { TABLE_NAME: tableName } = env('TABLE_NAME');
  const { repositoryName: repository, referenceName: branch } = detail;
  if (detail.referenceType !== 'branch' || detail.event === 'referenceDeleted') return;
  // Made by `drawbridge plan` to be looked at; an environment that takes every branch must not take it.
  if (branch.startsWith(planBranchPrefix)) return;
  const registry = await uses.findRegistry(tableName);
  const applications = registry === undefined ? [] : applicationsFor(registry.content, repository, branch);
  if (applications.length === 0) logger.info('nobody registered this branch', { repository, branch });
  const pusher = detail.callerUserArn === undefined || detail.commitId === undefined ? undefined : { principal: principalOf(detail.callerUserArn).toLowerCase(), commit: detail.commitId };
  for (const application of applications) await startOne(uses, { tableName, application, repository, branch, pusher, registryVersion: registry?.version ?? 0 });
}

interface Asked {
  readonly tableName: string;
  readonly application: string;
  readonly repository: string;
  readonly branch: string;
  /** Who pushed which commit, where the event says so. */
  readonly pusher: { readonly principal: string; readonly commit: string } | undefined;
  readonly registryVersion: number;
}

async function startOne(uses: typeof real, { tableName, application, repository, branch, pusher, registryVersion }: Asked): Promise<void> {
  const { DEPLOY_RELEASE_MACHINE_ARN: machine, BUS_NAME: busName } = env('DEPLOY_RELEASE_MACHINE_ARN', 'BUS_NAME');
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const head = await uses.readHead(tableName, application, branch);
    const commit = await uses.branchHead(repository, branch);
    if (commit === undefined) return;
    const pushedBy = pusher?.commit === commit ? pusher.principal : undefined;
    if (head?.commit === commit) {
      // An event before this one may have started it without knowing who pushed its head.
      if (pushedBy !== undefined) await uses.updateRelease(tableName, head.release, { pushedBy });
      // The row may have been written and the start lost; by its name it starts at most once.
      await uses.startRelease(machine, head.release, 1);
      return;
    }
    const { author, message } = await uses.readCommit(repository, commit);
    const sequence = await uses.nextSequence(tableName, application);
    const id = releaseId(application, sequence, commit);
    const release: Release = {
      id, application, repository, branch, commit, sequence, mode: 'deploy', author, message,
      createdAt: uses.now().toISOString(), attempt: 1, registryVersion, state: 'running',
      ...(pushedBy === undefined ? {} : { pushedBy }),
    };
    if (!(await uses.writeRelease(tableName, release, head))) continue;
    await uses.report({ tableName, busName }, { kind: 'started', about: 'release', release: id, application, text: `${commit.slice(0, 8)} on ${branch} by ${author.name}: ${message}` }, uses.now());
    await uses.startRelease(machine, id, 1);
    return;
  }
  throw new TransientError(`Starting a release of ${application}: the head of ${branch} moved ${String(tries)} times while it was written. It is tried again.`);
}

export const handler = listener({ name: 'start-release', event: RepositoryStateChange, run: (event) => startReleases(real, event) });
