import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { NewestVersion } from '../../../aws/uploads.ts';
import type { RegisteredUpload } from '../../../contracts/environments.ts';
import type { UploadEvent } from '../../../contracts/source-events.ts';
import { startReleases } from '../../../functions/start-release/events.ts';
import { startUploadRelease } from '../../../functions/start-upload-release/handler.ts';
import { fingerprint } from '../../../domain/source.ts';
import { logger } from '../../../runtime/logger.ts';
import { commitOf, ReleaseWorld, stubVariables } from '../../fakes/release-world.ts';

let world: ReleaseWorld;
let warned: string[];
const key = 'orders/source.zip';

beforeEach(() => {
  stubVariables();
  world = new ReleaseWorld();
  warned = [];
  vi.spyOn(logger, 'warn').mockImplementation((...said: unknown[]) => void warned.push(said[0] as string));
  register();
});

const register = (fields: Partial<RegisteredUpload> = {}) => void Object.assign(world.registry?.applications ?? {}, { orders: { upload: { branch: 'main', starts: 'upload', ...fields } } });
const envelope = { id: '1', account: '111111111111', region: 'eu-west-1', time: '' };
const created = (version: string | undefined = 'v1', sequencer = '01', object: object = {}, bucket = 'uploads'): UploadEvent => ({
  ...envelope, source: 'aws.s3', 'detail-type': 'Object Created', detail: { bucket: { name: bucket }, object: { key, 'version-id': version, sequencer, ...object } },
});
const requested = (detail: object = {}): UploadEvent => ({ ...envelope, source: 'drawbridge.ci', 'detail-type': 'Drawbridge Release Requested', detail: { application: 'orders', key, version: 'v1', ...detail } });
const put = (version: string | undefined = 'v1', fields: Partial<NewestVersion> & { second?: number } = {}, at = key) =>
  void world.uploads.set(at, { version, uploadedAt: new Date(Date.UTC(2026, 0, 1, 0, 0, fields.second ?? 1)), metadata: {}, ...fields });
const start = (event: UploadEvent) => startUploadRelease(world, event);
const released = () => [...world.releases.values()].map(({ source }) => (source.kind === 's3' ? source.version : source.kind));

describe('an upload', () => {
  it('starts a release of its version, which is named after a fingerprint of it where it says no commit', async () => {
    put();
    await start(created());
    const [release] = world.releases.values();
    const source = { kind: 's3', bucket: 'uploads', key, version: 'v1' } as const;
    const commit = fingerprint(source);
    expect(release).toMatchObject({ id: `orders-1-${commit.slice(0, 8)}`, source, commit, branch: 'main', mode: 'deploy', author: { name: 'somebody', email: '' }, message: `Upload of ${key}`, registryVersion: 3 });
    expect(world.started).toEqual([`orders-1-${commit.slice(0, 8)}-1`]);
    expect(world.reports).toMatchObject([{ kind: 'started', text: 'orders/source.zip as main by somebody: Upload of orders/source.zip' }]);
  });

  it('says in its metadata who wrote it and at which commit', async () => {
    put('v1', { metadata: { commit: commitOf('one'), 'author-name': 'Kim', 'author-email': 'kim@example.com', message: 'Sell tea' } });
    await start(created());
    expect([...world.releases.values()]).toMatchObject([{ id: `orders-1-${commitOf('one').slice(0, 8)}`, commit: commitOf('one'), author: { name: 'Kim', email: 'kim@example.com' }, message: 'Sell tea' }]);
  });

  it('whose event comes twice, at once or later, is one release, and its start is asked for again', async () => {
    put();
    await Promise.all([start(created()), start(created())]);
    await start(created());
    expect(released()).toEqual(['v1']);
    expect(new Set(world.started).size).toBe(1);
    expect(world.started.length).toBeGreaterThan(1);
  });

  it('is the newest version of its key, whichever an event tells of', async () => {
    put('v2', { second: 2 });
    await start(created('v1', '01'));
    await start(created('v2', '02'));
    expect(released()).toEqual(['v2']);
  });

  it('that became the newest again, because the newer was deleted, is not released after it', async () => {
    put('v2');
    await start(created('v2', '02'));
    put('v1');
    await start(created('v1', '01'));
    expect(released()).toEqual(['v2']);
  });

  it('of another key that was made before the one released last is not released any more', async () => {
    put('v9', { second: 9 }, 'orders/b.zip');
    put('v1', { second: 1 });
    await start(created('v9', '01', { key: 'orders/b.zip' }));
    await start(created('v1', 'FF'));
    expect(released()).toEqual(['v9']);
  });

  it('that is gone by now starts nothing', async () => {
    await start(created());
    expect([released(), warned]).toEqual([[], []]);
  });

  it('counts as a branch or a tag that the registry lets it claim, each with an order of its own', async () => {
    register({ claims: { branches: ['feature/*'], tags: ['v*'] } });
    Object.assign(world.registry?.environments['dev'] ?? {}, { branches: ['*'], gitTags: ['v*'] });
    put('v1', { metadata: { branch: 'feature/tea' } });
    await start(created('v1'));
    put('v2', { metadata: { tag: 'v1.0' } });
    await start(created('v2', '02'));
    expect([...world.releases.values()].map(({ branch, tag }) => [branch, tag])).toEqual([['feature/tea', undefined], [undefined, 'v1.0']]);
  });

  it('in place of a push, with the commit that was pushed, is released for itself', async () => {
    world.heads.set('orders/main', { commit: commitOf('one'), release: 'orders-9-00000000', version: 3 });
    put('v1', { metadata: { commit: commitOf('one') } });
    await start(created());
    expect(released()).toEqual(['v1']);
    expect(world.heads.get('orders/main')).toMatchObject({ version: 4, upload: { key, version: 'v1' } });
  });

  it('whose head never stands still is tried again later', async () => {
    put();
    let version = 1;
    world.beforeWrite = () => void world.heads.set('orders/main', { commit: commitOf('zero'), release: 'orders-9-00000000', version: (version += 1) });
    await expect(start(created())).rejects.toMatchObject({ name: 'TransientError' });
  });
});

