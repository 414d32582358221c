import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { sha256 } from '../domain/digest.ts';
import { calling, isNamed } from './errors.ts';
import { retries } from './once.ts';
import { pages } from './pages.ts';

const clients = new Map<string, S3Client>();

/** @param region where the bucket is; without it, where we are. A bucket answers at the endpoint of its own Region only. */
function s3(region = ''): S3Client {
  const client = clients.get(region) ?? new S3Client({ ...retries, ...(region === '' ? {} : { region }) });
  clients.set(region, client);
  return client;
}

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

/** As S3 keeps and answers it (S3 API: PutObject, ChecksumSHA256). */
const checksum = (hash: string): string => Buffer.from(hash, 'hex').toString('base64');

/** Is an object what it was when it was sealed? S3 computes the checksum when it takes an object; nobody can name another. */
export async function isUnaltered(bucket: string, { key, sha256, region }: { readonly key: string; readonly sha256: string; readonly region?: string | undefined }): Promise<boolean> {
  try {
    const { ChecksumSHA256 } = await calling(`checking ${key}`, () => s3(region).send(new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' })));
    return ChecksumSHA256 === checksum(sha256);
  } catch (error) {
    // HEAD has no body, so S3 cannot say NoSuchKey.
    if (isNamed(error, 'NotFound', 'NoSuchKey')) return false;
    throw error;
  }
}

interface How {
  readonly region?: string | undefined;
  readonly condition?: { readonly IfNoneMatch: '*' };
}

export async function writeObject(bucket: string, key: string, body: Uint8Array | string, { region, condition }: How = {}): Promise<void> {
  await calling(`writing ${key}`, () => s3(region).send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ChecksumSHA256: checksum(sha256(body)), ...condition })));
}

/**
 * Writes an object under a name that is made of its content. What is there already is the same by its name
 * (S3 User Guide, "Conditional writes"), unless somebody altered it: then it is put right again.
 */
export async function writeOnce(bucket: string, key: string, body: Uint8Array | string, region?: string): Promise<void> {
  try {
    await writeObject(bucket, key, body, { region, condition: { IfNoneMatch: '*' } });
  } catch (error) {
    if (!isNamed(error, 'PreconditionFailed', 'ConditionalRequestConflict')) throw error;
    if (!(await isUnaltered(bucket, { key, sha256: sha256(body), region }))) await writeObject(bucket, key, body, { region });
  }
}
