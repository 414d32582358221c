import { BatchDeleteImageCommand, ECRClient, type ImageFailure, ListImagesCommand } from '@aws-sdk/client-ecr';
import { AbortMultipartUploadCommand, DeleteObjectsCommand, ListMultipartUploadsCommand, ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import type { OwnedStore } from '../contracts/plan.ts';
import { TransientError } from '../domain/errors.ts';
import { calling, isNamed } from './errors.ts';
import { retries } from './once.ts';
import type { Credentials } from './sts.ts';

/** What was found in a store at one look, and how to delete just that. */
export interface Content {
  readonly count: number;
  /** @returns why some of it stays, in AWS's words: one reason is enough */
  readonly remove: () => Promise<string | undefined>;
}

/** More than this nobody can delete in one call (S3 API: DeleteObjects). */
const objectsInACall = 1000;
/** Of images fewer (ECR API: BatchDeleteImage). */
const imagesInACall = 100;
/** Each of these is a call of its own. */
const uploadsInACall = 100;

const busy = new Set(['InternalError', 'ServiceUnavailable', 'SlowDown']);

/** Versions and delete markers, all of them or those below a prefix. */
export async function versionsIn(s3: S3Client, Bucket: string, Prefix?: string): Promise<Content | undefined> {
  const page = await calling(`listing what is in the bucket ${Bucket}`, () => s3.send(new ListObjectVersionsCommand({ Bucket, Prefix, MaxKeys: objectsInACall })));
  // A bucket that never had versions calls the only one of each object "null".
  const Objects = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ Key, VersionId }) => ({ Key, VersionId }));
  if (Objects.length === 0) return undefined;
  const remove = async () => {
    const { Errors: [refused] = [] } = await calling(`emptying the bucket ${Bucket}`, () => s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } })));
    if (refused === undefined) return undefined;
    const why = `${refused.Key ?? ''}: ${refused.Message ?? refused.Code ?? ''}`;
    if (busy.has(refused.Code ?? '')) throw new TransientError(`emptying the bucket ${Bucket}: ${why}. It is tried again.`);
    return why;
  };
  return { count: Objects.length, remove };
}

/** Parts that were uploaded and never put together cost what objects cost. */
export async function uploadsIn(s3: S3Client, Bucket: string): Promise<Content | undefined> {
  const { Uploads = [] } = await calling(`listing unfinished uploads of the bucket ${Bucket}`, () => s3.send(new ListMultipartUploadsCommand({ Bucket, MaxUploads: uploadsInACall })));
  if (Uploads.length === 0) return undefined;
  const remove = async () => {
    for (const { Key, UploadId } of Uploads) {
      try {
        await calling(`ending an upload to the bucket ${Bucket}`, () => s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })));
      } catch (error) {
        if (!isNamed(error, 'NoSuchUpload')) throw error;
      }
    }
    return undefined;
  };
  return { count: Uploads.length, remove };
}

async function imagesIn(ecr: ECRClient, repositoryName: string): Promise<Content | undefined> {
  const { imageIds = [] } = await calling(`listing images of the repository ${repositoryName}`, () => ecr.send(new ListImagesCommand({ repositoryName, maxResults: objectsInACall })));
  // By its digest an image goes with all its tags.
  const digests = [...new Set(imageIds.flatMap(({ imageDigest }) => imageDigest ?? []))];
  if (digests.length === 0) return undefined;
  const remove = async () => {
    const refused: ImageFailure[] = [];
    for (let first = 0; first < digests.length; first += imagesInACall) {
      const some = digests.slice(first, first + imagesInACall).map((imageDigest) => ({ imageDigest }));
      const { failures = [] } = await calling(`emptying the repository ${repositoryName}`, () => ecr.send(new BatchDeleteImageCommand({ repositoryName, imageIds: some })));
      refused.push(...failures);
    }
    // An image that a list of images names goes after that list: it is found again at the next look.
    const [{ imageId, failureReason, failureCode } = {}] = refused;
    return refused.length < digests.length ? undefined : `${imageId?.imageDigest ?? ''}: ${failureReason ?? failureCode ?? ''}`;
  };
  return { count: digests.length, remove };
}

/** Looks once into a bucket or repository. `undefined` when nothing is in it, or it is gone. */
export type Look = () => Promise<Content | undefined>;

export function storeFor(credentials: Credentials, region: string, { type, name }: OwnedStore): Look {
  const client = { ...retries, region, credentials: { ...credentials } };
  const look = (): Look => {
    if (type === 'AWS::ECR::Repository') {
      const ecr = new ECRClient(client);
      return () => imagesIn(ecr, name);
    }
    const s3 = new S3Client(client);
    return async () => (await versionsIn(s3, name)) ?? (await uploadsIn(s3, name));
  };
  const into = look();
  return async () => {
    try {
      return await into();
    } catch (error) {
      if (isNamed(error, 'NoSuchBucket', 'RepositoryNotFoundException')) return undefined;
      throw error;
    }
  };
}
