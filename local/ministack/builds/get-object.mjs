// The first command of each of our builds, `aws s3 cp --only-show-errors s3://BUCKET/KEY FILE`, without the AWS CLI: that takes
// most of a second of processor to start, and the tests run hundreds of builds.
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';

const [, , from, to] = process.argv;
const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(from);
try {
  const { Body } = await new S3Client({ forcePathStyle: true }).send(new GetObjectCommand({ Bucket, Key }));
  await pipeline(Body, createWriteStream(to));
} catch (error) {
  process.stderr.write(`download failed: ${from} to ${to} ${error.message}\n`);
  process.exitCode = 1;
}
