import {
  CodeCommitClient, CommentDeletedException, CommentDoesNotExistException, CommentNotCreatedByCallerException, GetCommitCommand, GetPullRequestCommand, ListPullRequestsCommand, PostCommentForPullRequestCommand, UpdateCommentCommand,
} from '@aws-sdk/client-codecommit';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { mergedBranches, postComment, pullRequestsWith, updateComment } from '../../../aws/pull-requests.ts';

const codeCommit = mockClient(CodeCommitClient);

interface Request {
  readonly source?: string;
  readonly base?: string;
  readonly repository?: string;
}

/** Commits with their parents, newest last, and open pull requests. */
function given(commits: Readonly<Record<string, readonly string[]>>, requests: Readonly<Record<string, Request>>): void {
  const names = Object.keys(commits);
  codeCommit.on(ListPullRequestsCommand).resolves({ pullRequestIds: Object.keys(requests) });
  codeCommit.on(GetPullRequestCommand).callsFake(({ pullRequestId }: { pullRequestId: string }) => {
    const { source, base, repository = 'orders' } = requests[pullRequestId] ?? {};
    return { pullRequest: { pullRequestTargets: [{ repositoryName: repository, sourceCommit: source, destinationCommit: 'main', mergeBase: base }] } };
  });
  codeCommit.on(GetCommitCommand).callsFake(({ commitId }: { commitId: string }) => ({ commit: { parents: commits[commitId] ?? [], author: { name: 'Kim', email: 'kim@example.com' }, committer: { date: `${String(1000 + names.indexOf(commitId))} +0000` }, message: commitId } }));
}

beforeEach(() => {
  codeCommit.reset();
  given({ base: [], one: ['base'], two: ['one'], other: ['base'] }, { 1: { source: 'two', base: 'base' }, 2: { source: 'other', base: 'base' }, 3: { source: 'one', base: 'base' } });
});

describe('the pull requests of a commit', () => {
  it('are the open ones that would bring it along', async () => {
    expect((await pullRequestsWith('orders', 'one')).map(({ id }) => id)).toEqual(['1', '3']);
    expect(await pullRequestsWith('orders', 'two')).toEqual([{ id: '1', repository: 'orders', sourceCommit: 'two', destinationCommit: 'main' }]);
    expect(codeCommit.commandCalls(ListPullRequestsCommand)[0]?.args[0].input).toMatchObject({ repositoryName: 'orders', pullRequestStatus: 'OPEN' });
  });

  it('are not those that hold it already where they go', async () => {
    expect(await pullRequestsWith('orders', 'base')).toEqual([]);
  });

  it('are none where there are none, where they are another repository’s or not whole', async () => {
    given({ one: [] }, {});
    expect(await pullRequestsWith('orders', 'one')).toEqual([]);
    given({ one: [] }, { 1: { source: 'one', repository: 'shop' }, 2: {} });
    expect(await pullRequestsWith('orders', 'one')).toEqual([]);
  });

  it('are looked for within reason, however many and however long they are', async () => {
    const long = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`c${String(index)}`, index === 0 ? [] : [`c${String(index - 1)}`]]));
    given(long, Object.fromEntries(Array.from({ length: 100 }, (_, index) => [String(index + 1), { source: 'c499', base: 'c1' }])));
    expect(await pullRequestsWith('orders', 'nowhere')).toEqual([]);
    expect(codeCommit.commandCalls(GetPullRequestCommand)).toHaveLength(20);
    expect(codeCommit.commandCalls(GetCommitCommand).length).toBeLessThanOrEqual(20 * 51);
  });
});

describe('a comment', () => {
  const pullRequest = { id: '1', repository: 'orders', sourceCommit: 'two', destinationCommit: 'main' };

  it('is made on the commits of the pull request, under the token that makes it one', async () => {
    codeCommit.on(PostCommentForPullRequestCommand).resolves({ comment: { commentId: 'comment-1' } });
    expect(await postComment(pullRequest, 'hello', 'token')).toBe('comment-1');
    expect(codeCommit.commandCalls(PostCommentForPullRequestCommand)[0]?.args[0].input).toEqual({ pullRequestId: '1', repositoryName: 'orders', beforeCommitId: 'main', afterCommitId: 'two', content: 'hello', clientRequestToken: 'token' });
  });

  it('is changed in place, or is gone', async () => {
    const lost = { message: 'x', $metadata: {} };
    codeCommit.on(UpdateCommentCommand).resolvesOnce({}).rejectsOnce(new CommentDoesNotExistException(lost)).rejectsOnce(new CommentDeletedException(lost)).rejectsOnce(new CommentNotCreatedByCallerException(lost));
    const answers = [];
    for (let time = 0; time < 4; time += 1) answers.push(await updateComment('comment-1', 'hello'));
    expect(answers).toEqual(['updated', 'gone', 'gone', 'gone']);
  });

  it('that cannot be made or changed is an error', async () => {
    codeCommit.on(UpdateCommentCommand).rejects(Object.assign(new Error('busy'), { name: 'ThrottlingException' }));
    codeCommit.on(PostCommentForPullRequestCommand).rejects(Object.assign(new Error('no'), { name: 'AccessDeniedException' }));
    await expect(updateComment('comment-1', 'hello')).rejects.toMatchObject({ name: 'TransientError' });
    await expect(postComment(pullRequest, 'hello', 'token')).rejects.toMatchObject({ name: 'AccessDeniedError' });
  });
});

it('a pull request that was merged names the branch and where it stood, and one that was not names none', async () => {
  const target = { repositoryName: 'orders', sourceReference: 'refs/heads/feature/login', sourceCommit: 'two', mergeMetadata: { isMerged: true } };
  codeCommit.on(GetPullRequestCommand).resolves({ pullRequest: { pullRequestTargets: [target, { ...target, mergeMetadata: { isMerged: false } }] } });
  expect(await mergedBranches('7')).toEqual([{ repository: 'orders', branch: 'feature/login', commit: 'two' }]);
});
