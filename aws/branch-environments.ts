import { TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { BranchEnvironment } from '../contracts/branch-environment.ts';
import { type Arriving, takenUp, type TakenUp } from '../domain/branch-life.ts';
import { TransientError } from '../domain/errors.ts';
import { calling, unlessRefused } from './errors.ts';
import { queryRows, readRow } from './rows.ts';
import { keys, table } from './table.ts';
import { cancellations } from './transactions.ts';

export async function readBranchEnvironment(tableName: string, application: string, name: string): Promise<BranchEnvironment | undefined> {
  return await readRow(tableName, keys.branchEnvironment(application, name), BranchEnvironment);
}

/** Every branch environment that an application has or had. */
export async function listBranchEnvironments(tableName: string, application: string): Promise<BranchEnvironment[]> {
  return await queryRows(tableName, { pk: keys.branchEnvironment(application, '').pk, skBegins: 'BRANCH-ENVIRONMENT#' }, BranchEnvironment);
}

/** Looks that a race with other branches may cost before the machine tries again. */
const mostLooks = 10;

/**
 * Gives a release its branch's environment, or says why not. Two branches that want the last room do not both get it:
 * whoever comes to those that count also moves the mark that the other has read.
 */
export async function takeUpBranchEnvironment(tableName: string, arriving: Arriving, now: Date): Promise<TakenUp> {
  for (let look = 0; look < mostLooks; look += 1) {
    const room = await readRow(tableName, keys.branchRoom(arriving.application, arriving.registered), z.object({ version: z.int() }));
    const rows = await listBranchEnvironments(tableName, arriving.application);
    const taken = takenUp(rows, arriving, now);
    if (taken.answer !== 'taken' || (await put(tableName, taken, room?.version))) return taken;
  }
  throw new TransientError(`Taking up ${arriving.name} for ${arriving.branch}: other branches were faster ${String(mostLooks)} times. It is tried again.`);
}

const asSeen = (version: number | undefined) =>
  version === undefined ? { ConditionExpression: 'attribute_not_exists(pk)' } : { ConditionExpression: '#version = :version', ExpressionAttributeNames: { '#version': 'version' }, ExpressionAttributeValues: { ':version': version } };

async function put(tableName: string, { row, counts }: Extract<TakenUp, { answer: 'taken' }>, room: number | undefined): Promise<boolean> {
  const { application, name, registered, version } = row;
  try {
    await calling(`taking up ${name} of ${application}`, () =>
      table().send(
        new TransactWriteCommand({
          TransactItems: [
            { Put: { TableName: tableName, Item: { ...row, ...keys.branchEnvironment(application, name) }, ...asSeen(version === 1 ? undefined : version - 1) } },
            ...(counts ? [{ Put: { TableName: tableName, Item: { version: (room ?? 0) + 1, ...keys.branchRoom(application, registered) }, ...asSeen(room) } }] : []),
          ],
        }),
      ),
    );
    return true;
  } catch (error) {
    if (cancellations(error).includes('ConditionalCheckFailed')) return false;
    throw error;
  }
}

/**
 * Changes a branch environment as it was read.
 * @returns `false` when somebody else changed it meanwhile: read it again
 */
export async function changeBranchEnvironment(tableName: string, { application, name, version }: BranchEnvironment, fields: Partial<BranchEnvironment>): Promise<boolean> {
  const given = Object.entries({ ...fields, version: version + 1 }).filter(([, value]) => value !== undefined);
  return await unlessRefused(`changing ${name} of ${application}`, () =>
    table().send(
      new UpdateCommand({
        TableName: tableName,
        Key: keys.branchEnvironment(application, name),
        UpdateExpression: `SET ${given.map(([field]) => `#${field} = :${field}`).join(', ')}`,
        ConditionExpression: '#version = :seen',
        ExpressionAttributeNames: Object.fromEntries(given.map(([field]) => [`#${field}`, field])),
        ExpressionAttributeValues: { ':seen': version, ...Object.fromEntries(given.map(([field, value]) => [`:${field}`, value])) },
      }),
    ),
  );
}
