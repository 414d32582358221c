import { closeUnderLock } from '../../aws/close.ts';
import { dequeue, readLock, waiters } from '../../aws/locks.ts';
import { startTarget } from '../../aws/attempts.ts';
import { readRelease, readTarget, updateTarget } from '../../aws/releases.ts';
import { report } from '../../aws/reports.ts';
import { completeWait, forgetWait } from '../../aws/waits.ts';
import type { Outcome } from '../../contracts/outcome.ts';
import { CloseTarget } from '../../contracts/tasks.ts';
import { isOfRound } from '../../domain/attempt.ts';
import { closing } from '../../domain/closing.ts';
import { deploymentOperation, groupArn } from '../../domain/code-deploy.ts';
import { findEnvironment, findTarget } from '../../domain/find-target.ts';
import { lockOperation, operationsUnder } from '../../domain/lock.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';

const real = { readRelease, readTarget, updateTarget, startTarget, readLock, closeUnderLock, waiters, dequeue, completeWait, forgetWait, report, now: () => new Date() };
type Uses = typeof real;

/** Records how a target ended and gives its lock back; the next in line is woken. */
export async function closeTarget(uses: Uses, where: { tableName: string; keyArn: string; busName: string }, input: CloseTarget): Promise<{ outcome: Outcome }> {
  const { tableName } = where;
  const { environment, target: name, attempt } = input;
  const now = uses.now();
  const release = await uses.readRelease(tableName, input.release);
  const target = findTarget(release, environment, name);
  const found = await uses.readTarget(tableName, release.id, environment, name);
  const record = isOfRound(found, attempt) ? found : undefined;
  const lock = await uses.readLock(tableName, target);
  const mine = lock?.owner === input.execution;
  if (record?.state === 'ended' && record.outcome !== undefined && !mine) {
    // A repeated task: what was written stays; perhaps nobody was woken yet.
    if (lock !== undefined && lock.owner === undefined) await wakeNext(uses, where, target);
    return { outcome: record.outcome };
  }

  const { ended, deployed, removed, takenOver } = closing({ release, environment: findEnvironment(release, environment), target, record, input, fence: lock?.fence ?? 0, now });
  const id = { release: release.id, environment, target: name };
  const row = { ...id, attempt, account: target.account, region: target.region, stackName: target.stackName };
  if (record === undefined) await uses.startTarget(tableName, { ...row, ...ended });
  // The machine has left its waits behind, whatever completed them. This before the lock goes back, for a repeated task stops there.
  const waits = mine ? operationsUnder({ execution: input.execution, removes: release.mode === 'remove', lock, place: target, stackArn: record?.stackArn }) : [];
  const ofGroup = mine && target.codeDeploy !== undefined ? [deploymentOperation(groupArn({ ...target, codeDeploy: target.codeDeploy }))] : [];
  await Promise.all([...waits, ...ofGroup].map((operation) => uses.forgetWait(tableName, operation)));
  const closed = mine && (await uses.closeUnderLock(tableName, { record: row, ended, deployed, removed, takenOver, lock: { owner: input.execution, fence: input.fence ?? lock.fence } })) === 'closed';
  if (!closed) await uses.updateTarget(tableName, id, ended, now);

  if (mine) await wakeNext(uses, where, target);
  const text = `${name} in ${environment}: ${ended.outcome}.${ended.reason === undefined ? '' : ` ${ended.reason}`}`;
  await uses.report(where, { ...id, kind: 'ended', about: 'target', application: release.application, outcome: ended.outcome, text }, now);
  return { outcome: ended.outcome };
}

/** Wakes the first in line that still waits. */
async function wakeNext(uses: Uses, where: { tableName: string; keyArn: string }, place: { account: string; region: string; stackName: string }): Promise<void> {
  for (const waiter of await uses.waiters(where.tableName, place)) {
    const woken = await uses.completeWait(where, lockOperation(place, waiter.execution), { answer: 'again' });
    await uses.dequeue(where.tableName, place, waiter);
    if (woken === 'completed') return;
  }
}

export const handler = task({
  name: 'close-target',
  input: CloseTarget,
  run: (input) => {
    const { TABLE_NAME, WAIT_KEY_ARN, BUS_NAME } = env('TABLE_NAME', 'WAIT_KEY_ARN', 'BUS_NAME');
    return closeTarget(real, { tableName: TABLE_NAME, keyArn: WAIT_KEY_ARN, busName: BUS_NAME }, input);
  },
});
