import { TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { Rest } from '../contracts/branch-environment.ts';
import { Release } from '../contracts/release.ts';
import type { Reference } from '../domain/reference.ts';
import type { LastUpload } from '../domain/uploads/order.ts';
import { calling, isNamed } from './errors.ts';
import { queryRows, readRow, writeRow } from './rows.ts';
import { keys, table } from './table.ts';

/** What was last released from a branch or a tag. */
const Head = z.object({
  commit: z.string(),
  release: z.string(),
  version: z.int(),
  /** That it is to stay without an environment of its own. */
  rests: Rest.optional(),
  /** Where that was an upload. */
  upload: z.object({ key: z.string(), version: z.string(), uploadedAt: z.string(), sequencer: z.string().optional(), same: z.array(z.string()) }).optional(),
});
export type Head = z.infer<typeof Head>;

export async function readHead(tableName: string, application: string, reference: Reference): Promise<Head | undefined> {
  return await readRow(tableName, keys.head(application, reference), Head);
}

/** Every branch that an application was ever released from. */
export async function listHeads(tableName: string, application: string): Promise<(Head & { readonly branch: string })[]> {
  const { pk, sk } = keys.head(application, { branch: '' });
  const rows = await queryRows(tableName, { pk, skBegins: sk }, Head.extend({ sk: z.string() }));
  return rows.map(({ sk: key, ...head }) => ({ ...head, branch: key.slice(sk.length) }));
}

/** The next sequence number of an application; a number may be skipped, never given twice. */
export async function nextSequence(tableName: string, application: string): Promise<number> {
  const answer = await calling(`numbering a release of ${application}`, () =>
    table().send(
      new UpdateCommand({
        TableName: tableName,
        Key: keys.counter(application),
        UpdateExpression: 'ADD #last :one',
        ExpressionAttributeNames: { '#last': 'last' },
        ExpressionAttributeValues: { ':one': 1 },
        ReturnValues: 'ALL_NEW',
      }),
    ),
  );
  return z.object({ last: z.int() }).parse(answer.Attributes).last;
}

/**
 * Writes a new release and moves the head of its branch or tag to it, both or none.
 * @param before the head as it was read
 * @param upload which upload it is, where it is one
 * @returns `false` when somebody else moved the head meanwhile: read it again
 */
export async function writeRelease(tableName: string, release: Release, before: Head | undefined, upload?: LastUpload): Promise<boolean> {
  // A branch may be merged before the event of its last push is here.
  const rests = before?.rests?.because === 'ended' && before.rests.commit === release.commit ? { rests: before.rests } : {};
  const head = { commit: release.commit, release: release.id, version: (before?.version ?? 0) + 1, ...rests, ...(upload === undefined ? {} : { upload }) };
  try {
    await calling(`writing release ${release.id}`, () =>
      table().send(
        new TransactWriteCommand({
          TransactItems: [
            {
              Put: {
                TableName: tableName,
                Item: { ...head, ...keys.head(release.application, release) },
                ConditionExpression: before === undefined ? 'attribute_not_exists(pk)' : 'version = :version',
                ...(before === undefined ? {} : { ExpressionAttributeValues: { ':version': before.version } }),
              },
            },
            { Put: { TableName: tableName, Item: { ...release, ...keys.release(release.id) } } },
            { Put: { TableName: tableName, Item: { release: release.id, ...keys.releaseOf(release.application, release.sequence) } } },
          ],
        }),
      ),
    );
    return true;
  } catch (error) {
    if (isNamed(error, 'TransactionCanceledException') && error.message.includes('ConditionalCheckFailed')) return false;
    throw error;
  }
}

/**
 * Notes that what was last released of a branch is to stay without its environment. A branch that was never released has none.
 * @returns the head as it is now
 */
export async function restHead(tableName: string, application: string, branch: string, rests: Rest): Promise<Head | undefined> {
  try {
    const answer = await calling(`noting that ${branch} of ${application} ${rests.because === 'deleted' ? 'was deleted' : 'has ended'}`, () =>
      table().send(
        new UpdateCommand({
          TableName: tableName,
          Key: keys.head(application, { branch }),
          UpdateExpression: 'SET rests = :rests ADD version :one',
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeValues: { ':rests': rests, ':one': 1 },
          ReturnValues: 'ALL_NEW',
        }),
      ),
    );
    return Head.parse(answer.Attributes);
  } catch (error) {
    if (isNamed(error, 'ConditionalCheckFailedException')) return undefined;
    throw error;
  }
}

/** A release that moves no branch: it was made to be looked at. */
export async function writePlanRelease(tableName: string, release: Release): Promise<void> {
  await writeRow(tableName, keys.release(release.id), release);
  await writeRow(tableName, keys.releaseOf(release.application, release.sequence), { release: release.id });
}

/** Ids of an application's releases, newest first. */
export async function listReleases(tableName: string, application: string, limit: number): Promise<string[]> {
  const rows = await queryRows(tableName, { pk: keys.releaseOf(application, 0).pk, skBegins: 'RELEASE#' }, z.object({ release: z.string() }), { newestFirst: true, limit });
  return rows.map(({ release }) => release);
}
