import { DeleteTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeKeyCommand, KeyState, KMSClient, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import { DeleteBucketCommand, HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { DeploymentFailedError } from '../domain/errors.ts';
import type { Data, Kept } from '../domain/offboard/kept.ts';
import { type Content, uploadsIn, versionsIn } from './emptying.ts';
import { calling, isNamed } from './errors.ts';
import { type Access, clientOptions } from './person.ts';

/** The longest that KMS waits, in which a person can think again (KMS API: ScheduleKeyDeletion). */
const daysUntilAKeyGoes = 30;

const going = new Set<string | undefined>([KeyState.PendingDeletion, KeyState.PendingReplicaDeletion]);

async function orGone<T>(look: () => Promise<T>, ...missing: readonly string[]): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (isNamed(error, ...missing)) return undefined;
    throw error;
  }
}

/** Whether something that a stack left behind is there still. */
export async function isKept(access: Access, { kind, id, region }: Kept): Promise<boolean> {
  const options = clientOptions(access, region);
  const doing = `looking whether ${id} is there`;
  if (kind === 'table') return (await orGone(() => calling(doing, () => new DynamoDBClient(options).send(new DescribeTableCommand({ TableName: id }))), 'ResourceNotFoundException'))?.Table?.TableStatus === 'ACTIVE';
  if (kind === 'bucket') return (await orGone(() => calling(doing, () => new S3Client(options).send(new HeadBucketCommand({ Bucket: id }))), 'NotFound', 'NoSuchBucket')) !== undefined;
  const key = await orGone(() => calling(doing, () => new KMSClient(options).send(new DescribeKeyCommand({ KeyId: id }))), 'NotFoundException');
  return key !== undefined && !going.has(key.KeyMetadata?.KeyState);
}

/** Whether anything lies below the prefixes; a thing that is to go whole is there as long as it is there. */
export async function holdsAnything(access: Access, { id, region, prefixes }: Data): Promise<boolean> {
  if (prefixes === undefined) return true;
  const s3 = new S3Client(clientOptions(access, region));
  for (const prefix of prefixes) if ((await versionsIn(s3, id, prefix)) !== undefined) return true;
  return false;
}

async function empty(id: string, look: () => Promise<Content | undefined>): Promise<void> {
  for (let content = await look(); content !== undefined; content = await look()) {
    const refused = await content.remove();
    if (refused !== undefined) throw new DeploymentFailedError(`Emptying the bucket ${id}: ${refused}. Mend that, then run the same command again.`);
  }
}

async function deleteBucket(s3: S3Client, id: string): Promise<void> {
  await orGone(async () => {
    await empty(id, async () => (await versionsIn(s3, id)) ?? (await uploadsIn(s3, id)));
    await calling(`deleting the bucket ${id}`, () => s3.send(new DeleteBucketCommand({ Bucket: id })));
  }, 'NoSuchBucket');
}

/** Deletes for good what a person asked to have deleted. What is gone already is no trouble. */
export async function deleteData(access: Access, data: Data): Promise<void> {
  const { kind, id, region, prefixes } = data;
  const options = clientOptions(access, region);
  if (kind === 'table') await orGone(() => calling(`deleting the table ${id}`, () => new DynamoDBClient(options).send(new DeleteTableCommand({ TableName: id }))), 'ResourceNotFoundException');
  else if (kind === 'key') await calling(`scheduling the deletion of the key ${id}`, () => new KMSClient(options).send(new ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays: daysUntilAKeyGoes })));
  else if (prefixes === undefined) await deleteBucket(new S3Client(options), id);
  else for (const prefix of prefixes) await empty(id, () => versionsIn(new S3Client(options), id, prefix));
}
