import {
  CodeCommitClient,
  GetPullRequestCommand,
  ListPullRequestsCommand,
  PostCommentForPullRequestCommand,
  UpdateCommentCommand,
} from '@aws-sdk/client-codecommit';
import { commitsSince } from '../domain/commit-history.ts';
import { readCommit } from './codecommit.ts';
import { calling, isNamed } from './errors.ts';
import { once, retries } from './once.ts';

const codeCommit = once(() => new CodeCommitClient(retries));

export interface PullRequest {
  readonly id: string;
  readonly repository: string;
  readonly sourceCommit: string;
  readonly destinationCommit: string;
}

/** So many of the newest open pull requests, and of the commits of each, are looked at. */
const mostRequests = 20;
const mostCommits = 50;

async function openRequests(repository: string): Promise<string[]> {
  const page = await calling(`listing the pull requests of ${repository}`, () =>
    codeCommit().send(new ListPullRequestsCommand({ repositoryName: repository, pullRequestStatus: 'OPEN', maxResults: mostRequests })),
  );
  return (page.pullRequestIds ?? []).slice(0, mostRequests);
}

async function holds(repository: string, commit: string, source: string, base: string | undefined): Promise<boolean> {
  if (source === commit) return true;
  const { commits } = await commitsSince((id) => readCommit(repository, id), source, base, mostCommits);
  return commits.some(({ id }) => id === commit);
}

/** Open pull requests that would bring the commit along. */
export async function pullRequestsWith(repository: string, commit: string): Promise<PullRequest[]> {
  const found: PullRequest[] = [];
  for (const id of await openRequests(repository)) {
    const { pullRequest } = await calling(`reading the pull request ${id}`, () => codeCommit().send(new GetPullRequestCommand({ pullRequestId: id })));
    const target = pullRequest?.pullRequestTargets?.find(({ repositoryName }) => repositoryName === repository);
    const { sourceCommit, destinationCommit, mergeBase } = target ?? {};
    if (sourceCommit === undefined || destinationCommit === undefined) continue;
    if (await holds(repository, commit, sourceCommit, mergeBase)) found.push({ id, repository, sourceCommit, destinationCommit });
  }
  return found;
}

/** The branches that a pull request has merged, each with the commit that it stood at. What an event says is not asked. */
export async function mergedBranches(id: string): Promise<{ readonly repository: string; readonly branch: string; readonly commit: string }[]> {
  const { pullRequest } = await calling(`reading the pull request ${id}`, () => codeCommit().send(new GetPullRequestCommand({ pullRequestId: id })));
  return (pullRequest?.pullRequestTargets ?? []).flatMap(({ mergeMetadata, repositoryName: repository, sourceCommit: commit, sourceReference = '' }) => {
    const branch = sourceReference.replace(/^refs\/heads\//, '');
    return mergeMetadata?.isMerged === true && repository !== undefined && commit !== undefined && branch !== '' ? [{ repository, branch, commit }] : [];
  });
}

/** @param token of the request: with the same one, the comment is made once. @returns its id */
export async function postComment({ id, repository, sourceCommit, destinationCommit }: PullRequest, content: string, token: string): Promise<string> {
  const answer = await calling(`commenting on the pull request ${id}`, () =>
    codeCommit().send(
      new PostCommentForPullRequestCommand({ pullRequestId: id, repositoryName: repository, beforeCommitId: destinationCommit, afterCommitId: sourceCommit, content, clientRequestToken: token }),
    ),
  );
  return answer.comment?.commentId ?? '';
}

/** @returns `gone` when somebody deleted it, or another wrote it */
export async function updateComment(comment: string, content: string): Promise<'updated' | 'gone'> {
  try {
    await calling(`changing the comment ${comment}`, () => codeCommit().send(new UpdateCommentCommand({ commentId: comment, content })));
    return 'updated';
  } catch (error) {
    if (isNamed(error, 'CommentDoesNotExistException', 'CommentDeletedException', 'CommentNotCreatedByCallerException')) return 'gone';
    throw error;
  }
}
