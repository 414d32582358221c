import { changeSetsOf, deleteChangeSet } from '../../aws/change-sets.ts';
import { deleteStack, describeStack } from '../../aws/cloudformation.ts';
import { readLock } from '../../aws/locks.ts';
import { readRelease, readTarget } from '../../aws/releases.ts';
import { clientFor } from '../../aws/target-client.ts';
import { TargetTask } from '../../contracts/tasks.ts';
import { isOfRound } from '../../domain/attempt.ts';
import { changeSetName } from '../../domain/change-set-request.ts';
import { findTarget } from '../../domain/find-target.ts';
import { leftBehind } from '../../domain/left-behind.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';

const real = { readRelease, readTarget, readLock, clientFor, deleteChangeSet, changeSetsOf, describeStack, deleteStack };
type Uses = typeof real;

/** Leaves nothing behind of a plan that nobody executed: neither the change set nor the empty stack that it made. */
export async function discardPlan(uses: Uses, where: { tableName: string }, input: TargetTask): Promise<{ answer: 'discarded' }> {
  const { environment, attempt } = input;
  const record = await uses.readTarget(where.tableName, input.release, environment, input.target);
  const left = leftBehind(isOfRound(record, attempt) ? record : undefined);
  if (!left.changeSet && !left.shell) return { answer: 'discarded' };

  const release = await uses.readRelease(where.tableName, input.release);
  const target = findTarget(release, environment, input.target);
  const client = await uses.clientFor('execute', { release, environment, target });
  if (left.changeSet) await uses.deleteChangeSet(client, { stackName: target.stackName, changeSet: changeSetName(release.id, attempt) });
  if (left.shell) {
    // Another release's plan may stand on the same empty stack, or be executed on it at this moment. An executed change set is
    // not listed any more, and the status may still be the old one (F 2.22), but who executes has the lock: it is looked at after
    // them. One that was opened meanwhile would be lost with the stack, so the list is read once more.
    const isFree = async () => (await uses.changeSetsOf(client, target.stackName)).length === 0;
    const stack = (await isFree()) ? await uses.describeStack(client, target.stackName) : undefined;
    if (stack?.status !== 'REVIEW_IN_PROGRESS' || (await uses.readLock(where.tableName, target))?.owner !== undefined) return { answer: 'discarded' };
    if (await isFree()) await uses.deleteStack(client, stack.arn, undefined);
  }
  return { answer: 'discarded' };
}

export const handler = task({
  name: 'discard-plan',
  input: TargetTask,
  run: (input) => discardPlan(real, { tableName: env('TABLE_NAME').TABLE_NAME }, input),
});
