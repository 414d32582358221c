import { commitsSince, type History } from '../domain/commit-history.ts';
import { readCommit } from './codecommit.ts';
import { isNamed } from './errors.ts';

/** CodeCommit has no log: a commit is read at a time, and a longer history than this is cut. */
const most = 300;

/** The commits between two releases, newest first; all of them where the older is not of this repository, or not any more. */
export async function readHistory(repository: string, head: string, base: string | undefined): Promise<History> {
  const since = (from: string | undefined) => commitsSince((id) => readCommit(repository, id), head, from, most);
  try {
    return await since(base);
  } catch (error) {
    if (base !== undefined && isNamed(error, 'CommitIdDoesNotExistException')) return await since(undefined);
    throw error;
  }
}
