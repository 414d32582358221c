import type { Registration } from '../../aws/registry.ts';
import type { BranchReleaseEnded, PullRequestStateChange, RepositoryStateChange } from '../../contracts/source-events.ts';
import { applicationsFor } from '../../domain/accepting.ts';
import { principalOf } from '../../domain/callers.ts';
import type { Reference } from '../../domain/reference.ts';
import { planBranchPrefix } from '../../domain/release-id.ts';
import { env } from '../../runtime/env.ts';
import { logger } from '../../runtime/logger.ts';
import { settle } from './branch.ts';
import { startOne } from './release.ts';
import type { BranchUses } from './uses.ts';

/** Every application that is released from a repository, whoever takes its branches now. */
const applicationsOf = (registration: Registration | undefined, repository: string): string[] =>
  Object.entries(registration?.content.applications ?? {}).flatMap(([application, it]) => (it.repository === repository ? [application] : []));

const who = (arn: string | undefined): string => (arn === undefined ? 'drawbridge' : principalOf(arn).toLowerCase());

/** An event wakes, it does not prove: what is released is where the branch or the tag stands, looked up now. */
export async function startReleases(uses: BranchUses, { detail }: RepositoryStateChange): Promise<void> {
  const { TABLE_NAME: tableName } = env('TABLE_NAME');
  const { repositoryName: repository } = detail;
  const reference: Reference = detail.referenceType === 'tag' ? { tag: detail.referenceName } : { branch: detail.referenceName };
  // Made by `drawbridge plan` to be looked at; an environment that takes every branch must not take it.
  if (reference.branch?.startsWith(planBranchPrefix) === true) return;
  const registration = await uses.findRegistry(tableName);
  if (detail.event === 'referenceDeleted') {
    if (reference.branch !== undefined) await branchDeleted(uses, registration, { repository, branch: reference.branch, by: who(detail.callerUserArn), commit: detail.oldCommitId ?? '' });
    return;
  }
  const applications = registration === undefined ? [] : applicationsFor(registration.content, repository, reference);
  if (applications.length === 0) logger.info('nobody registered this branch or tag', { repository, ...reference });
  const pusher = detail.callerUserArn === undefined || detail.commitId === undefined ? undefined : { principal: who(detail.callerUserArn), commit: detail.commitId };
  for (const application of applications) {
    const registered = registration?.content.applications[application];
    const started = await startOne(uses, { tableName, application, registered, repository, reference, pusher, registryVersion: registration?.version ?? 0 });
    // The branch may have been gone meanwhile, and its environment with it.
    if (started === 'known' && reference.branch !== undefined) await settle(uses, { application, repository, branch: reference.branch }, registration);
  }
}

/** The environment goes with its branch. One that was made again meanwhile is there. */
async function branchDeleted(uses: BranchUses, registration: Registration | undefined, { repository, branch, by, commit }: { repository: string; branch: string; by: string; commit: string }): Promise<void> {
  const { TABLE_NAME: tableName } = env('TABLE_NAME');
  if ((await uses.branchHead(repository, branch)) !== undefined) return;
  for (const application of applicationsOf(registration, repository)) {
    await uses.restHead(tableName, application, branch, { commit, because: 'deleted' });
    await settle(uses, { application, repository, branch }, registration, { reason: `The branch ${branch} was deleted.`, by });
  }
}

/** The environment of a branch that was merged goes too, unless the branch was pushed since. */
export async function branchMerged(uses: BranchUses, { detail: { pullRequestId, callerUserArn } }: PullRequestStateChange): Promise<void> {
  const { TABLE_NAME: tableName } = env('TABLE_NAME');
  const registration = await uses.findRegistry(tableName);
  for (const { repository, branch, commit } of await uses.mergedBranches(pullRequestId)) {
    if ((await uses.branchHead(repository, branch)) !== commit) continue;
    for (const application of applicationsOf(registration, repository)) {
      await uses.restHead(tableName, application, branch, { commit, because: 'ended' });
      await settle(uses, { application, repository, branch }, registration, { reason: `Pull request ${pullRequestId} merged the branch ${branch}.`, by: who(callerUserArn) });
    }
  }
}

/** A removal that ended so has left what it found; asked again at once it would end so again. */
const mended = new Set(['removed', 'no-changes', 'superseded']);

/** Pushes, deletions and removals overtake each other: whenever one of them has ended it is looked at what the branch says now. */
export async function branchReleaseEnded(uses: BranchUses, { detail }: BranchReleaseEnded): Promise<void> {
  const { TABLE_NAME: tableName } = env('TABLE_NAME');
  const release = await uses.findRelease(tableName, detail.release);
  if (release?.source.kind !== 'codecommit' || (release.mode !== 'deploy' && !mended.has(detail.outcome))) return;
  await settle(uses, { application: release.application, repository: release.source.repository, branch: detail.branch }, await uses.findRegistry(tableName));
}
