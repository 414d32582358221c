import * as z from 'zod';
import { readRow, updateRow } from './rows.ts';
import { keys } from './table.ts';

interface Place {
  readonly account: string;
  readonly region: string;
}

/** Notes that an event came all the way from a target account: nothing else proves that way. */
export async function noteEvent(tableName: string, { account, region }: Place, now: Date): Promise<void> {
  await updateRow(tableName, keys.eventSeen(account, region), { seenAt: now.toISOString() });
}

export async function lastEvent(tableName: string, { account, region }: Place): Promise<string | undefined> {
  return (await readRow(tableName, keys.eventSeen(account, region), z.object({ seenAt: z.iso.datetime() })))?.seenAt;
}
