import { deleteStack, describeStack } from '../../aws/cloudformation.ts';
import { readLock } from '../../aws/locks.ts';
import { findRelease } from '../../aws/releases.ts';
import { changeSetsOf, deleteChangeSet } from '../../aws/change-sets.ts';
import { removingShellIn } from '../../aws/sweep-session.ts';
import { RemoveShell, type ShellRemoved } from '../../contracts/sweep.ts';
import { ownerTag } from '../../domain/owner-tags.ts';
import { mayRemoveShell, releasesIn } from '../../domain/sweep/shells.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';

const real = { removingShellIn, describeStack, changeSetsOf, deleteChangeSet, findRelease, readLock, deleteStack, now: () => new Date() };

/**
 * Deletes an empty stack that change sets made which nobody will execute. All of it is looked at anew. A change set that is
 * opened after the last look cannot be executed before the deletion: it has to settle, to be judged, and to get the lock.
 */
export async function removeShell(uses: typeof real, where: { tableName: string }, { place, stackName, stackArn, application, environment }: RemoveShell): Promise<ShellRemoved> {
  const client = await uses.removingShellIn(place, stackArn);
  const changeSets = await uses.changeSetsOf(client, stackArn);
  const releases = await Promise.all((releasesIn({ changeSets }) ?? []).map(async (id) => [id, (await uses.findRelease(where.tableName, id))?.state] as const));
  const stack = await uses.describeStack(client, stackArn);
  if (stack === undefined || (stack.tags[ownerTag.application] ?? application) !== application) return { answer: 'kept' };
  const whose = { application: stack.tags[ownerTag.application] ?? application, environment: stack.tags[ownerTag.environment] ?? environment };
  // An executed change set is not listed any more, and the status may still be the old one (F 2.22): who executes has the lock.
  const lock = await uses.readLock(where.tableName, { account: place.account, region: place.region, stackName });
  const createdAt = stack.changedAt ?? uses.now().toISOString();
  if (!mayRemoveShell({ status: stack.status, createdAt, ...whose, changeSets, releases: new Map(releases), locked: lock?.owner !== undefined }, uses.now())) return { answer: 'kept' };
  // The empty stacks of nested templates go with the change set of their root (CloudFormation API: DeleteChangeSet).
  for (const changeSet of changeSets) await uses.deleteChangeSet(client, { stackName: stackArn, changeSet });
  // It holds nothing, so no role is needed to delete what it holds.
  await uses.deleteStack(client, stackArn, undefined);
  return { answer: 'removed' };
}

export const handler = task({
  name: 'remove-shell',
  input: RemoveShell,
  run: (input) => removeShell(real, { tableName: env('TABLE_NAME').TABLE_NAME }, input),
});
