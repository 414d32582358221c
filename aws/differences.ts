import { CodeCommitClient, type Difference, GetDifferencesCommand } from '@aws-sdk/client-codecommit';
import type { Rest } from '../contracts/branch-environment.ts';
import type { Environments } from '../contracts/environments.ts';
import { watchedPaths } from '../domain/watched-paths.ts';
import { calling, isNamed } from './errors.ts';
import { once, retries } from './once.ts';

const codeCommit = once(() => new CodeCommitClient(retries));

/** A function has seconds; what differs in more than two thousand files is not looked through. */
const pages = 20;
const pageSize = 100;

/** A renamed file is at two paths. */
const pathsOf = ({ beforeBlob, afterBlob }: Difference) => [beforeBlob?.path, afterBlob?.path].filter((path) => path !== undefined);

/**
 * Do two commits differ in a path that matters? Looks only as far as the first one.
 * @returns `unknown` where the commit before is gone (after a forced push), or too much differs
 */
export async function differs(repository: string, before: string, after: string, matters: (path: string) => boolean): Promise<'yes' | 'no' | 'unknown'> {
  let token: string | undefined;
  try {
    for (let page = 0; page < pages; page += 1) {
      // Unlike in CodeCommit's other calls, these two begin with a capital letter (CodeCommit API: GetDifferences).
      const { differences = [], NextToken } = await calling(`comparing ${after} of ${repository} with ${before}`, () =>
        codeCommit().send(new GetDifferencesCommand({ repositoryName: repository, beforeCommitSpecifier: before, afterCommitSpecifier: after, MaxResults: pageSize, NextToken: token })),
      );
      if (differences.flatMap(pathsOf).some(matters)) return 'yes';
      if (NextToken === undefined || NextToken === '') return 'no';
      token = NextToken;
    }
  } catch (error) {
    if (!isNamed(error, 'CommitDoesNotExistException', 'InvalidCommitException', 'InvalidCommitIdException')) throw error;
  }
  return 'unknown';
}

interface Watching {
  readonly registered: Environments['applications'][string] | undefined;
  readonly repository: string;
}

/** May something of an application have changed between two commits? Where it watches no paths, every change is one of it. */
export async function concerns({ registered, repository }: Watching, before: string, after: string, compare: typeof differs): Promise<boolean> {
  const matters = registered === undefined ? undefined : watchedPaths(registered);
  return matters === undefined || (await compare(repository, before, after, matters)) !== 'no';
}

/**
 * Where a branch stands as its environment sees it: where it rests, as long as nothing of the application changed since.
 * @param commit where it stands in the repository, or `undefined` when there is none
 */
export async function standsAt(watching: Watching, commit: string | undefined, rests: Rest | undefined, compare: typeof differs): Promise<string | undefined> {
  if (commit === undefined || rests?.because !== 'ended' || rests.commit === commit) return commit;
  return (await concerns(watching, rests.commit, commit, compare)) ? commit : rests.commit;
}
