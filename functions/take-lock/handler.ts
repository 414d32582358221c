import { randomBytes } from 'node:crypto';
import { dequeue, enqueue, isRunning, readLock, seizeLock, waiters } from '../../aws/locks.ts';
import { readRelease } from '../../aws/releases.ts';
import { completeToken, storeWait } from '../../aws/waits.ts';
import { LockWait } from '../../contracts/tasks.ts';
import { TransientError } from '../../domain/errors.ts';
import { findTarget } from '../../domain/find-target.ts';
import { decideLock, lockOperation } from '../../domain/lock.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';

const real = {
  readRelease,
  readLock,
  seizeLock,
  isRunning,
  waiters,
  enqueue,
  dequeue,
  storeWait,
  completeToken,
  nonce: () => randomBytes(16).toString('hex'),
  now: () => new Date(),
};
type Uses = typeof real;

/** Looks that a race with others may cost before the machine tries again. */
const mostLooks = 5;

/** Takes the lock of a stack, or stands in line for it. One whose holder does not run any more is taken over. */
export async function takeLock(uses: Uses, where: { tableName: string; keyArn: string }, { token, execution, ...input }: LockWait): Promise<void> {
  const { tableName } = where;
  const place = findTarget(await uses.readRelease(tableName, input.release), input.environment, input.target);
  const operation = lockOperation(place, execution);
  let inLine = false;
  for (let look = 0; look < mostLooks; look += 1) {
    const seen = await uses.readLock(tableName, place);
    const runs = seen?.owner !== undefined && seen.owner !== execution && (await uses.isRunning(seen.owner));
    const decision = decideLock(seen, execution, runs);
    if (decision.answer === 'held') {
      // Whoever gives the lock back between the look and the line would not see us, so it is looked at once more.
      if (inLine) return;
      await uses.storeWait(where, { operation, about: { ...input, execution } }, token, uses.now());
      if (!(await uses.waiters(tableName, place)).some((waiter) => waiter.execution === execution)) await uses.enqueue(tableName, place, execution, uses.now());
      inLine = true;
      continue;
    }
    const mine = { owner: execution, fence: decision.fence, nonce: uses.nonce(), since: uses.now().toISOString() };
    if (decision.answer === 'take' && !(await uses.seizeLock(tableName, place, seen, mine))) continue;
    if (inLine) {
      for (const waiter of await uses.waiters(tableName, place)) if (waiter.execution === execution) await uses.dequeue(tableName, place, waiter);
    }
    await uses.completeToken(token, { answer: 'taken', fence: decision.fence });
    return;
  }
  if (!inLine) throw new TransientError(`Taking the lock of ${place.stackName} in ${place.account}: others were faster ${String(mostLooks)} times. It is tried again.`);
}

export const handler = task({
  name: 'take-lock',
  input: LockWait,
  run: (input) => {
    const { TABLE_NAME, WAIT_KEY_ARN } = env('TABLE_NAME', 'WAIT_KEY_ARN');
    return takeLock(real, { tableName: TABLE_NAME, keyArn: WAIT_KEY_ARN }, input);
  },
});
