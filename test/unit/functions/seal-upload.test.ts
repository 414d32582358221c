import { beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../../domain/digest.ts';
import { readZip } from '../../../domain/zip.ts';
import { sealArtifact } from '../../../functions/seal-artifact/handler.ts';
import { archiveOf } from '../../fakes/archives.ts';
import { ReleaseWorld, stubVariables } from '../../fakes/release-world.ts';
import { aRelease, aTarget } from '../../fakes/samples.ts';

/** What was uploaded ready is sealed from the one version of the archive that is released. */

const input = { release: aRelease().id, attempt: 1 };
let world: ReleaseWorld;

const put = (version: string, target = {}, id = input.release) => {
  const configuration = { environments: [{ name: 'dev', targets: [aTarget(target)] }], remarks: [] };
  const { artifact: _, ...release } = aRelease({ id, configuration, source: { kind: 's3', bucket: 'uploads', key: 'orders/ready.zip', version } });
  world.releases.set(id, release);
};
beforeEach(() => {
  stubVariables();
  world = new ReleaseWorld();
  put('v1');
});

const template = (code: string) => `Resources:\n  F: { Type: AWS::Lambda::Function, Properties: { Code: ${code}, Role: !GetAtt Role.Arn } }\nOutputs: { Name: { Value: !Ref F } }\n`;
const upload = async (version: string, files: Readonly<Record<string, string>>) => void world.archives.set(version, await archiveOf(files));
const text = (key: string | undefined) => Buffer.from(world.objects.get(key ?? '') ?? []).toString();
const artifactOf = async (id = input.release) => {
  expect(await sealArtifact(world, { ...input, release: id })).toEqual({ answer: 'sealed' });
  return world.release(id).artifact;
};

it('its template refers to what is sealed, in the bucket of each Region, and no build is asked', async () => {
  await upload('v1', { 'template.yaml': template('code'), 'code/index.js': 'code' });
  world.releases.set(input.release, { ...world.release(), configuration: { environments: [{ name: 'dev', targets: ['eu-west-1', 'us-east-1'].map((region) => aTarget({ region })) }], remarks: [] } });
  const artifact = await artifactOf();
  expect(artifact).toMatchObject({ ready: true });
  expect(artifact?.templates).toMatchObject([{ region: 'eu-west-1', outputs: ['Name'] }, { region: 'us-east-1' }]);
  const [, key = ''] = /"S3Bucket": "artifacts", "S3Key": "(sealed\/orders\/[0-9a-f]{64})"/.exec(text(artifact?.templates[0]?.key)) ?? [];
  expect(key).toBe(`sealed/orders/${sha256(world.objects.get(key) ?? '')}`);
  expect(text(`artifacts-us-east-1/${artifact?.templates[1]?.key ?? ''}`)).toContain(`{ "S3Bucket": "artifacts-us-east-1", "S3Key": "${key}" }`);
  expect(sha256(text(artifact?.manifestKey))).toBe(artifact?.digest);
  expect(world.reports).toMatchObject([{ kind: 'built', text: expect.stringMatching(/^Taken as it was uploaded and sealed: /) as string }]);
});

it('equal content is the same artifact, whoever packed it, when, in which order and for which release', async () => {
  await upload('v1', { 'template.yaml': template('code/'), 'code/index.js': 'code', 'code/a.js': 'a' });
  await upload('v2', { 'code/a.js': 'a', './code/index.js': 'code', 'README.md': 'Read me', 'template.yaml': template('code/') });
  put('v2', {}, 'orders-13-11111111');
  expect(await artifactOf('orders-13-11111111')).toEqual(await artifactOf());
  await upload('v1', { 'template.yaml': template('code/'), 'code/index.js': 'other', 'code/a.js': 'a' });
  expect((await artifactOf())?.digest).not.toBe(world.release('orders-13-11111111').artifact?.digest);
});

it('nested templates are sealed with what they name in turn', async () => {
  const nested = (file: string) => `Resources: { N: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: ${file} } } }\n`;
  await upload('v1', { 'template.yaml': nested('infra/data.yaml'), 'infra/data.yaml': template('../code.js'), 'code.js': 'code' });
  const artifact = await artifactOf();
  const [, key = ''] = /"https:\/\/s3\.eu-west-1\.amazonaws\.com\/artifacts\/(sealed\/orders\/[0-9a-f]{64})"/.exec(text(artifact?.templates[0]?.key)) ?? [];
  expect(text(key)).toMatch(/"S3Key": "sealed\/orders\/[0-9a-f]{64}"/);
  await upload('v1', { 'template.yaml': nested('a.yaml'), 'a.yaml': nested('./a.yaml') });
  await expect(sealArtifact(world, input)).rejects.toThrow('template/a.yaml refers to template/a.yaml. Take one of these references away');
});

it('several stacks, values, checks and a revision are taken from its list', async () => {
  const list = { version: 1, templates: [{ stack: 'data', file: 'data.yaml' }, { stack: 'api', environment: 'dev', file: 'api.yaml', after: ['data'] }], exports: { Version: '7' }, checks: [{ name: 'tests', required: true, passed: true, seconds: 2 }], revision: { file: 'site.zip' } };
  await upload('v1', { 'release.json': JSON.stringify(list), 'data.yaml': template('code.js'), 'api.yaml': template('code.js'), 'code.js': 'code', 'site.zip': 'no zip' });
  await expect(sealArtifact(world, input)).rejects.toMatchObject({ name: 'InvalidInputError', message: expect.stringContaining('appspec.yml') as string });
  const { revision: _, ...others } = list;
  await upload('v1', { 'release.json': JSON.stringify(others), 'data.yaml': template('code.js'), 'api.yaml': template('code.js'), 'code.js': 'code' });
  expect(await artifactOf()).toMatchObject({ templates: [{ stack: 'data' }, { stack: 'api', environment: 'dev', after: ['data'] }], exports: { Version: '7' }, checks: [{ name: 'tests' }] });
});

describe('a folder that a step publishes', () => {
  const step = { kind: 'publish', folder: 'web/dist', bucket: 'b', prefix: '', delete: false, immutable: [] } as const;

  it('is sealed file by file, whatever the files are called', async () => {
    put('v1', { steps: [step] });
    await upload('v1', { 'template.yaml': template('x.js'), 'x.js': '', 'web/dist/index.html': '<p>', 'web/dist/100%.txt': 'all', 'web/other.txt': 'no' });
    const [folder] = (await artifactOf())?.folders ?? [];
    expect(folder).toMatchObject({ folder: 'web/dist', files: 2 });
    expect(JSON.parse(text(folder?.key))).toMatchObject({ files: [{ path: '100%.txt', key: `sealed/orders/${sha256('all')}` }, { path: 'index.html', key: `sealed/orders/${sha256('<p>')}` }] });
  });

  it('is named where it is not in the archive', async () => {
    put('v1', { steps: [step] });
    await upload('v1', { 'template.yaml': template('x.js'), 'x.js': '' });
    await expect(sealArtifact(world, input)).rejects.toThrow('Sealing the folder web/dist: there is no file in it');
  });
});

it.each([
  ['a template that is not there', { 'README.md': '' }, 'Sealing s3://uploads/orders/ready.zip (version v1): there is neither release.json nor template.yaml'],
  ['a file that is not there', { 'template.yaml': template('code.zip') }, 'Sealing s3://uploads/orders/ready.zip (version v1): template.yaml refers to code.zip (Code of F), but there is no such file in it. Put it in, or correct the path, and upload it again.'],
  ['what lies in our bucket and is not its own', { 'template.yaml': template('{ S3Bucket: artifacts, S3Key: sealed/other/abc }') }, 'refers to sealed/other/abc'],
  ['what it holds no more, in our own words', { 'template.yaml': template(`{ S3Bucket: artifacts, S3Key: uploads/orders/${input.release}/file/code.zip }`) }, 'something in it refers to code.zip, but there is no such file in it'],
])('an upload that names %s is refused, nothing is sealed, and the next good one works', async (_, files, words) => {
  await upload('v1', files);
  await expect(sealArtifact(world, input)).rejects.toMatchObject({ name: 'InvalidInputError', message: expect.stringContaining(words) as string });
  expect([...world.objects.keys()].filter((key) => key.startsWith('sealed/'))).toEqual([]);
  await upload('v1', { 'template.yaml': template('x.js'), 'x.js': '' });
  expect(await artifactOf()).toBeDefined();
});

it('an archive that is none is refused, and so is a version that somebody deleted', async () => {
  await expect(sealArtifact(world, input)).rejects.toThrow('somebody deleted it');
  world.archives.set('v1', Buffer.from('This is a letter.'));
  await expect(sealArtifact(world, input)).rejects.toThrow('Reading s3://uploads/orders/ready.zip (version v1): it is no zip archive that can be read');
});

it('a folder in which a command tests is sealed from it as one zip, and named where it is not in it', async () => {
  put('v1', { commands: [{ run: 'node smoke.mjs', folder: 'test/smoke', variables: {}, withinMinutes: 10 }] });
  await upload('v1', { 'template.yaml': template('code'), 'code/index.js': 'code', 'test/smoke/smoke.mjs': 'smoke', 'test/other.mjs': 'other' });
  const [folder] = (await artifactOf())?.testFolders ?? [];
  expect(folder).toMatchObject({ folder: 'test/smoke', key: `sealed/orders/${folder?.sha256 ?? ''}.zip` });
  expect(readZip(Buffer.from(world.objects.get(folder?.key ?? '') ?? [])).map(({ name }) => name.toString())).toEqual(['smoke.mjs']);
  await upload('v1', { 'template.yaml': template('code'), 'code/index.js': 'code' });
  await expect(sealArtifact(world, input)).rejects.toMatchObject({ name: 'InvalidInputError', message: expect.stringContaining('test/smoke, but there is no such file in it') as string });
});
