import { beforeEach, expect, it } from 'vitest';
import { sha256 } from '../../../domain/digest.ts';
import { sealArtifact } from '../../../functions/seal-artifact/handler.ts';
import { aRelease } from '../../fakes/samples.ts';
import { ReleaseWorld, stubVariables } from '../../fakes/release-world.ts';

const { id, commit } = aRelease();
const input = { release: id, attempt: 1 };
const prefix = 'incoming/orders/AROAX:AWSCodeBuild-uuid-1/';
let world: ReleaseWorld;

beforeEach(() => {
  stubVariables();
  world = new ReleaseWorld();
  world.put({ buildId: 'drawbridge-build-orders:uuid-1' });
  world.build();
});

const text = (key: string | undefined) => Buffer.from(world.objects.get(key ?? '') ?? []).toString();
const built = (template: string, objects: Readonly<Record<string, string>> = {}) => {
  const packed = JSON.stringify({ version: 1, templates: [{ file: 'packed/-.yaml' }] });
  for (const [key, body] of Object.entries({ [`${prefix}packed/-.yaml`]: template, [`${prefix}release.json`]: packed, ...objects })) world.objects.set(key, Buffer.from(body));
};
const functionAt = (uri: string) => `Parameters: { Stage: { Type: String } }\nResources:\n  F: { Type: AWS::Serverless::Function, Properties: { CodeUri: ${uri}, Env: !Ref Stage } }\n`;

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

it('the same content built again under another name is the same artifact', async () => {
  built(functionAt(`s3://artifacts/${prefix}abc`), { [`${prefix}abc`]: 'code' });
  await sealArtifact(world, input);
  const first = world.release().artifact;
  built(functionAt(`s3://artifacts/${prefix}xyz`), { [`${prefix}xyz`]: 'code' });
  await sealArtifact(world, input);
  expect(world.release().artifact).toEqual(first);
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
  world.build(fields);
  built(functionAt('s3://somewhere-else/abc'));
  await expect(sealArtifact(world, input)).rejects.toMatchObject({ name: 'DeploymentFailedError', message: expect.stringContaining(`did not build commit ${commit}`) as string });
});

it('a build that left nothing of its own is said, also where another left something', async () => {
  world.objects.set('incoming/orders/AROAX:AWSCodeBuild-uuid-2/release.json', Buffer.from('{}'));
  await expect(sealArtifact(world, input)).rejects.toMatchObject({ name: 'DeploymentFailedError', message: expect.stringContaining('left no release.json') as string });
});
