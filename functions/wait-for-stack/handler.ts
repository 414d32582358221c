import { describeStack } from '../../aws/cloudformation.ts';
import { readRelease } from '../../aws/releases.ts';
import { clientFor } from '../../aws/target-client.ts';
import { completeToken, storeWait } from '../../aws/waits.ts';
import { TargetWait } from '../../contracts/tasks.ts';
import { findTarget } from '../../domain/find-target.ts';
import { stackFree } from '../../domain/lock.ts';
import { isTerminal } from '../../domain/stack-status.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';

const real = { readRelease, clientFor, describeStack, storeWait, completeToken, now: () => new Date() };
type Uses = typeof real;

/** Waits until whoever moves the stack is done: its own final event wakes us. */
export async function waitForStack(uses: Uses, where: { tableName: string; keyArn: string }, { token, ...input }: TargetWait): Promise<void> {
  const release = await uses.readRelease(where.tableName, input.release);
  const target = findTarget(release, input.environment, input.target);
  const client = await uses.clientFor('plan', { release, environment: input.environment, target });
  const stack = await uses.describeStack(client, target.stackName);
  if (stack !== undefined && !isTerminal(stack.status)) {
    await uses.storeWait(where, { operation: stackFree(stack.arn), about: input }, token, uses.now());
    const now = await uses.describeStack(client, stack.arn);
    if (now !== undefined && !isTerminal(now.status)) return;
  }
  await uses.completeToken(token, {});
}

export const handler = task({
  name: 'wait-for-stack',
  input: TargetWait,
  run: (input) => {
    const { TABLE_NAME, WAIT_KEY_ARN } = env('TABLE_NAME', 'WAIT_KEY_ARN');
    return waitForStack(real, { tableName: TABLE_NAME, keyArn: WAIT_KEY_ARN }, input);
  },
});
