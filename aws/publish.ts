import { CloudFrontClient, CreateInvalidationCommand } from '@aws-sdk/client-cloudfront';
import { CopyObjectCommand, DeleteObjectsCommand, HeadObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { AccessDeniedError } from '../domain/errors.ts';
import type { Headers } from '../domain/publishing.ts';
import { calling, isNamed } from './errors.ts';
import { retries } from './once.ts';
import { pages } from './pages.ts';
import type { Credentials } from './sts.ts';

/** A bucket of a target account, with a session that may write to it and read what is sealed. */
export interface Site {
  readonly client: S3Client;
  readonly bucket: string;
  readonly prefix: string;
}

export const siteFor = (credentials: Credentials, region: string, { bucket, prefix }: { bucket: string; prefix: string }): Site => ({ client: new S3Client({ ...retries, region, credentials: { ...credentials } }), bucket, prefix });

export interface Published extends Headers {
  readonly path: string;
  readonly sha256: string;
  /** Where it is sealed. */
  readonly source: { readonly bucket: string; readonly key: string };
}

const allowed = 'which the PublishBucketArns of the stack drawbridge-target must name';

/** S3's own ETag says nothing of the content where a key of KMS encrypts it, so we note what it is. */
const mark = 'drawbridge-sha256';

async function isThere({ client, bucket, prefix }: Site, { path, sha256, contentType, cacheControl }: Published): Promise<boolean> {
  try {
    const it = await calling(`looking at ${prefix}${path} in the bucket ${bucket}, ${allowed}`, () => client.send(new HeadObjectCommand({ Bucket: bucket, Key: `${prefix}${path}` })));
    return it.Metadata?.[mark] === sha256 && it.ContentType === contentType && it.CacheControl === cacheControl;
  } catch (error) {
    if (isNamed(error, 'NotFound', 'NoSuchKey')) return false;
    // An answer to HEAD has no body, so the SDK has no word for the refusal.
    if (isNamed(error, '403', 'Unknown', 'UnknownError')) throw new AccessDeniedError(`looking at ${prefix}${path} in the bucket ${bucket}, ${allowed}: S3 refuses it`, { cause: error });
    throw error;
  }
}

/** Copies a sealed file into the bucket, inside S3. @returns `false` when it is there already, as it is */
export async function publishFile(site: Site, file: Published): Promise<boolean> {
  if (await isThere(site, file)) return false;
  const { client, bucket, prefix } = site;
  const { path, sha256, source, contentType, cacheControl } = file;
  await calling(`copying ${path} into the bucket ${bucket}, ${allowed}`, () =>
    client.send(
      new CopyObjectCommand({
        Bucket: bucket,
        Key: `${prefix}${path}`,
        CopySource: `${source.bucket}/${source.key}`,
        MetadataDirective: 'REPLACE',
        ContentType: contentType,
        CacheControl: cacheControl,
        Metadata: { [mark]: sha256 },
      }),
    ),
  );
  return true;
}

/** Deletes what lies below the prefix and is not among the files. @returns how many objects */
export async function deleteOthers({ client, bucket, prefix }: Site, files: ReadonlySet<string>): Promise<number> {
  let deleted = 0;
  const list = (ContinuationToken: string | undefined) => calling(`listing the bucket ${bucket}, ${allowed}`, () => client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken })));
  for await (const { Contents = [] } of pages(list, ({ NextContinuationToken }) => NextContinuationToken)) {
    const others = Contents.flatMap(({ Key = '' }) => (files.has(Key.slice(prefix.length)) ? [] : [{ Key }]));
    if (others.length === 0) continue;
    const { Errors: [refused] = [] } = await calling(`deleting files of the bucket ${bucket}, ${allowed}`, () => client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: others, Quiet: true } })));
    // A 200 may hold a failure.
    if (refused !== undefined) throw new AccessDeniedError(`deleting ${refused.Key ?? ''} in the bucket ${bucket}: ${refused.Message ?? refused.Code ?? ''}`);
    deleted += others.length;
  }
  return deleted;
}

/**
 * Has CloudFront ask the bucket again for everything; it is not waited for. A path with a star counts as one.
 * @param reference equal for a repeated call, which then starts nothing new
 */
export async function invalidate(credentials: Credentials, region: string, distribution: string, reference: string): Promise<void> {
  const client = new CloudFrontClient({ ...retries, region, credentials: { ...credentials } });
  await calling(`invalidating the distribution ${distribution}, which the DistributionArns of the stack drawbridge-target must name`, () =>
    client.send(new CreateInvalidationCommand({ DistributionId: distribution, InvalidationBatch: { CallerReference: reference, Paths: { Quantity: 1, Items: ['/*'] } } })),
  );
}
