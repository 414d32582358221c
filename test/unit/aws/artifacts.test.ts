import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it } from 'vitest';
import { listKeys, writeOnce } from '../../../aws/artifacts.ts';

const s3 = mockClient(S3Client);
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
  expect(s3.commandCalls(PutObjectCommand)[0]?.args[0].input).toEqual({ Bucket: 'artifacts', Key: 'sealed/orders/x', Body: 'text', IfNoneMatch: '*' });
});

it.each(['PreconditionFailed', 'ConditionalRequestConflict'])('%s means that the same is there already', async (name) => {
  s3.on(PutObjectCommand).rejects(named(name));
  await expect(writeOnce('artifacts', 'sealed/orders/x', 'text')).resolves.toBeUndefined();
});

it('a refusal is not taken for that', async () => {
  s3.on(PutObjectCommand).rejects(named('AccessDenied'));
  await expect(writeOnce('artifacts', 'sealed/orders/x', 'text')).rejects.toMatchObject({ name: 'AccessDeniedError' });
});
