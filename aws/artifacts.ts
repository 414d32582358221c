import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { calling, isNamed } from './errors.ts';
import { once, retries } from './once.ts';
import { pages } from './pages.ts';

const s3 = once(() => new S3Client(retries));

/** @returns keys below a prefix, page after page */
export async function listKeys(bucket: string, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  const list = (ContinuationToken: string | undefined) => calling(`listing ${prefix}`, () => s3().send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken })));
  for await (const { Contents = [] } of pages(list, ({ NextContinuationToken }) => NextContinuationToken)) keys.push(...Contents.map(({ Key = '' }) => Key));
  return keys;
}

export async function readObject(bucket: string, key: string): Promise<Uint8Array> {
  const { Body } = await calling(`reading ${key}`, () => s3().send(new GetObjectCommand({ Bucket: bucket, Key: key })));
  return (await Body?.transformToByteArray()) ?? new Uint8Array();
}

/** Writes an object once: what is there already is the same by its name (S3 User Guide, "Conditional writes"). */
export async function writeOnce(bucket: string, key: string, body: Uint8Array | string): Promise<void> {
  try {
    await calling(`sealing ${key}`, () => s3().send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, IfNoneMatch: '*' })));
  } catch (error) {
    if (!isNamed(error, 'PreconditionFailed', 'ConditionalRequestConflict')) throw error;
  }
}
