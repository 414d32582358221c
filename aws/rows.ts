import { GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type * as z from 'zod';
import { calling } from './errors.ts';
import { table } from './table.ts';

interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** Reads one row, consistently, and checks it. */
export async function readRow<Schema extends z.ZodType>(tableName: string, key: Key, schema: Schema): Promise<z.output<Schema> | undefined> {
  const answer = await calling(`reading ${key.pk} ${key.sk}`, () => table().send(new GetCommand({ TableName: tableName, Key: key, ConsistentRead: true })));
  return answer.Item === undefined ? undefined : schema.parse(answer.Item);
}

/** Writes one row whole. */
export async function writeRow(tableName: string, key: Key, row: object): Promise<void> {
  await calling(`writing ${key.pk} ${key.sk}`, () => table().send(new PutCommand({ TableName: tableName, Item: { ...row, ...key } })));
}

/** Sets the given fields of a row and leaves the others; makes the row if there is none. */
export async function updateRow(tableName: string, key: Key, fields: Readonly<Record<string, unknown>>): Promise<void> {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  await calling(`changing ${key.pk} ${key.sk}`, () =>
    table().send(
      new UpdateCommand({
        TableName: tableName,
        Key: key,
        UpdateExpression: `SET ${given.map((_, index) => `#f${String(index)} = :v${String(index)}`).join(', ')}`,
        ExpressionAttributeNames: Object.fromEntries(given.map(([name], index) => [`#f${String(index)}`, name])),
        ExpressionAttributeValues: Object.fromEntries(given.map(([, value], index) => [`:v${String(index)}`, value])),
      }),
    ),
  );
}

interface QueryOptions {
  readonly newestFirst?: boolean;
  readonly limit?: number;
}

/** All rows of a partition whose sort key begins as given, page after page. */
export async function queryRows<Schema extends z.ZodType>(
  tableName: string,
  { pk, skBegins }: { pk: string; skBegins: string },
  schema: Schema,
  { newestFirst = false, limit }: QueryOptions = {},
): Promise<z.output<Schema>[]> {
  const rows: z.output<Schema>[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const page = await calling(`reading ${pk} ${skBegins}…`, () =>
      table().send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
          ExpressionAttributeValues: { ':pk': pk, ':sk': skBegins },
          ConsistentRead: true,
          ScanIndexForward: !newestFirst,
          ...(limit === undefined ? {} : { Limit: limit - rows.length }),
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        }),
      ),
    );
    rows.push(...(page.Items ?? []).map((item) => schema.parse(item)));
    start = page.LastEvaluatedKey;
  } while (start !== undefined && (limit === undefined || rows.length < limit));
  return rows;
}
