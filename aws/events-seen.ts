import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { unlessRefused } from './errors.ts';
import { readRow, updateRow } from './rows.ts';
import { keys, table } from './table.ts';

interface Place {
  readonly account: string;
  readonly region: string;
}

/** Notes that an event came all the way from a target account: nothing else proves that way. */
export async function noteEvent(tableName: string, { account, region }: Place, now: Date): Promise<void> {
  await updateRow(tableName, keys.eventSeen(account, region), { seenAt: now.toISOString() });
}

/** Notes that a test event came. One that was sent before the noted one tells nothing new: who waits for the later one must find it. */
export async function noteCanary(tableName: string, { account, region }: Place, sentAt: string): Promise<void> {
  await unlessRefused(`noting a test event of ${account}, ${region}`, () =>
    table().send(
      new UpdateCommand({
        TableName: tableName,
        Key: keys.eventSeen(account, region),
        UpdateExpression: 'SET canarySentAt = :sentAt',
        ConditionExpression: 'attribute_not_exists(canarySentAt) OR canarySentAt < :sentAt',
        ExpressionAttributeValues: { ':sentAt': sentAt },
      }),
    ),
  );
}

const Seen = z.object({ seenAt: z.iso.datetime().optional(), canarySentAt: z.iso.datetime().optional() });

/** When the last event of a stack was received, and when the last test event that came was sent. */
export async function lastEvents(tableName: string, { account, region }: Place): Promise<z.infer<typeof Seen>> {
  return (await readRow(tableName, keys.eventSeen(account, region), Seen)) ?? {};
}
