import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreatePullRequestCommand,
  CreateRepositoryCommand,
  DeleteBranchCommand,
  GetBranchCommand,
  GetCommitCommand,
  GetDifferencesCommand,
  GetFileCommand,
  GetFolderCommand,
  GetPullRequestCommand,
  ListBranchesCommand,
  MergePullRequestByFastForwardCommand,
  PostCommentForPullRequestCommand,
  UpdateCommentCommand,
} from '@aws-sdk/client-codecommit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../../local/eventually.ts';
import { assume, clients, deploy, git, push, raise, role, seen, type Stage, watcher } from './cloud-kit.ts';

let stage: Stage;
let tools: string;
let work: string;
const repositoryName = 'shop';
const region = 'eu-west-1';

beforeAll(async () => {
  stage = await raise();
  tools = stage.cloud.accounts.tools;
  work = await mkdtemp(join(tmpdir(), 'drawbridge-work-'));
  await deploy(stage.cloud, tools, 'reading', {
    Reader: role('reader', `arn:aws:iam::${tools}:root`, {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'codecommit:GetFile', Resource: `arn:aws:codecommit:${region}:${tools}:${repositoryName}` }],
    }),
    ...watcher({ source: ['aws.codecommit'] }),
  });
  await clients(stage.cloud, tools).codeCommit.send(new CreateRepositoryCommand({ repositoryName }));
}, 120_000);
afterAll(async () => {
  await stage.close();
  await rm(work, { recursive: true, force: true });
});

const remote = () => stage.cloud.gitRemote(repositoryName);

it('a push with plain git is an event, and the commit can be read', { timeout: 90_000 }, async () => {
  const { codeCommit } = clients(stage.cloud, tools);
  const first = await push(join(work, 'one'), remote(), { 'README.md': '# Shop\n', 'src/app.ts': 'export {}\n' });
  const second = await push(join(work, 'one'), remote(), { 'src/app.ts': 'export const one = 1\n' });
  const moved = await eventually('the second push', async () =>
    (await seen(stage.cloud, tools)).find(({ detail }) => detail['event'] === 'referenceUpdated'),
  );
  expect(moved).toMatchObject({
    source: 'aws.codecommit',
    'detail-type': 'CodeCommit Repository State Change',
    account: tools,
    region,
    resources: [`arn:aws:codecommit:${region}:${tools}:${repositoryName}`],
    detail: { referenceType: 'branch', referenceName: 'main', referenceFullName: 'refs/heads/main', commitId: second, oldCommitId: first, repositoryName },
  });

  const file = await codeCommit.send(new GetFileCommand({ repositoryName, commitSpecifier: first, filePath: 'src/app.ts' }));
  expect(new TextDecoder().decode(file.fileContent)).toBe('export {}\n');
  expect(file).toMatchObject({ commitId: first, fileMode: 'NORMAL', fileSize: 10 });
  const folder = await codeCommit.send(new GetFolderCommand({ repositoryName, folderPath: '/' }));
  expect(folder.files?.map(({ relativePath }) => relativePath)).toEqual(['README.md']);
  expect(folder.subFolders?.map(({ absolutePath }) => absolutePath)).toEqual(['src']);
  const { commit } = await codeCommit.send(new GetCommitCommand({ repositoryName, commitId: second }));
  expect(commit).toMatchObject({ parents: [first], message: 'Change files\n', author: { name: 'Kim', email: 'kim@example.com' } });
  const { differences } = await codeCommit.send(new GetDifferencesCommand({ repositoryName, beforeCommitSpecifier: first, afterCommitSpecifier: 'main' }));
  expect(differences?.map(({ changeType, afterBlob }) => [changeType, afterBlob?.path])).toEqual([['M', 'src/app.ts']]);
});

it('what does not exist is refused by the name AWS uses', async () => {
  const { codeCommit } = clients(stage.cloud, tools);
  const file = (input: { repositoryName?: string; commitSpecifier?: string; filePath?: string }) =>
    codeCommit.send(new GetFileCommand({ repositoryName, filePath: 'README.md', ...input }));
  await expect(file({ filePath: 'gone.md' })).rejects.toMatchObject({ name: 'FileDoesNotExistException' });
  await expect(file({ commitSpecifier: 'gone' })).rejects.toMatchObject({ name: 'CommitDoesNotExistException' });
  await expect(file({ repositoryName: 'gone' })).rejects.toMatchObject({ name: 'RepositoryDoesNotExistException' });
  await expect(codeCommit.send(new GetBranchCommand({ repositoryName, branchName: 'gone' }))).rejects.toMatchObject({ name: 'BranchDoesNotExistException' });
});

it('a role may do with a repository what its policy says, and nothing else', async () => {
  const keys = await assume(stage.cloud, tools, 'reader');
  const { codeCommit } = clients(stage.cloud, keys);
  await codeCommit.send(new GetFileCommand({ repositoryName, filePath: 'README.md' }));
  await expect(codeCommit.send(new GetBranchCommand({ repositoryName, branchName: 'main' }))).rejects.toMatchObject({ name: 'AccessDeniedException' });
  const calls = await stage.cloud.admin.calls();
  expect(calls.filter(({ principal }) => principal.endsWith('assumed-role/reader/test')).map(({ action, status }) => [action, status])).toEqual([
    ['GetFile', 200],
    ['GetBranch', 403],
  ]);
});

