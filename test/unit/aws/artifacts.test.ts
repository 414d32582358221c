import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { isUnaltered, listKeys, writeOnce } from '../../../aws/artifacts.ts';
import { checkSealed } from '../../../aws/sealed.ts';
import { sha256 } from '../../../domain/digest.ts';
import { manifest } from '../../../domain/seal.ts';

const s3 = mockClient(S3Client);
const checksum = (text: string) => Buffer.from(sha256(text), 'hex').toString('base64');
const named = (name: string) => Object.assign(new Error('words of the API'), { name });

beforeEach(() => {
  s3.reset();
});

it('keys are listed page after page', async () => {
  s3.on(ListObjectsV2Command).resolves({ Contents: [{ Key: 'b' }] });
  s3.on(ListObjectsV2Command, { ContinuationToken: undefined }).resolves({ Contents: [{ Key: 'a' }], NextContinuationToken: 'more' });
  s3.on(ListObjectsV2Command, { ContinuationToken: 'more' }).resolves({ Contents: [{ Key: 'b' }] });
  expect(await listKeys('artifacts', 'incoming/')).toEqual(['a', 'b']);
});

it('what is sealed is written once and never over', async () => {
  s3.on(PutObjectCommand).resolves({});
  await writeOnce('artifacts', 'sealed/orders/x', 'text');
  expect(s3.commandCalls(PutObjectCommand)[0]?.args[0].input).toEqual({ Bucket: 'artifacts', Key: 'sealed/orders/x', Body: 'text', ChecksumSHA256: checksum('text'), IfNoneMatch: '*' });
});

it('each Region is written to at its own endpoint, by one client', async () => {
  s3.on(PutObjectCommand).resolves({});
  for (const region of ['us-east-1', 'eu-central-1', 'us-east-1']) await writeOnce(`artifacts-${region}`, 'sealed/orders/x', 'text', region);
  const clients = s3.commandCalls(PutObjectCommand).map(({ thisValue }) => thisValue as S3Client);
  expect(await Promise.all(clients.map((client) => client.config.region()))).toEqual(['us-east-1', 'eu-central-1', 'us-east-1']);
  expect(clients[2]).toBe(clients[0]);
});

it.each(['PreconditionFailed', 'ConditionalRequestConflict'])('%s means that the same is there already', async (name) => {
  s3.on(PutObjectCommand).rejects(named(name));
  s3.on(HeadObjectCommand).resolves({ ChecksumSHA256: checksum('text') });
  await expect(writeOnce('artifacts', 'sealed/orders/x', 'text')).resolves.toBeUndefined();
  expect(s3.commandCalls(PutObjectCommand)).toHaveLength(1);
});

it('what was altered meanwhile is put right', async () => {
  s3.on(PutObjectCommand).resolves({});
  s3.on(PutObjectCommand, { IfNoneMatch: '*' }).rejects(named('PreconditionFailed'));
  s3.on(HeadObjectCommand).resolves({ ChecksumSHA256: checksum('other text') });
  await writeOnce('artifacts', 'sealed/orders/x', 'text');
  expect(s3.commandCalls(PutObjectCommand).at(-1)?.args[0].input).toEqual({ Bucket: 'artifacts', Key: 'sealed/orders/x', Body: 'text', ChecksumSHA256: checksum('text') });
});

it.each([
  ['the same', () => s3.on(HeadObjectCommand).resolves({ ChecksumSHA256: checksum('text') }), true],
  ['another one', () => s3.on(HeadObjectCommand).resolves({ ChecksumSHA256: checksum('text ') }), false],
  ['without a checksum, as somebody else wrote it', () => s3.on(HeadObjectCommand).resolves({}), false],
  ['gone', () => s3.on(HeadObjectCommand).rejects(named('NotFound')), false],
])('an object that is %s is unaltered: %s', async (_, there, unaltered) => {
  there();
  expect(await isUnaltered('artifacts', { key: 'sealed/orders/x', sha256: sha256('text') })).toBe(unaltered);
});

describe('a sealed artifact', () => {
  const object = (text: string) => ({ key: `sealed/orders/${sha256(text)}`, sha256: sha256(text), bytes: text.length });
  const { text, digest } = manifest('orders', [object('template')], [object('code')]);
  const artifact = { bucket: 'artifacts', digest, manifestKey: 'sealed/orders/m.json' };
  const holds = (manifestText: string, objects: Readonly<Record<string, string>>) => {
    s3.on(GetObjectCommand).resolves({ Body: { transformToByteArray: () => Promise.resolve(Buffer.from(manifestText)) } as never });
    s3.on(HeadObjectCommand).rejects(named('NotFound'));
    for (const [was, is] of Object.entries(objects)) s3.on(HeadObjectCommand, { Key: object(was).key }).resolves({ ChecksumSHA256: checksum(is) });
  };

  it('that is what was built may be deployed', async () => {
    holds(text, { template: 'template', code: 'code' });
    await expect(checkSealed('orders-1', artifact, ['eu-west-1'])).resolves.toBeUndefined();
  });

  it('is looked at where it is deployed, in the bucket there', async () => {
    const regions = ['eu-west-1', 'us-east-1', 'us-west-2'];
    const inRegions = manifest('orders', regions.map((region) => ({ ...object('template'), region })), regions.map((region) => ({ ...object('code'), region })));
    const buckets = { 'eu-west-1': 'artifacts', 'us-east-1': 'artifacts-us-east-1', 'us-west-2': 'artifacts-us-west-2' };
    holds(inRegions.text, { template: 'template', code: 'code' });
    const check = (...where: string[]) => checkSealed('orders-1', { ...artifact, digest: inRegions.digest, buckets }, where);
    await expect(check('us-east-1')).resolves.toBeUndefined();
    expect(s3.commandCalls(HeadObjectCommand).map(({ args }) => args[0].input.Bucket)).toEqual(['artifacts-us-east-1', 'artifacts-us-east-1']);
    const clients = s3.commandCalls(HeadObjectCommand).map(({ thisValue }) => thisValue as S3Client);
    expect(await Promise.all(clients.map((client) => client.config.region()))).toEqual(['us-east-1', 'us-east-1']);
    s3.on(HeadObjectCommand, { Bucket: 'artifacts-us-west-2', Key: object('code').key }).resolves({ ChecksumSHA256: checksum('evil') });
    await expect(check('eu-west-1')).resolves.toBeUndefined();
    await expect(check('eu-west-1', 'us-west-2')).rejects.toThrow(/is not what was built.*who may write to artifacts-us-west-2/);
  });

  it.each<[string, string, Readonly<Record<string, string>>, string]>([
    ['code was altered', text, { template: 'template', code: 'evil' }, object('code').key],
    ['template is gone', text, { code: 'code' }, object('template').key],
    ['manifest was altered with what it names', manifest('orders', [object('template')], [object('evil')]).text, { template: 'template', evil: 'evil' }, 'sealed/orders/m.json'],
  ])('whose %s may not', async (_, manifestText, objects, key) => {
    holds(manifestText, objects);
    await expect(checkSealed('orders-1', artifact, ['eu-west-1'])).rejects.toMatchObject({ name: 'DeploymentFailedError', message: expect.stringContaining(`Checking the artifact of orders-1: ${key} is not what was built`) as string });
  });
});

it('a refusal is not taken for that', async () => {
  s3.on(PutObjectCommand).rejects(named('AccessDenied'));
  await expect(writeOnce('artifacts', 'sealed/orders/x', 'text')).rejects.toMatchObject({ name: 'AccessDeniedError' });
});
