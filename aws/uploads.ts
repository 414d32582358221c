import { Readable } from 'node:stream';
import { GetObjectCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { InvalidInputError } from '../domain/errors.ts';
import { objectName, type Upload } from '../domain/source.ts';
import { calling, isNamed } from './errors.ts';
import { once, retries } from './once.ts';

const s3 = once(() => new S3Client(retries));

/** The newest version of an object, as the bucket has it now. */
export interface NewestVersion {
  /** Missing in a bucket that keeps no versions; `null` for what was there before it kept them. */
  readonly version: string | undefined;
  readonly uploadedAt: Date;
  readonly metadata: Readonly<Record<string, string>>;
}

/** @returns `undefined` when there is no such object, or none any more */
export async function newestVersion(bucket: string, key: string): Promise<NewestVersion | undefined> {
  try {
    const { VersionId, LastModified, Metadata = {} } = await calling(`looking up s3://${bucket}/${key}`, () => s3().send(new HeadObjectCommand({ Bucket: bucket, Key: key })));
    return { version: VersionId, uploadedAt: LastModified ?? new Date(0), metadata: Metadata };
  } catch (error) {
    if (isNamed(error, 'NotFound', 'NoSuchKey')) return undefined;
    throw error;
  }
}

/**
 * Exactly one version of an archive.
 * @param most a larger one is not read at all
 */
export async function readVersion(upload: Omit<Upload, 'kind'>, most: number): Promise<Uint8Array> {
  const { bucket, key, version } = upload;
  const name = objectName(upload);
  const refuse = (why: string) => new InvalidInputError(`Reading ${name}: ${why}. Upload another archive.`);
  try {
    const { Body, ContentLength = 0 } = await calling(`reading ${name}`, () => s3().send(new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: version })));
    if (ContentLength > most) {
      // Unread, it would keep its connection.
      if (Body instanceof Readable) Body.destroy();
      throw refuse(`it has ${String(ContentLength)} bytes, more than ${String(most)}`);
    }
    return (await Body?.transformToByteArray()) ?? new Uint8Array();
  } catch (error) {
    if (isNamed(error, 'NoSuchVersion', 'NoSuchKey', 'MethodNotAllowed')) throw refuse('somebody deleted it');
    throw error;
  }
}
