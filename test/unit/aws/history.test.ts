import { CodeCommitClient, GetCommitCommand } from '@aws-sdk/client-codecommit';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it } from 'vitest';
import { readHistory } from '../../../aws/history.ts';

const codeCommit = mockClient(CodeCommitClient);

/** A line of commits, `c0` the oldest, each with an author of its own. */
function given(number: number): void {
  codeCommit.on(GetCommitCommand).callsFake(({ commitId, repositoryName }: { commitId: string; repositoryName: string }) => {
    const index = Number(commitId.slice(1));
    if (repositoryName !== 'orders' || !(index >= 0 && index < number)) throw Object.assign(new Error(commitId), { name: 'CommitDoesNotExistException' });
    return { commit: { parents: index === 0 ? [] : [`c${String(index - 1)}`], author: { name: `Author ${String(index)}`, email: `author-${String(index)}@example.com` }, committer: { date: `${String(1000 + index)} +0100` }, message: `Commit ${String(index)}\n\nand more` } };
  });
}

beforeEach(() => {
  codeCommit.reset();
});

it('the commits between two releases come newest first, with whoever wrote them', async () => {
  given(10);
  const { commits, cut } = await readHistory('orders', 'c9', 'c6');
  expect(commits.map(({ id, author, message }) => [id, author.email, message])).toEqual([['c9', 'author-9@example.com', 'Commit 9'], ['c8', 'author-8@example.com', 'Commit 8'], ['c7', 'author-7@example.com', 'Commit 7']]);
  expect(cut).toBe(false);
});

it('without an earlier release they are all there are; the same commit again brings none', async () => {
  given(10);
  expect((await readHistory('orders', 'c9', undefined)).commits).toHaveLength(10);
  expect((await readHistory('orders', 'c9', 'c9')).commits).toEqual([]);
});

it('a longer history than is looked at is cut, and says so', async () => {
  given(1000);
  const { commits, cut } = await readHistory('orders', 'c999', undefined);
  expect(cut).toBe(true);
  expect(commits.length).toBeGreaterThanOrEqual(250);
  expect(codeCommit.commandCalls(GetCommitCommand).length).toBeLessThanOrEqual(301);
});

it('since a commit that is of no repository, or not any more, it is all of it', async () => {
  given(10);
  codeCommit.on(GetCommitCommand, { commitId: 'gone' }).rejects(Object.assign(new Error('x'), { name: 'CommitIdDoesNotExistException' }));
  expect((await readHistory('orders', 'c9', 'gone')).commits).toHaveLength(10);
});

it('a history that cannot be read is an error, not an empty one', async () => {
  given(1);
  await expect(readHistory('orders', 'c7', 'c0')).rejects.toMatchObject({ name: 'CommitDoesNotExistException' });
  codeCommit.on(GetCommitCommand).rejects(Object.assign(new Error('busy'), { name: 'ThrottlingException' }));
  await expect(readHistory('orders', 'c0', undefined)).rejects.toMatchObject({ name: 'TransientError' });
});
