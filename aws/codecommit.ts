import { CodeCommitClient, GetBranchCommand, GetCommitCommand, GetFileCommand, GetFolderCommand, GetRepositoryCommand, ListBranchesCommand, type UserInfo } from '@aws-sdk/client-codecommit';
import type { Commit } from '../domain/commit-history.ts';
import { calling, isNamed } from './errors.ts';
import { once, retries } from './once.ts';
import { pages } from './pages.ts';

const codeCommit = once(() => new CodeCommitClient(retries));

export async function hasRepository(repository: string): Promise<boolean> {
  try {
    await calling(`looking for the repository ${repository}`, () => codeCommit().send(new GetRepositoryCommand({ repositoryName: repository })));
    return true;
  } catch (error) {
    if (isNamed(error, 'RepositoryDoesNotExistException')) return false;
    throw error;
  }
}

/** @returns `undefined` when there is no such branch */
export async function branchHead(repository: string, branch: string): Promise<string | undefined> {
  try {
    const answer = await calling(`looking up the head of ${branch} in ${repository}`, () => codeCommit().send(new GetBranchCommand({ repositoryName: repository, branchName: branch })));
    return answer.branch?.commitId;
  } catch (error) {
    if (isNamed(error, 'BranchDoesNotExistException')) return undefined;
    throw error;
  }
}

/**
 * The commit that a tag stands on. CodeCommit has no call for tags: `GetBranch` knows branches only, `GetCommit` full ids
 * only. `GetFolder` takes a reference and answers with "the full commit ID" it read from (CodeCommit API: GetFolder).
 * @returns `undefined` when there is no such tag
 */
export async function tagCommit(repository: string, tag: string): Promise<string | undefined> {
  try {
    const answer = await calling(`looking up the tag ${tag} in ${repository}`, () => codeCommit().send(new GetFolderCommand({ repositoryName: repository, commitSpecifier: `refs/tags/${tag}`, folderPath: '/' })));
    return answer.commitId;
  } catch (error) {
    if (isNamed(error, 'CommitDoesNotExistException')) return undefined;
    throw error;
  }
}

/** The names of all branches; several calls where there are many (CodeCommit API: ListBranches). */
export async function listBranches(repository: string): Promise<string[]> {
  const names: string[] = [];
  const list = (nextToken: string | undefined) => calling(`listing the branches of ${repository}`, () => codeCommit().send(new ListBranchesCommand({ repositoryName: repository, nextToken })));
  for await (const { branches = [] } of pages(list, ({ nextToken }) => nextToken)) names.push(...branches);
  return names;
}

const person = (user: UserInfo | undefined) => ({ name: user?.name ?? '', email: user?.email ?? '' });

/** `1484167798 -0800`: seconds and a time zone (CodeCommit API: UserInfo). */
const secondsOf = (date: string | undefined): number => Number(date?.split(' ')[0] ?? '0') || 0;

export async function readCommit(repository: string, commit: string): Promise<Commit> {
  const answer = await calling(`reading commit ${commit} of ${repository}`, () => codeCommit().send(new GetCommitCommand({ repositoryName: repository, commitId: commit })));
  const { author, committer, message = '', parents = [] } = answer.commit ?? {};
  return { id: commit, parents, author: person(author), committer: person(committer), message: message.split('\n')[0] ?? '', committedAt: secondsOf(committer?.date) };
}

/** A file at a commit, or `undefined` when the commit has none. Files up to 6 MB (CodeCommit API: GetFile). */
export async function readFile(repository: string, commit: string, path: string): Promise<string | undefined> {
  try {
    const answer = await calling(`reading ${path} of ${repository} at ${commit}`, () =>
      codeCommit().send(new GetFileCommand({ repositoryName: repository, commitSpecifier: commit, filePath: path })),
    );
    return Buffer.from(answer.fileContent ?? []).toString('utf8');
  } catch (error) {
    if (isNamed(error, 'FileDoesNotExistException')) return undefined;
    throw error;
  }
}
