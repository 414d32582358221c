import { randomBytes } from 'node:crypto';
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Approval } from '../contracts/approval.ts';
import { hashed } from './approvals.ts';
import { unlessRefused } from './errors.ts';
import { readRow, writeRow } from './rows.ts';
import { keys, table } from './table.ts';

const Link = z.object({ approval: z.string(), approver: z.string() });
export type Link = z.infer<typeof Link>;

const seconds = (time: number): number => Math.floor(time / 1000);

/** A link of one approver's own. Only its hash is kept: who reads the table cannot answer in anybody's name. */
export async function makeLink(tableName: string, approval: Pick<Approval, 'id' | 'expiresAt'>, approver: string): Promise<string> {
  const link = randomBytes(24).toString('base64url');
  // Kept a while after the end, so that a late click gets an explanation.
  const expiresAt = seconds(Date.parse(approval.expiresAt)) + 90 * 24 * 3600;
  await writeRow(tableName, keys.link(hashed(link)), { approval: approval.id, approver, expiresAt });
  return link;
}

export async function findLink(tableName: string, link: string): Promise<Link | undefined> {
  return await readRow(tableName, keys.link(hashed(link)), Link);
}

/** How long a form that was shown can be sent. */
const formSeconds = 3600;

interface Form {
  readonly link: string;
  readonly digest: string;
}

/** A form's nonce: good for one answer, on the page of this link, for this plan. Only its hash is kept. */
export async function makeForm(tableName: string, form: Form, now: Date): Promise<string> {
  const nonce = randomBytes(18).toString('base64url');
  await writeRow(tableName, keys.form(hashed(nonce)), { link: hashed(form.link), digest: form.digest, expiresAt: seconds(now.getTime()) + formSeconds });
  return nonce;
}

/** Uses a form up. @returns `false` when it was not shown on this link's page, for this plan, or was used before */
export async function takeForm(tableName: string, nonce: string, form: Form, now: Date): Promise<boolean> {
  return await unlessRefused('taking a form', () =>
    table().send(
      new DeleteCommand({
        TableName: tableName,
        Key: keys.form(hashed(nonce)),
        // Rows outlive their time a little until DynamoDB removes them.
        ConditionExpression: '#link = :link AND #digest = :digest AND #expiresAt > :now',
        ExpressionAttributeNames: { '#link': 'link', '#digest': 'digest', '#expiresAt': 'expiresAt' },
        ExpressionAttributeValues: { ':link': hashed(form.link), ':digest': form.digest, ':now': seconds(now.getTime()) },
      }),
    ),
  );
}

/**
 * Notes that a signed request was taken, for as long as its signature is good.
 * @returns `false` when it was taken before: somebody sends it again
 */
export async function takeOnce(tableName: string, signature: string, now: Date): Promise<boolean> {
  return await unlessRefused('taking a signed request', () =>
    table().send(
      new PutCommand({
        TableName: tableName,
        Item: { ...keys.taken(hashed(signature)), expiresAt: seconds(now.getTime()) + 3600 },
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    ),
  );
}
