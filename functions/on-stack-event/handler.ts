import * as z from 'zod';
import { noteCanary, noteEvent } from '../../aws/events-seen.ts';
import { readRelease, readTarget, updateTarget } from '../../aws/releases.ts';
import { readRemoval } from '../../aws/removal-outcome.ts';
import { readOutcome } from '../../aws/stack-outcome.ts';
import { clientFor } from '../../aws/target-client.ts';
import { completeWait, findWait } from '../../aws/waits.ts';
import { CanaryEvent, canarySource } from '../../contracts/canary.ts';
import { StackStatusChange } from '../../contracts/source-events.ts';
import { TargetTask } from '../../contracts/tasks.ts';
import { TransientError } from '../../domain/errors.ts';
import { findTarget } from '../../domain/find-target.ts';
import { stackFree, stackOperation } from '../../domain/lock.ts';
import { placeOf } from '../../domain/stack-arn.ts';
import { isFinalStatus } from '../../domain/stack-end.ts';
import { isTerminal } from '../../domain/stack-status.ts';
import { env } from '../../runtime/env.ts';
import { listener } from '../../runtime/listener.ts';

const real = { findWait, completeWait, readRelease, readTarget, updateTarget, clientFor, readOutcome, readRemoval, noteEvent, noteCanary, now: () => new Date() };
type Uses = typeof real;

/** Wakes whoever waits for a stack. The event only wakes: how our own operation ended is read from the target itself. */
export async function onStackEvent(uses: Uses, where: { tableName: string; keyArn: string }, event: StackStatusChange | CanaryEvent): Promise<void> {
  if (event.source === canarySource) {
    await uses.noteCanary(where.tableName, event, event.detail.sentAt);
    return;
  }
  const { 'stack-id': stackArn, 'status-details': { status }, 'client-request-token': token } = event.detail;
  // EventBridge vouches for account and Region of the envelope; what the detail claims must fit.
  const place = placeOf(stackArn);
  if (place?.account !== event.account || place.region !== event.region) return;

  if (token !== undefined && token !== '' && isFinalStatus(status)) {
    const operation = stackOperation(stackArn, token);
    const about = await uses.findWait(where.tableName, operation);
    if (about !== undefined) await uses.completeWait(where, operation, await readEnd(uses, where.tableName, TargetTask.parse(about), { stackArn, token, status }));
  }
  // Whoever found the stack busy looks for itself when it wakes, so there is nothing to read for it.
  if (isTerminal(status)) await uses.completeWait(where, stackFree(stackArn), {});
  // That it came is what the doctor knows of the way from there.
  await uses.noteEvent(where.tableName, place, uses.now());
}

async function readEnd(uses: Uses, tableName: string, task: TargetTask, { stackArn, token, status }: { stackArn: string; token: string; status: string }) {
  const release = await uses.readRelease(tableName, task.release);
  const target = findTarget(release, task.environment, task.target);
  const record = await uses.readTarget(tableName, task.release, task.environment, task.target);
  const client = await uses.clientFor('plan', { release, environment: task.environment, target });
  const operation = { stackArn, token };
  const { end, outputs } = release.mode === 'remove' ? { end: await uses.readRemoval(client, operation), outputs: {} } : await uses.readOutcome(client, { ...operation, operation: record?.createdShell === true ? 'CREATE' : 'UPDATE' }, status);
  if (end === undefined) throw new TransientError(`Reading how ${target.stackName} ended: its event says ${status}, the stack itself does not yet. It is tried again.`);
  if (end.outcome === 'deployed') await uses.updateTarget(tableName, task, { outputs: { ...outputs } }, uses.now());
  return end;
}

export const handler = listener({
  name: 'on-stack-event',
  event: z.discriminatedUnion('source', [StackStatusChange, CanaryEvent]),
  run: (event) => {
    const { TABLE_NAME, WAIT_KEY_ARN } = env('TABLE_NAME', 'WAIT_KEY_ARN');
    return onStackEvent(real, { tableName: TABLE_NAME, keyArn: WAIT_KEY_ARN }, event);
  },
});
