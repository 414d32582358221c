import { CodeCommitClient, GetBranchCommand, GetCommitCommand, GetFileCommand } from '@aws-sdk/client-codecommit';
import { calling, isNamed } from './errors.ts';
import { once, retries } from './once.ts';

const codeCommit = once(() => new CodeCommitClient(retries));

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

export interface Commit {
  readonly author: { readonly name: string; readonly email: string };
  /** First line. */
  readonly message: string;
}

export async function readCommit(repository: string, commit: string): Promise<Commit> {
  const answer = await calling(`reading commit ${commit} of ${repository}`, () => codeCommit().send(new GetCommitCommand({ repositoryName: repository, commitId: commit })));
  const { author, message = '' } = answer.commit ?? {};
  return { author: { name: author?.name ?? '', email: author?.email ?? '' }, message: message.split('\n')[0] ?? '' };
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
