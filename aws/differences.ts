import { CodeCommitClient, type Difference, GetDifferencesCommand } from '@aws-sdk/client-codecommit';
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
