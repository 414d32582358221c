import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { DeleteCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Lock } from '../domain/lock.ts';
import { calling, isNamed, unlessRefused } from './errors.ts';
import { once, retries } from './once.ts';
import { readRow, writeRow } from './rows.ts';
import { keys, table } from './table.ts';

const sfn = once(() => new SFNClient(retries));

export interface Place {
  readonly account: string;
  readonly region: string;
  readonly stackName: string;
}

const LockRow = z.object({ owner: z.string().optional(), fence: z.int(), nonce: z.string().optional(), since: z.string().optional() });
const WaiterRow = z.object({ sk: z.string(), execution: z.string() });

export async function readLock(tableName: string, place: Place): Promise<Lock | undefined> {
  return await readRow(tableName, keys.lock(place), LockRow);
}

/**
 * Takes a lock as it was seen, with the next fence.
 * @returns `false` when it is not any more as it was seen
 */
export async function seizeLock(tableName: string, place: Place, seen: Lock | undefined, mine: Required<Lock>): Promise<boolean> {
  const unchanged = seen === undefined ? 'attribute_not_exists(pk)' : `fence = :seen AND ${seen.owner === undefined ? 'attribute_not_exists(#owner)' : '#owner = :holder'}`;
  return await unlessRefused(`taking the lock of ${place.stackName} in ${place.account}`, () =>
    table().send(
      new UpdateCommand({
        TableName: tableName,
        Key: keys.lock(place),
        UpdateExpression: 'SET #owner = :owner, fence = :fence, nonce = :nonce, since = :since',
        ConditionExpression: unchanged,
        ExpressionAttributeNames: { '#owner': 'owner' },
        ExpressionAttributeValues: {
          ':owner': mine.owner,
          ':fence': mine.fence,
          ':nonce': mine.nonce,
          ':since': mine.since,
          ...(seen === undefined ? {} : { ':seen': seen.fence }),
          ...(seen?.owner === undefined ? {} : { ':holder': seen.owner }),
        },
      }),
    ),
  );
}

/**
 * Frees a lock whose holder is gone, as it was seen. Its fence stays, for the number only ever grows.
 * @returns `false` when somebody else has it by now
 */
export async function freeLock(tableName: string, place: Place, { owner, fence }: { readonly owner: string; readonly fence: number }): Promise<boolean> {
  return await unlessRefused(`freeing ${place.stackName} in ${place.account}`, () =>
    table().send(
      new UpdateCommand({
        TableName: tableName,
        Key: keys.lock(place),
        UpdateExpression: 'REMOVE #owner, nonce, since',
        ConditionExpression: '#owner = :owner AND fence = :fence',
        ExpressionAttributeNames: { '#owner': 'owner' },
        ExpressionAttributeValues: { ':owner': owner, ':fence': fence },
      }),
    ),
  );
}

/** Whether an execution still runs; one that Step Functions has forgotten does not. */
export async function isRunning(execution: string): Promise<boolean> {
  try {
    const answer = await calling(`looking at the execution ${execution}`, () => sfn().send(new DescribeExecutionCommand({ executionArn: execution })));
    return answer.status === 'RUNNING' || answer.status === 'PENDING_REDRIVE';
  } catch (error) {
    if (isNamed(error, 'ExecutionDoesNotExist')) return false;
    throw error;
  }
}

export async function enqueue(tableName: string, place: Place, execution: string, now: Date): Promise<void> {
  await writeRow(tableName, keys.lockWaiter(place, now.toISOString(), execution), { execution });
}

export interface Waiter {
  readonly execution: string;
  /** Its place in the line. */
  readonly sk: string;
}

/** Who waits for a lock, the longest first. */
export async function waiters(tableName: string, place: Place): Promise<Waiter[]> {
  const { pk } = keys.lock(place);
  const answer = await calling(`reading who waits for ${pk}`, () =>
    table().send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
        ExpressionAttributeValues: { ':pk': pk, ':sk': 'WAITER#' },
        ConsistentRead: true,
      }),
    ),
  );
  return (answer.Items ?? []).map((item) => WaiterRow.parse(item));
}

export async function dequeue(tableName: string, place: Place, waiter: Waiter): Promise<void> {
  const { pk } = keys.lock(place);
  await calling(`taking ${waiter.execution} out of the line for ${pk}`, () => table().send(new DeleteCommand({ TableName: tableName, Key: { pk, sk: waiter.sk } })));
}
