import type { changeBranchEnvironment, takeUpBranchEnvironment } from '../../aws/branch-environments.ts';
import type { readHead } from '../../aws/heads.ts';
import type { Release, ResolvedEnvironment } from '../../contracts/release.ts';
import { restReason, restsAt } from '../../domain/branch-next.ts';
import type { Closed } from '../../domain/may-begin.ts';

interface Uses {
  readonly takeUpBranchEnvironment: typeof takeUpBranchEnvironment;
  readonly changeBranchEnvironment: typeof changeBranchEnvironment;
  readonly readHead: typeof readHead;
}

/** A branch's environment is there for the release from here on, so that whatever ends the branch finds it. */
export async function takeUpForBranch(uses: Uses, tableName: string, release: Release, { name, registered, branch, life }: ResolvedEnvironment, now: Date): Promise<Closed | undefined> {
  if (registered === undefined || branch === undefined || life === undefined || release.mode !== 'deploy' || release.source.kind !== 'codecommit') return undefined;
  const { id, application, sequence, commit, author, source } = release;
  const taken = await uses.takeUpBranchEnvironment(tableName, { application, name, registered, branch, repository: source.repository, life, release: id, sequence, by: author.name }, now);
  if (taken.answer !== 'taken') return { outcome: taken.answer === 'refused' ? 'rejected' : 'superseded', reason: taken.sentence };
  // The mark comes before the row is looked for, and here the row before the mark: one of the two finds the other.
  const head = await uses.readHead(tableName, application, { branch });
  if (!restsAt(head?.rests, commit)) return undefined;
  await uses.changeBranchEnvironment(tableName, taken.row, { state: 'removing', reason: restReason(branch, head?.rests) });
  return { outcome: 'superseded', reason: `${restReason(branch, head?.rests)} Push again to have its environment anew.` };
}
