import { createHash, randomBytes } from 'node:crypto';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { Approval, Vote } from '../contracts/approval.ts';
import { calling, unlessRefused } from './errors.ts';
import { queryRows, readRow } from './rows.ts';
import { keys, table } from './table.ts';

/** An approval's row; `version` counts its changes, so that of two simultaneous answers one sees the other. */
const Row = Approval.extend({ version: z.int() });
export type ApprovalRow = z.infer<typeof Row>;

const Waiting = z.object({ approval: z.string() });

export const hashed = (secret: string): string => createHash('sha256').update(secret).digest('hex');

export const approvalId = (): string => randomBytes(16).toString('hex');

export async function findApproval(tableName: string, id: string | undefined): Promise<ApprovalRow | undefined> {
  return id === undefined ? undefined : await readRow(tableName, keys.approval(id), Row);
}

function put(tableName: string, approval: Approval, before: number) {
  return {
    TableName: tableName,
    Item: { ...approval, version: before + 1, ...keys.approval(approval.id) },
    ConditionExpression: before === 0 ? 'attribute_not_exists(pk)' : 'version = :before',
    ...(before === 0 ? {} : { ExpressionAttributeValues: { ':before': before } }),
  };
}

/**
 * Writes an approval on the condition that nobody changed it since it was read.
 * @returns `false` when somebody did: read it again
 */
export async function writeApproval(tableName: string, approval: Approval, before: number): Promise<boolean> {
  return await unlessRefused(`writing approval ${approval.id}`, () => table().send(new PutCommand(put(tableName, approval, before))));
}

/**
 * Writes an answer: the approval as it follows from it, and the answer in a row of its own that nobody writes again.
 * @returns `false` when somebody answered meanwhile: read it again
 */
export async function writeVote(tableName: string, approval: Approval, vote: Vote, before: number): Promise<boolean> {
  const { release, environment, id } = approval;
  const record = {
    TableName: tableName,
    Item: { ...vote, release, environment, approval: id, ...keys.vote(release, vote.at, id, approval.votes.length) },
    ConditionExpression: 'attribute_not_exists(pk)',
  };
  try {
    await calling(`writing an answer to approval ${id}`, () => table().send(new TransactWriteCommand({ TransactItems: [{ Put: { ...put(tableName, approval, before) } }, { Put: { ...record } }] })));
    return true;
  } catch (error) {
    if (error instanceof TransactionCanceledException && error.CancellationReasons?.some(({ Code }) => Code === 'ConditionalCheckFailed' || Code === 'TransactionConflict') === true) return false;
    throw error;
  }
}

/** The approval that an application waits for, or waited for last, in an environment. */
/** The questions that an application waits with, or waited, in every environment. */
export async function listWaiting(tableName: string, application: string): Promise<ApprovalRow[]> {
  const rows = await queryRows(tableName, { pk: keys.waiting(application, '').pk, skBegins: 'WAITING#' }, Waiting);
  const found = await Promise.all(rows.map(({ approval }) => findApproval(tableName, approval)));
  return found.filter((approval) => approval !== undefined);
}

export async function findWaiting(tableName: string, application: string, environment: string): Promise<ApprovalRow | undefined> {
  const waiting = await readRow(tableName, keys.waiting(application, environment), Waiting);
  return await findApproval(tableName, waiting?.approval);
}

/**
 * Makes an approval the one that its application waits for.
 * @param before the approval that waited there when it was looked at
 * @returns `false` when another took the place meanwhile: look again
 */
export async function setWaiting(tableName: string, { application, environment, id }: Approval, before: string | undefined): Promise<boolean> {
  return await unlessRefused(`noting that ${application} waits in ${environment}`, () =>
    table().send(
      new PutCommand({
        TableName: tableName,
        Item: { approval: id, ...keys.waiting(application, environment) },
        ConditionExpression: before === undefined ? 'attribute_not_exists(pk)' : 'approval = :before',
        ...(before === undefined ? {} : { ExpressionAttributeValues: { ':before': before } }),
      }),
    ),
  );
}

const Recorded = Vote.extend({ environment: z.string() });

/** Every answer ever given for a release, oldest first. */
export async function listVotes(tableName: string, release: string): Promise<z.infer<typeof Recorded>[]> {
  return await queryRows(tableName, { pk: keys.release(release).pk, skBegins: 'VOTE#' }, Recorded);
}