it('a commit that an upload named before the application had a repository is released from it', async () => {
  Object.assign(world.registry?.applications ?? {}, { orders: { repository: 'orders' } });
  const commit = commitOf('one');
  world.branches.set('orders/main', commit);
  world.heads.set('orders/main', { commit, release: 'orders-9-00000000', version: 1, upload: { key, version: 'v1', uploadedAt: '', same: [] } });
  await startReleases(world, { ...envelope, source: 'aws.codecommit', 'detail-type': 'CodeCommit Repository State Change', detail: { event: 'referenceUpdated', repositoryName: 'orders', referenceType: 'branch', referenceName: 'main' } });
  expect([...world.releases.values()]).toMatchObject([{ commit, source: { kind: 'codecommit', repository: 'orders' } }]);
  expect(world.heads.get('orders/main')).not.toHaveProperty('upload');
});

describe('is refused with one sentence, and starts nothing:', () => {
  it.each<[string, () => void, UploadEvent, RegExp]>([
    ['an object without a version', () => { put('null'); }, created(), /s3:\/\/uploads\/orders\/source\.zip has no version, .*Switch versioning/],
    ['a branch that the uploader may not claim', () => { put('v1', { metadata: { branch: 'release' } }); }, created(), /source\.zip \(version v1\) is refused, for applications\.orders\.upload\.claims\.branches allows no upload to be the branch release/],
    ['a branch that no environment takes', () => { put(); register({ branch: 'other' }); }, created(), /no registered environment takes the branch other of orders/],
    ['a commit that is none', () => { put('v1', { metadata: { commit: 'HEAD' } }); }, created(), /the metadata of s3:\/\/uploads\/orders\/source\.zip \(version v1\) is not what docs\/sources\.md says: commit: a full commit id/],
    ['an application that is not registered', () => { put('v1', {}, 'carts/source.zip'); }, created('v1', '01', { key: 'carts/source.zip' }), /carts\/source\.zip belongs to no application/],
    ['an application that has a repository', () => { put(); Object.assign(world.registry?.applications ?? {}, { orders: { repository: 'orders' } }); }, created(), /belongs to no application that is registered with uploads/],
    ['before anything is registered', () => { put(); world.registry = undefined; }, created(), /belongs to no application/],
    ['a key that no application can have', () => undefined, created('v1', '01', { key: 'source.zip' }), /s3:\/\/uploads\/source\.zip is no archive of an application/],
    ['another bucket', () => { put(); }, created('v1', '01', {}, 'others'), /the bucket others is not the upload bucket/],
    ['a request where uploads start releases', () => { put(); }, requested(), /started by uploads, not by requests/],
    ['a request of something else', () => { register({ starts: 'request' }); put(); }, requested({ colour: 'red' }), /the detail of the requested release is not what docs\/sources\.md says: .*colour/],
    ['a request for what belongs to another application', () => { register({ starts: 'request' }); put(); }, requested({ key: 'carts/source.zip' }), /carts\/source\.zip is no archive of an application: it must be called orders\//],
    ['a request as a branch that may not be claimed', () => { register({ starts: 'request' }); put(); }, requested({ branch: 'release' }), /claims\.branches allows no upload/],
  ])('%s', async (_, given, event, words) => {
    given();
    await start(event);
    expect([world.releases.size, world.started]).toEqual([0, []]);
    expect(warned).toEqual([expect.stringMatching(words)]);
    expect(warned[0]).toMatch(/^Starting a release of an upload: .+\.$/);
  });
});

describe('a request', () => {
  beforeEach(() => { register({ starts: 'request', claims: { branches: ['main'] } }); });

  it('starts the release that an upload alone does not, with what it says and not what the object says', async () => {
    put('v1', { metadata: { commit: commitOf('other'), branch: 'release' } });
    await start(created());
    expect([released(), warned]).toEqual([[], []]);
    const wish = requested({ commit: commitOf('one'), author: { name: 'Kim', email: 'kim@example.com' }, branch: 'main', message: 'Sell tea\n\nA lot.' });
    await start(wish);
    await start(wish);
    expect([...world.releases.values()]).toMatchObject([{ commit: commitOf('one'), branch: 'main', author: { name: 'Kim' }, message: 'Sell tea' }]);
  });

  it('of a version that is not the newest any more starts nothing: what it says is about that one', async () => {
    put('v2');
    await start(requested());
    expect([released(), warned]).toEqual([[], []]);
  });
});
