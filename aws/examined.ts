import * as z from 'zod';
import { readRow, writeRow } from './rows.ts';
import { keys } from './table.ts';

interface Place {
  readonly account: string;
  readonly region: string;
  readonly externalId: string;
}

/** Notes that an account was looked at in a Region and that what a release needs is there. */
export async function noteExamined(tableName: string, { account, region, externalId }: Place, now: Date): Promise<void> {
  await writeRow(tableName, keys.examined(account, region), { externalId, at: now.toISOString() });
}

/** With another external id it is another trust, so it is looked at anew. */
export async function wasExamined(tableName: string, { account, region, externalId }: Place): Promise<boolean> {
  return (await readRow(tableName, keys.examined(account, region), z.object({ externalId: z.string() })))?.externalId === externalId;
}
