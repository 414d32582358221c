import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { calling } from './errors.ts';
import { once, retries } from './once.ts';

/** What a build calls: it asks who it is, and writes below that name. */

const s3 = once(() => new S3Client(retries));
const sts = once(() => new STSClient(retries));

/** `<id of the role>:<name of the session>`, as policies know it by `aws:userid`. */
export async function callerId(): Promise<string> {
  const { UserId = '' } = await calling('Asking who this build is', () => sts().send(new GetCallerIdentityCommand({})));
  return UserId;
}

export interface Incoming {
  readonly bucket: string;
  readonly key: string;
  readonly body: Uint8Array | string;
  /** S3 takes the object only if this is its SHA-256. */
  readonly sha256: string;
  readonly keyArn: string;
}

export async function writeIncoming({ bucket, key, body, sha256, keyArn }: Incoming): Promise<void> {
  await calling(`Uploading ${key}`, () =>
    s3().send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64'), ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyArn })),
  );
}
