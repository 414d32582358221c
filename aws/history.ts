import { commitsSince, type History } from '../domain/commit-history.ts';
import { readCommit } from './codecommit.ts';

/** CodeCommit has no log: a commit is read at a time, and a longer history than this is cut. */
const most = 300;

/** The commits between two releases, newest first. */
export async function readHistory(repository: string, head: string, base: string | undefined): Promise<History> {
  return await commitsSince((id) => readCommit(repository, id), head, base, most);
}
