import { CloudFrontClient, CreateInvalidationCommand } from '@aws-sdk/client-cloudfront';
import { CopyObjectCommand, DeleteObjectsCommand, HeadObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { GetParametersCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { writeParameters } from '../../../aws/parameter-writes.ts';
import { deleteOthers, invalidate, publishFile, siteFor } from '../../../aws/publish.ts';

const s3 = mockClient(S3Client);
const cloudFront = mockClient(CloudFrontClient);
const ssm = mockClient(SSMClient);
const credentials = { accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c' };
const site = siteFor(credentials, 'eu-west-1', { bucket: 'orders-site', prefix: 'site/' });
const file = { path: 'a b.js', sha256: 'f'.repeat(64), contentType: 'text/javascript', cacheControl: 'no-cache', source: { bucket: 'artifacts', key: 'sealed/orders/x' } };
const named = (name: string) => Object.assign(new Error(name), { name });

beforeEach(() => {
  for (const mock of [s3, cloudFront, ssm]) mock.reset();
});

describe('publishing a file', () => {
  it('copies it inside S3 with how it is served and what it is', async () => {
    s3.on(HeadObjectCommand).rejects(named('NotFound')).on(CopyObjectCommand).resolves({});
    expect(await publishFile(site, file)).toBe(true);
    expect(s3.commandCalls(CopyObjectCommand)[0]?.args[0].input).toEqual({
      Bucket: 'orders-site', Key: 'site/a b.js', CopySource: 'artifacts/sealed/orders/x', MetadataDirective: 'REPLACE', ContentType: 'text/javascript', CacheControl: 'no-cache', Metadata: { 'drawbridge-sha256': file.sha256 },
    });
  });

  const there = { Metadata: { 'drawbridge-sha256': file.sha256 }, ContentType: 'text/javascript', CacheControl: 'no-cache' };
  it.each([
    ['is there as it is', there, false],
    ['has other content', { ...there, Metadata: { 'drawbridge-sha256': 'e'.repeat(64) } }, true],
    ['was put there by somebody else', { ContentType: 'text/javascript', CacheControl: 'no-cache' }, true],
    ['is served otherwise', { ...there, CacheControl: 'public' }, true],
  ])('that %s is copied: %s', async (_, head, copied) => {
    s3.on(HeadObjectCommand).resolves(head).on(CopyObjectCommand).resolves({});
    expect(await publishFile(site, file)).toBe(copied);
    expect(s3.commandCalls(CopyObjectCommand)).toHaveLength(copied ? 1 : 0);
  });

  it.each(['403', 'UnknownError', 'Forbidden', 'AccessDenied'])('is refused as such, although an answer to HEAD has no words (%s)', async (name) => {
    s3.on(HeadObjectCommand).rejects(named(name));
    await expect(publishFile(site, file)).rejects.toMatchObject({ name: 'AccessDeniedError', message: expect.stringContaining('PublishBucketArns') as string });
  });
});

describe('deleting what is not in the folder', () => {
  it('goes through every page, and keeps to the prefix and to what is there', async () => {
    s3.on(ListObjectsV2Command).resolvesOnce({ Contents: [{ Key: 'site/a b.js' }, { Key: 'site/old.js' }], NextContinuationToken: 'next' }).resolves({ Contents: [{ Key: 'site/a b.js' }] });
    s3.on(DeleteObjectsCommand).resolves({});
    expect(await deleteOthers(site, new Set(['a b.js']))).toBe(1);
    expect(s3.commandCalls(ListObjectsV2Command).map((call) => call.args[0].input.Prefix)).toEqual(['site/', 'site/']);
    expect(s3.commandCalls(DeleteObjectsCommand).map((call) => call.args[0].input.Delete?.Objects)).toEqual([[{ Key: 'site/old.js' }]]);
  });

  it('fails when S3 refuses one of them in an answer that is none', async () => {
    s3.on(ListObjectsV2Command).resolves({ Contents: [{ Key: 'site/old.js' }] }).on(DeleteObjectsCommand).resolves({ Errors: [{ Key: 'site/old.js', Message: 'Access Denied' }] });
    await expect(deleteOthers(site, new Set())).rejects.toMatchObject({ name: 'AccessDeniedError', message: 'deleting site/old.js in the bucket orders-site: Access Denied' });
  });
});

it('an invalidation is of everything, under a name that makes it one when it is repeated', async () => {
  cloudFront.on(CreateInvalidationCommand).resolves({});
  await invalidate(credentials, 'eu-west-1', 'E123', 'reference');
  expect(cloudFront.commandCalls(CreateInvalidationCommand)[0]?.args[0].input).toEqual({ DistributionId: 'E123', InvalidationBatch: { CallerReference: 'reference', Paths: { Quantity: 1, Items: ['/*'] } } });
});

describe('writing parameters', () => {
  it('gives those a new version that have another value, or are not there', async () => {
    ssm.on(GetParametersCommand).resolves({ Parameters: [{ Name: '/a', Type: 'String', Value: '1' }, { Name: '/b', Type: 'String', Value: 'old' }] }).on(PutParameterCommand).resolves({});
    await writeParameters(credentials, 'eu-west-1', { '/a': '1', '/b': '2', '/c': '3' });
    expect(ssm.commandCalls(PutParameterCommand).map((call) => call.args[0].input)).toEqual([
      { Name: '/b', Value: '2', Type: 'String', Overwrite: true },
      { Name: '/c', Value: '3', Type: 'String', Overwrite: true },
    ]);
  });

  it('never touches what is encrypted', async () => {
    ssm.on(GetParametersCommand).resolves({ Parameters: [{ Name: '/a', Type: 'SecureString', Value: 'sealed' }] });
    await expect(writeParameters(credentials, 'eu-west-1', { '/a': '1' })).rejects.toMatchObject({ name: 'InvalidInputError', message: expect.stringContaining('/a is a SecureString') as string });
    expect(ssm.commandCalls(PutParameterCommand)).toHaveLength(0);
  });
});
