import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { reportSource } from '../contracts/report.ts';
import { Sweep, sweepDetailType } from '../contracts/sweep.ts';
import { TransientError } from '../domain/errors.ts';
import { calling } from './errors.ts';
import { once, retries } from './once.ts';
import { readRow, writeRow } from './rows.ts';
import { keys } from './table.ts';

const eventBridge = once(() => new EventBridgeClient(retries));

/** What the last sweep did, or `undefined` before the first. */
export async function lastSweep(tableName: string): Promise<Sweep | undefined> {
  return await readRow(tableName, keys.sweep(), Sweep);
}

/** Says what a sweep did: the row that `drawbridge status` shows, and an event for everyone else. */
export async function tellSweep(where: { readonly tableName: string; readonly busName: string }, sweep: Sweep): Promise<void> {
  await writeRow(where.tableName, keys.sweep(), sweep);
  const entry = { EventBusName: where.busName, Source: reportSource, DetailType: sweepDetailType, Detail: JSON.stringify(sweep) };
  const { FailedEntryCount, Entries } = await calling('telling what a sweep did', () => eventBridge().send(new PutEventsCommand({ Entries: [entry] })));
  // A 200 may hold a failure (F 1.18).
  if ((FailedEntryCount ?? 0) > 0) throw new TransientError(`Telling what a sweep did: EventBridge did not take the event (${Entries?.[0]?.ErrorMessage ?? 'no reason given'}). "drawbridge status" shows it.`);
}
