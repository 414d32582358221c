import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { BuildLine, BuildWaiter } from '../domain/build-line.ts';
import { calling, isNamed } from './errors.ts';
import { queryRows, writeRow } from './rows.ts';
import { keys, table } from './table.ts';

const Row = z.object({
  release: z.string(),
  attempt: z.int(),
  application: z.string(),
  sequence: z.int(),
  since: z.string(),
  /** When it last stood in line anew. */
  renewed: z.string(),
  /** How many builds CodeBuild then took at once, where it said so. */
  limit: z.int().optional(),
});
export type Standing = z.infer<typeof Row>;

const Served = z.object({ application: z.string(), at: z.string() });

/** Who waits for a free build. */
export async function readBuildLine(tableName: string): Promise<BuildLine<Standing>> {
  const { pk } = keys.buildLine();
  const [waiters, served] = await Promise.all([queryRows(tableName, { pk, skBegins: 'WAITER#' }, Row), queryRows(tableName, { pk, skBegins: 'SERVED#' }, Served)]);
  return { waiters, served: Object.fromEntries(served.map(({ application, at }) => [application, at])) };
}

/** Stands in line, always at the same place. */
export async function joinBuildLine(tableName: string, standing: Standing): Promise<void> {
  await writeRow(tableName, keys.buildWaiter(standing), standing);
}

/** @param seen takes it out only as it was seen: who stood in line anew meanwhile stays */
export async function leaveBuildLine(tableName: string, standing: BuildWaiter, seen?: Pick<Standing, 'renewed'>): Promise<void> {
  await calling(`taking ${standing.release} out of the line for builds`, () =>
    table().send(
      new DeleteCommand({
        TableName: tableName,
        Key: keys.buildWaiter(standing),
        ...(seen === undefined ? {} : { ConditionExpression: 'renewed = :seen', ExpressionAttributeValues: { ':seen': seen.renewed } }),
      }),
    ),
  ).catch((error: unknown) => {
    if (!isNamed(error, 'ConditionalCheckFailedException')) throw error;
  });
}

/** An application that waited was given a build: the others come first now. */
export async function noteServed(tableName: string, application: string, now: Date): Promise<void> {
  await writeRow(tableName, keys.buildServed(application), { application, at: now.toISOString() });
}
