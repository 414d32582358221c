import { deleteStack, describeStack } from '../../aws/cloudformation.ts';
import { readRelease } from '../../aws/releases.ts';
import { report } from '../../aws/reports.ts';
import { clientFor } from '../../aws/target-client.ts';
import { completeToken, storeWait } from '../../aws/waits.ts';
import { TargetWait } from '../../contracts/tasks.ts';
import { findTarget } from '../../domain/find-target.ts';
import { stackFree } from '../../domain/lock.ts';
import { roleArn } from '../../domain/session.ts';
import { mayRemove } from '../../domain/stack-status.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';

const real = { readRelease, clientFor, describeStack, deleteStack, storeWait, completeToken, report, now: () => new Date() };
type Uses = typeof real;

const removed = new Set(['DELETE_COMPLETE', 'DELETE_FAILED']);

/** Removes a stack whose first creation failed: CloudFormation accepts nothing else for it, and it never held anything that worked. */
export async function removeFailedStack(uses: Uses, where: { tableName: string; keyArn: string; busName: string }, { token, ...input }: TargetWait): Promise<void> {
  const release = await uses.readRelease(where.tableName, input.release);
  const target = findTarget(release, input.environment, input.target);
  const client = await uses.clientFor('execute', { release, environment: input.environment, target });
  const stack = await uses.describeStack(client, target.stackName);
  const going = stack?.status === 'DELETE_IN_PROGRESS';
  if (stack === undefined || !(going || mayRemove(stack.status))) {
    // Somebody was faster; opening the change set looks again.
    await uses.completeToken(token, {});
    return;
  }
  await uses.storeWait(where, { operation: stackFree(stack.arn), about: input }, token, uses.now());
  if (!going) {
    const { environment, target: name } = input;
    const text = `Removing the stack ${target.stackName} of ${environment}, which is in ${stack.status}: its first creation failed, so it is made anew.`;
    await uses.report(where, { kind: 'started', about: 'target', release: release.id, application: release.application, environment, target: name, text }, uses.now());
    await uses.deleteStack(client, stack.arn, roleArn(target.account, 'cloudformation'));
  }
  const now = await uses.describeStack(client, stack.arn);
  if (now === undefined || removed.has(now.status)) await uses.completeToken(token, {});
}

export const handler = task({
  name: 'remove-failed-stack',
  input: TargetWait,
  run: (input) => {
    const { TABLE_NAME, WAIT_KEY_ARN, BUS_NAME } = env('TABLE_NAME', 'WAIT_KEY_ARN', 'BUS_NAME');
    return removeFailedStack(real, { tableName: TABLE_NAME, keyArn: WAIT_KEY_ARN, busName: BUS_NAME }, input);
  },
});
