import { readLock } from '../../aws/locks.ts';
import { readRelease, readTarget, updateTarget } from '../../aws/releases.ts';
import { lookAtRemoval } from '../../aws/removal-outcome.ts';
import { readOutcome } from '../../aws/stack-outcome.ts';
import { clientFor } from '../../aws/target-client.ts';
import { completeToken, storeWait } from '../../aws/waits.ts';
import { StackWait } from '../../contracts/tasks.ts';
import { StalePlanError } from '../../domain/errors.ts';
import { findTarget } from '../../domain/find-target.ts';
import { clientRequestToken, removalToken, stackOperation } from '../../domain/lock.ts';
import { env } from '../../runtime/env.ts';
import { stuckWait } from '../../runtime/metrics.ts';
import { task } from '../../runtime/task.ts';

const real = { readRelease, readTarget, updateTarget, readLock, clientFor, readOutcome, lookAtRemoval, storeWait, completeToken, stuckWait, now: () => new Date() };
type Uses = typeof real;

/** The event did not come in time: looks once, and waits again if nothing is over. */
export async function lookAtStack(uses: Uses, where: { tableName: string; keyArn: string }, { token, tries, ...input }: StackWait): Promise<void> {
  const { environment, target: name, attempt, fence } = input;
  const release = await uses.readRelease(where.tableName, input.release);
  const target = findTarget(release, environment, name);
  const record = await uses.readTarget(where.tableName, release.id, environment, name);
  const lock = await uses.readLock(where.tableName, target);
  if (record?.stackArn === undefined || lock?.nonce === undefined || lock.fence !== fence) {
    throw new StalePlanError(`Looking at the stack ${target.stackName}: the lock was taken over by another execution. It is planned again.`);
  }
  const requestToken = tries === undefined ? clientRequestToken({ fence, nonce: lock.nonce }) : removalToken({ fence, nonce: lock.nonce }, tries);
  const id = { release: release.id, environment, target: name };
  await uses.storeWait(where, { operation: stackOperation(record.stackArn, requestToken), about: { ...id, attempt } }, token, uses.now());

  const client = await uses.clientFor('plan', { release, environment, target });
  const { end, outputs } = tries === undefined ? await uses.readOutcome(client, { stackArn: record.stackArn, token: requestToken, operation: record.createdShell === true ? 'CREATE' : 'UPDATE' }) : { end: await uses.lookAtRemoval(client, record.stackArn), outputs: {} };
  if (end === undefined) {
    uses.stuckWait();
    return;
  }
  if (end.outcome === 'deployed') await uses.updateTarget(where.tableName, id, { outputs: { ...outputs } }, uses.now());
  await uses.completeToken(token, end);
}

export const handler = task({
  name: 'look-at-stack',
  input: StackWait,
  run: (input) => {
    const { TABLE_NAME, WAIT_KEY_ARN } = env('TABLE_NAME', 'WAIT_KEY_ARN');
    return lookAtStack(real, { tableName: TABLE_NAME, keyArn: WAIT_KEY_ARN }, input);
  },
});
