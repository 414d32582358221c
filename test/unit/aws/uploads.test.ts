import { GetObjectCommand, type GetObjectCommandOutput, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { Readable } from 'node:stream';
import { beforeEach, describe, expect, it } from 'vitest';
import { readSourceFiles } from '../../../aws/source-files.ts';
import { newestVersion, readVersion } from '../../../aws/uploads.ts';
import { archiveOf } from '../../fakes/archives.ts';

const s3 = mockClient(S3Client);
const named = (name: string) => Object.assign(new Error('words of the API'), { name });
const upload = { kind: 's3', bucket: 'uploads', key: 'orders/source.zip', version: 'v1' } as const;
/** As the SDK hands it out, with as much of it as is read here. */
const body = (bytes: Buffer) => Object.assign(Readable.from([bytes]), { transformToByteArray: () => Promise.resolve(new Uint8Array(bytes)) }) as unknown as NonNullable<GetObjectCommandOutput['Body']> & Readable;

beforeEach(() => {
  s3.reset();
});

describe('the newest version of an object', () => {
  it('is what the bucket says now', async () => {
    const uploadedAt = new Date('2026-01-01T00:00:00.000Z');
    s3.on(HeadObjectCommand, { Bucket: 'uploads', Key: 'orders/source.zip' }).resolves({ VersionId: 'v1', LastModified: uploadedAt, Metadata: { branch: 'main' } });
    expect(await newestVersion('uploads', 'orders/source.zip')).toEqual({ version: 'v1', uploadedAt, metadata: { branch: 'main' } });
  });

  it('is none where there is no object, and a refusal where it may not be looked at', async () => {
    s3.on(HeadObjectCommand).rejectsOnce(named('NotFound')).rejects(named('Forbidden'));
    expect(await newestVersion('uploads', 'orders/source.zip')).toBeUndefined();
    await expect(newestVersion('uploads', 'orders/source.zip')).rejects.toMatchObject({ name: 'AccessDeniedError' });
  });
});

describe('a version of an archive', () => {
  it('is read, and no other', async () => {
    s3.on(GetObjectCommand).callsFake(() => ({ ContentLength: 3, Body: body(Buffer.from('zip')) }));
    expect(Buffer.from(await readVersion(upload, 3)).toString()).toBe('zip');
    expect(s3.commandCalls(GetObjectCommand)[0]?.args[0].input).toEqual({ Bucket: 'uploads', Key: 'orders/source.zip', VersionId: 'v1' });
  });

  it('that is larger than it may be is not read at all', async () => {
    const stream = body(Buffer.from('zip!'));
    s3.on(GetObjectCommand).resolves({ ContentLength: 4, Body: stream });
    await expect(readVersion(upload, 3)).rejects.toMatchObject({ name: 'InvalidInputError', message: 'Reading s3://uploads/orders/source.zip (version v1): it has 4 bytes, more than 3. Upload another archive.' });
    expect(stream.destroyed).toBe(true);
  });

  it('that somebody deleted is said to be', async () => {
    s3.on(GetObjectCommand).rejects(named('NoSuchVersion'));
    await expect(readVersion(upload, 3)).rejects.toMatchObject({ name: 'InvalidInputError', message: 'Reading s3://uploads/orders/source.zip (version v1): somebody deleted it. Upload another archive.' });
  });

  it('holds the files that say what is asked for, also in a folder', async () => {
    const archive = await archiveOf({ 'services/orders/samconfig.toml': 's', 'services/orders/template.yml': 't', 'drawbridge.yaml': 'd' });
    s3.on(GetObjectCommand).callsFake(() => ({ ContentLength: archive.length, Body: body(archive) }));
    expect(await readSourceFiles(upload, 'c')).toEqual({ drawbridge: 'd', samconfig: undefined, template: undefined });
    expect(await readSourceFiles(upload, 'c', 'services/orders')).toEqual({ drawbridge: undefined, samconfig: 's', template: { path: 'template.yml', text: 't' } });
    expect(s3.commandCalls(GetObjectCommand)).toHaveLength(2);
  });

  it('that is no archive ends with its name', async () => {
    s3.on(GetObjectCommand).callsFake(() => ({ ContentLength: 3, Body: body(Buffer.from('zip')) }));
    await expect(readSourceFiles(upload, 'c')).rejects.toMatchObject({ name: 'InvalidInputError', message: expect.stringContaining('Reading s3://uploads/orders/source.zip (version v1): it is no zip archive') as string });
  });
});
