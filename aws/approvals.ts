import { createHash, randomBytes } from 'node:crypto';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { Approval } from '../contracts/approval.ts';
import { calling, isNamed } from './errors.ts';
import { readRow, writeRow } from './rows.ts';
import { keys, table } from './table.ts';

/** An approval's row; `version` counts its changes, so that of two simultaneous answers one sees the other. */
const Row = Approval.extend({ version: z.int() });
export type ApprovalRow = z.infer<typeof Row>;

const Link = z.object({ approval: z.string(), approver: z.string() });
const Waiting = z.object({ approval: z.string() });

const hashed = (link: string): string => createHash('sha256').update(link).digest('hex');

export const approvalId = (): string => randomBytes(16).toString('hex');

export async function findApproval(tableName: string, id: string | undefined): Promise<ApprovalRow | undefined> {
  return id === undefined ? undefined : await readRow(tableName, keys.approval(id), Row);
}

/**
 * Writes an approval on the condition that nobody changed it since it was read.
 * @returns `false` when somebody did: read it again
 */
export async function writeApproval(tableName: string, approval: Approval, before: number): Promise<boolean> {
  try {
    await calling(`writing approval ${approval.id}`, () =>
      table().send(
        new PutCommand({
          TableName: tableName,
          Item: { ...approval, version: before + 1, ...keys.approval(approval.id) },
          ConditionExpression: before === 0 ? 'attribute_not_exists(pk)' : 'version = :before',
          ...(before === 0 ? {} : { ExpressionAttributeValues: { ':before': before } }),
        }),
      ),
    );
    return true;
  } catch (error) {
    if (isNamed(error, 'ConditionalCheckFailedException')) return false;
    throw error;
  }
}

/** A link of one approver's own. Only its hash is kept: who reads the table cannot answer in anybody's name. */
export async function makeLink(tableName: string, approval: Pick<Approval, 'id' | 'expiresAt'>, approver: string): Promise<string> {
  const link = randomBytes(24).toString('base64url');
  // Kept a while after the end, so that a late click gets an explanation.
  const expiresAt = Math.floor(Date.parse(approval.expiresAt) / 1000) + 90 * 24 * 3600;
  await writeRow(tableName, keys.link(hashed(link)), { approval: approval.id, approver, expiresAt });
  return link;
}

export async function findLink(tableName: string, link: string): Promise<z.infer<typeof Link> | undefined> {
  return await readRow(tableName, keys.link(hashed(link)), Link);
}

/** The approval that an application waits for, or waited for last, in an environment. */
export async function findWaiting(tableName: string, application: string, environment: string): Promise<ApprovalRow | undefined> {
  const waiting = await readRow(tableName, keys.waiting(application, environment), Waiting);
  return await findApproval(tableName, waiting?.approval);
}

export async function setWaiting(tableName: string, { application, environment, id }: Approval): Promise<void> {
  await writeRow(tableName, keys.waiting(application, environment), { approval: id });
}
