import { TextReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../../domain/digest.ts';
import { readZip } from '../../../domain/zip.ts';
import { sealArtifact } from '../../../functions/seal-artifact/handler.ts';
import { archiveOf } from '../../fakes/archives.ts';
import { aRelease, aTarget } from '../../fakes/samples.ts';
import { functionAt, leftByBuild, prefix, recorded } from '../../fakes/left-by-build.ts';
import { ReleaseWorld, stubVariables } from '../../fakes/release-world.ts';

const { id, commit } = aRelease();
const input = { release: id, attempt: 1 };
let world: ReleaseWorld;

beforeEach(() => {
  stubVariables();
  world = new ReleaseWorld();
  world.put({ buildId: 'drawbridge-build-orders:uuid-1' });
  world.build();
});

const text = (key: string | undefined) => Buffer.from(world.objects.get(key ?? '') ?? []).toString();
const built = (template: string, objects?: Readonly<Record<string, string>>, more?: object) => { leftByBuild(world, template, objects, more); };

it('what the build left is kept by content, and the template refers to what is kept', async () => {
  built(functionAt(`s3://artifacts/${prefix}abc`), { [`${prefix}abc`]: 'code' });
  expect(await sealArtifact(world, input)).toEqual({ answer: 'sealed' });
  const { artifact } = world.release();
  const code = `sealed/orders/${sha256('code')}`;
  expect(text(code)).toBe('code');
  const template = artifact?.templates[0];
  expect(text(template?.key)).toBe(functionAt(`s3://artifacts/${code}`));
  expect(artifact).toMatchObject({ templates: [{ sha256: sha256(text(template?.key)), parameters: ['Stage'], outputs: [] }], bucket: 'artifacts' });
  expect(sha256(text(artifact?.manifestKey))).toBe(artifact?.digest);
  expect(world.reports).toMatchObject([{ kind: 'built' }]);
});

describe('a folder in which tests are run', () => {
  it('is sealed as one zip, made equal, under a name that CodeBuild unpacks', async () => {
    const seal = async (zip: Buffer) => {
      built(functionAt('s3://somewhere-else/abc'), {}, { testFolders: [{ folder: 'test/smoke', file: 'packed/tests/0.zip' }] });
      world.objects.set(`${prefix}packed/tests/0.zip`, zip);
      await sealArtifact(world, input);
      return world.release().artifact;
    };
    const first = await seal(await archiveOf({ 'b.mjs': 'b', 'a.mjs': 'a' }));
    const [folder] = first?.testFolders ?? [];
    expect(folder).toMatchObject({ folder: 'test/smoke', key: `sealed/orders/${folder?.sha256 ?? ''}.zip` });
    expect(readZip(Buffer.from(world.objects.get(folder?.key ?? '') ?? [])).map(({ name }) => name.toString())).toEqual(['a.mjs', 'b.mjs']);
    expect(text(first?.manifestKey)).toContain(folder?.key);
    expect((await seal(await archiveOf({ 'a.mjs': 'a', 'b.mjs': 'b' })))?.digest).toBe(first?.digest);
    expect((await seal(await archiveOf({ 'a.mjs': 'other' })))?.digest).not.toBe(first?.digest);
  });
});

describe('a folder that a step publishes', () => {
  const leave = (files: Readonly<Record<string, string>>) => {
    const template = functionAt('s3://somewhere-else/abc');
    const below = Object.entries(files).map(([path, body]): [string, string] => [`folders/0/${path}`, body]);
    built(template, Object.fromEntries(below.map(([file, body]) => [`${prefix}${file}`, body])), {
      folders: [{ folder: 'web/dist', prefix: 'folders/0' }],
      files: Object.fromEntries([['packed/-.yaml', template], ...below].map(([file = '', body = '']) => [file, sha256(body)])),
    });
  };

  it('is sealed file by file under a listing, whose digest is the folder\'s and counts in the artifact', async () => {
    leave({ 'index.html': '<p>', 'assets/app.js': 'code' });
    await sealArtifact(world, input);
    const { artifact } = world.release();
    const [folder] = artifact?.folders ?? [];
    expect(folder).toEqual({ folder: 'web/dist', key: `sealed/orders/${sha256(text(folder?.key))}`, sha256: sha256(text(folder?.key)), files: 2 });
    expect(JSON.parse(text(folder?.key))).toMatchObject({ files: [{ path: 'assets/app.js', key: `sealed/orders/${sha256('code')}`, sha256: sha256('code'), bytes: 4 }, { path: 'index.html' }] });
    leave({ 'index.html': '<p>other', 'assets/app.js': 'code' });
    await sealArtifact(world, input);
    expect(world.release().artifact?.digest).not.toBe(artifact?.digest);
    expect(world.reports[0]?.text).toMatch(/0 objects, 2 files of web\/dist\.$/);
  });

  it.each([
    ['changed', 'index.html', 'its digest is another one'],
    ['added', 'more.html', 'not among what the build left'],
  ])('to which somebody %s a file after the build is refused', async (_, file, says) => {
    leave({ 'index.html': '<p>' });
    world.objects.set(`${prefix}folders/0/${file}`, Buffer.from('<script>'));
    await expect(sealArtifact(world, input)).rejects.toMatchObject({ name: 'InvalidInputError', message: expect.stringContaining(says) as string });
  });

  it('with a name that leaves it is refused, and nothing is sealed', async () => {
    leave({ 'index.html': '<p>', '../x': 'evil' });
    await expect(sealArtifact(world, input)).rejects.toMatchObject({ name: 'InvalidInputError', message: expect.stringContaining('the name "../x"') as string });
    expect([...world.objects.keys()].some((key) => key.startsWith('sealed/orders/'))).toBe(false);
  });
});

it('the same content built again under another name is the same artifact', async () => {
  built(functionAt(`s3://artifacts/${prefix}abc`), { [`${prefix}abc`]: 'code' });
  await sealArtifact(world, input);
  const first = world.release().artifact;
  built(functionAt(`s3://artifacts/${prefix}xyz`), { [`${prefix}xyz`]: 'code' });
  await sealArtifact(world, input);
  expect(world.release().artifact).toEqual(first);
});

const nested = (url: string) => `Resources: { Nested: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: ${url} } } }\n`;

it('what a nested template refers to is kept as well, and the nested template refers to what is kept', async () => {
  const inner = functionAt(`s3://artifacts/${prefix}code`);
  built(nested(`https://s3.eu-west-1.amazonaws.com/artifacts/${prefix}inner.template`), { [`${prefix}inner.template`]: inner, [`${prefix}code`]: 'code' });
  await sealArtifact(world, input);
  const sealedInner = functionAt(`s3://artifacts/sealed/orders/${sha256('code')}`);
  expect(text(`sealed/orders/${sha256(sealedInner)}`)).toBe(sealedInner);
  expect(text(world.release().artifact?.templates[0]?.key)).toBe(nested(`https://s3.eu-west-1.amazonaws.com/artifacts/sealed/orders/${sha256(sealedInner)}`));
});

it('each Region of its targets gets the same content, and templates that refer to it there', async () => {
  const targets = ['eu-west-1', 'us-east-1'].map((region) => aTarget({ region }));
  world.put({ buildId: 'drawbridge-build-orders:uuid-1', configuration: { build: { kind: 'sam', templates: [] }, environments: [{ name: 'dev', targets }], remarks: [] } });
  const inner = functionAt(`s3://artifacts/${prefix}code`);
  built(nested(`https://s3.eu-west-1.amazonaws.com/artifacts/${prefix}inner.template`), { [`${prefix}inner.template`]: inner, [`${prefix}code`]: 'code' });
  await sealArtifact(world, input);
  const { artifact } = world.release();
  expect(artifact?.buckets).toEqual({ 'eu-west-1': 'artifacts', 'us-east-1': 'artifacts-us-east-1' });
  expect(artifact?.templates.map(({ region }) => region)).toEqual(['eu-west-1', 'us-east-1']);
  const code = `sealed/orders/${sha256('code')}`;
  expect([text(code), text(`artifacts-us-east-1/${code}`)]).toEqual(['code', 'code']);
  const innerThere = functionAt(`s3://artifacts-us-east-1/${code}`);
  expect(text(`artifacts-us-east-1/sealed/orders/${sha256(innerThere)}`)).toBe(innerThere);
  const there = artifact?.templates[1];
  const template = nested(`https://s3.us-east-1.amazonaws.com/artifacts-us-east-1/sealed/orders/${sha256(innerThere)}`);
  expect(text(`artifacts-us-east-1/${there?.key ?? ''}`)).toBe(template);
  expect(there?.sha256).toBe(sha256(template));
  // Nothing of one Region's templates is in the other's bucket.
  expect(world.objects.has(there?.key ?? '')).toBe(false);
  expect(world.reports).toMatchObject([{ text: expect.stringContaining('for eu-west-1, us-east-1.') as string }]);
});

it('a Region without a bucket is said before anything is sealed', async () => {
  world.put({ buildId: 'drawbridge-build-orders:uuid-1', configuration: { build: { kind: 'sam', templates: [] }, environments: [{ name: 'dev', targets: [aTarget({ region: 'us-west-2' })] }], remarks: [] } });
  built(functionAt('s3://somewhere-else/abc'));
  await expect(sealArtifact(world, input)).rejects.toMatchObject({ name: 'InvalidInputError', message: expect.stringContaining('dev has a target in us-west-2, but there is no artifact bucket in that Region. Deploy infra/artifact-region.yaml') as string });
  expect([...world.objects.keys()].some((key) => key.startsWith('sealed/'))).toBe(false);
});

it('a nested template may not refer to what this build did not write, nor to itself', async () => {
  const url = `https://s3.eu-west-1.amazonaws.com/artifacts/${prefix}inner.template`;
  built(nested(url), { [`${prefix}inner.template`]: functionAt('s3://artifacts/sealed/other/abc') });
  await expect(sealArtifact(world, input)).rejects.toThrow(/refers to sealed\/other\/abc, which this build did not write/);
  built(nested(url), { [`${prefix}inner.template`]: nested(url) });
  await expect(sealArtifact(world, input)).rejects.toThrow('inner.template refers to inner.template. Take one of these references away');
});

it('what is neither text nor an archive is kept byte by byte', async () => {
  const bytes = Buffer.from([0xff, 0xfe, 0x00, 0x80]);
  built(functionAt(`s3://artifacts/${prefix}abc`));
  world.objects.set(`${prefix}abc`, bytes);
  await sealArtifact(world, input);
  expect(world.objects.get(`sealed/orders/${sha256(bytes)}`)).toEqual(bytes);
});

it.each([
  ['another build of the application', 's3://artifacts/incoming/orders/AROAX:AWSCodeBuild-uuid-2/abc'],
  ['another application', 's3://artifacts/incoming/other/AROAY:AWSCodeBuild-uuid-9/abc'],
  ['an artifact that is sealed', `https://s3.eu-west-1.amazonaws.com/artifacts/sealed/other/${'a'.repeat(64)}`],
  ['the plans', 's3://artifacts/plans/orders-1-00000000/dev/main/1.json'],
  ['another build, by way of its own prefix', `s3://artifacts/${prefix}../AROAX:AWSCodeBuild-uuid-2/abc`],
])('a template that refers to %s is refused', async (_, uri) => {
  built(functionAt(uri), { [uri.replace(/^.*artifacts\//, '')]: 'theirs' });
  await expect(sealArtifact(world, input)).rejects.toMatchObject({ name: 'InvalidInputError', message: expect.stringContaining('which this build did not write') as string });
  expect([...world.objects.keys()].some((key) => key.startsWith('sealed/orders/'))).toBe(false);
  expect(world.release().artifact).toEqual(aRelease().artifact);
});

it('a template that refers to a bucket of somebody else is left to CloudFormation', async () => {
  built(functionAt('s3://somewhere-else/abc'));
  expect(await sealArtifact(world, input)).toEqual({ answer: 'sealed' });
});

it.each([
  ['failed', { status: 'FAILED' }],
  ['goes on', { status: 'IN_PROGRESS' }],
  ['built another commit', { commit: 'f'.repeat(40) }],
])('a build that %s is not sealed', async (_, fields) => {
  built(functionAt('s3://somewhere-else/abc'));
  world.build(fields);
  await expect(sealArtifact(world, input)).rejects.toMatchObject({ name: 'DeploymentFailedError', message: expect.stringContaining(`did not build commit ${commit}`) as string });
});

it.each([
  ['is sealed', {}, true],
  ['of another version is not', { version: 'v0' }, false],
  ['of another object is not', { location: 'uploads/carts/source.zip' }, false],
  ['of a repository is not, whatever it says of the version', { type: 'CODECOMMIT' }, false],
])('a build of an upload %s', async (_, fields, sealed) => {
  world.put({ buildId: 'drawbridge-build-orders:uuid-1', source: { kind: 's3', bucket: 'uploads', key: 'orders/source.zip', version: 'v1' } });
  world.build({ commit: undefined, source: { type: 'S3', location: 'uploads/orders/source.zip', version: 'v1', ...fields } });
  built(functionAt('s3://somewhere-else/abc'));
  const answer = sealArtifact(world, input);
  if (sealed) expect(await answer).toEqual({ answer: 'sealed' });
  else await expect(answer).rejects.toMatchObject({ message: expect.stringContaining('did not build s3://uploads/orders/source.zip (version v1) (SUCCEEDED, version v') as string });
});

it('a build that left nothing of its own is said, also where another left something', async () => {
  world.objects.set('incoming/orders/AROAX:AWSCodeBuild-uuid-2/release.json', Buffer.from('{}'));
  await expect(sealArtifact(world, input)).rejects.toMatchObject({ name: 'DeploymentFailedError', message: expect.stringContaining('left no release.json') as string });
});

describe('a revision for CodeDeploy', () => {
  const left = (revision: Uint8Array) => {
    const packed = JSON.stringify({ version: 1, templates: [], revision: { file: 'packed/revision.zip' }, files: { 'packed/revision.zip': sha256(revision) } });
    recorded(world, packed);
    world.objects.set(`${prefix}release.json`, Buffer.from(packed));
    world.objects.set(`${prefix}packed/revision.zip`, revision);
  };
  const zipOf = async (files: Readonly<Record<string, string>>) => {
    const writer = new ZipWriter(new Uint8ArrayWriter());
    for (const [name, body] of Object.entries(files)) await writer.add(name, new TextReader(body));
    return await writer.close();
  };

  it('is kept by content, whatever order its files are in, and is part of the digest', async () => {
    left(await zipOf({ 'appspec.yml': 'version: 0.0', 'site/index.html': 'hello' }));
    await sealArtifact(world, input);
    const { artifact } = world.release();
    expect(artifact).toMatchObject({ templates: [], revision: { key: `sealed/orders/${artifact?.revision?.sha256 ?? ''}`, bundleType: 'zip' } });
    expect(sha256(world.objects.get(artifact?.revision?.key ?? '') ?? '')).toBe(artifact?.revision?.sha256);
    expect(text(artifact?.manifestKey)).toContain(artifact?.revision?.sha256);
    left(await zipOf({ 'site/index.html': 'hello', 'appspec.yml': 'version: 0.0' }));
    await sealArtifact(world, input);
    expect(world.release().artifact).toEqual(artifact);
  });

  it('keeps its AppSpec where that is one for a Lambda function, and no other', async () => {
    const appSpec = 'version: 0.0\nResources:\n  - F: { Type: AWS::Lambda::Function, Properties: { Name: f, Alias: live, CurrentVersion: 1, TargetVersion: 2 } }\n';
    left(await zipOf({ 'appspec.yml': appSpec }));
    await sealArtifact(world, input);
    expect(world.release().artifact?.revision?.appSpec).toBe(appSpec);
    left(await zipOf({ 'appspec.yml': 'version: 0.0\nos: linux\n' }));
    await sealArtifact(world, input);
    expect(world.release().artifact?.revision).not.toHaveProperty('appSpec');
  });

  it.each([
    ['without an AppSpec at its root', zipOf({ 'site/appspec.yml': 'version: 0.0' })],
    ['that is no zip', Promise.resolve(Buffer.from('text'))],
  ])('%s is refused with a sentence', async (_, revision) => {
    left(await revision);
    await expect(sealArtifact(world, input)).rejects.toMatchObject({ name: 'InvalidInputError', message: expect.stringContaining('appspec.yml') as string });
  });
});