it('a deleted branch is an event without a commit', async () => {
  const { codeCommit } = clients(stage.cloud, tools);
  const commit = await push(join(work, 'one'), remote(), { 'feature.md': 'x' }, 'feature/x');
  expect((await codeCommit.send(new ListBranchesCommand({ repositoryName }))).branches).toEqual(['feature/x', 'main']);
  await codeCommit.send(new DeleteBranchCommand({ repositoryName, branchName: 'feature/x' }));
  const gone = await eventually('the event', async () => (await seen(stage.cloud, tools)).find(({ detail }) => detail['event'] === 'referenceDeleted'));
  expect(gone.detail).toMatchObject({ referenceName: 'feature/x', oldCommitId: commit });
  expect(gone.detail).not.toHaveProperty('commitId');
});

it('a pull request can be opened, followed and commented', async () => {
  const { codeCommit } = clients(stage.cloud, tools);
  await push(join(work, 'one'), remote(), { 'pull.md': 'x' }, 'pull');
  const { pullRequest } = await codeCommit.send(
    new CreatePullRequestCommand({ title: 'Pull', targets: [{ repositoryName, sourceReference: 'pull', destinationReference: 'main' }] }),
  );
  const pullRequestId = pullRequest?.pullRequestId ?? '';
  const source = await push(join(work, 'one'), remote(), { 'pull.md': 'y' }, 'pull');
  const now = await eventually('the new revision', async () => {
    const target = (await codeCommit.send(new GetPullRequestCommand({ pullRequestId }))).pullRequest?.pullRequestTargets?.[0];
    return target?.sourceCommit === source ? target : undefined;
  });
  const { comment } = await codeCommit.send(
    new PostCommentForPullRequestCommand({ pullRequestId, repositoryName, beforeCommitId: now.destinationCommit, afterCommitId: source, content: 'first' }),
  );
  const updated = await codeCommit.send(new UpdateCommentCommand({ commentId: comment?.commentId, content: 'second' }));
  expect(updated.comment?.content).toBe('second');
});

it('a pull request that is merged is closed, and two events tell of it: one of the request, one of the branch that moved', async () => {
  const { codeCommit } = clients(stage.cloud, tools);
  const commit = await push(join(work, 'one'), remote(), { 'merge.md': 'x' }, 'merge');
  const { pullRequest } = await codeCommit.send(
    new CreatePullRequestCommand({ title: 'Merge', targets: [{ repositoryName, sourceReference: 'merge', destinationReference: 'main' }] }),
  );
  const pullRequestId = pullRequest?.pullRequestId ?? '';
  const stale = new MergePullRequestByFastForwardCommand({ pullRequestId, repositoryName, sourceCommitId: 'f'.repeat(40) });
  await expect(codeCommit.send(stale)).rejects.toMatchObject({ name: 'TipOfSourceReferenceIsDifferentException' });
  const answer = await codeCommit.send(new MergePullRequestByFastForwardCommand({ pullRequestId, repositoryName, sourceCommitId: commit }));
  expect(answer.pullRequest).toMatchObject({ pullRequestStatus: 'CLOSED', pullRequestTargets: [{ sourceCommit: commit, mergeMetadata: { isMerged: true, mergeOption: 'FAST_FORWARD_MERGE' } }] });
  expect((await codeCommit.send(new GetBranchCommand({ repositoryName, branchName: 'main' }))).branch?.commitId).toBe(commit);
  const told = await eventually('both events', async () => {
    const events = (await seen(stage.cloud, tools)).map(({ detail }) => detail);
    const merged = events.find((detail) => detail['event'] === 'pullRequestMergeStatusUpdated');
    return merged !== undefined && events.some((detail) => detail['referenceName'] === 'main' && detail['commitId'] === commit) ? merged : undefined;
  });
  expect(told).toMatchObject({ pullRequestId, isMerged: 'True', pullRequestStatus: 'Closed', repositoryNames: [repositoryName], sourceReference: 'refs/heads/merge', sourceCommit: commit });
  await expect(codeCommit.send(new MergePullRequestByFastForwardCommand({ pullRequestId, repositoryName }))).rejects.toMatchObject({ name: 'PullRequestAlreadyClosedException' });
});

it('a push while the cloud is down is stored, and says that nobody was told', { timeout: 90_000 }, async () => {
  const other = await raise();
  await clients(other.cloud, tools).codeCommit.send(new CreateRepositoryCommand({ repositoryName: 'late' }));
  const target = other.cloud.gitRemote('late');
  await other.cloud.stop();
  await push(join(work, 'three'), target, { 'a.md': 'a' });
  const { stderr } = await git(join(work, 'three'), 'push', target, 'HEAD:refs/heads/second');
  expect(stderr).toMatch(/the commits are stored, but the local cloud was not told/);
  await other.close();
});
