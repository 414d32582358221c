import { beforeEach, expect, it } from 'vitest';
import { sha256 } from '../../../domain/digest.ts';
import { sealArtifact } from '../../../functions/seal-artifact/handler.ts';
import { functionAt, leftByBuild, prefix } from '../../fakes/left-by-build.ts';
import { ReleaseWorld, stubVariables } from '../../fakes/release-world.ts';
import { aRelease } from '../../fakes/samples.ts';

/** What a build says of itself is compared with CodeBuild's record of it, and kept. */

const input = { release: aRelease().id, attempt: 1 };
let world: ReleaseWorld;

beforeEach(() => {
  stubVariables();
  world = new ReleaseWorld();
  world.put({ buildId: 'drawbridge-build-orders:uuid-1' });
  world.build();
});

const text = (key: string) => Buffer.from(world.objects.get(key) ?? []).toString();
const built = (template: string, objects?: Readonly<Record<string, string>>, more?: object) => { leftByBuild(world, template, objects, more); };

it.each([
  ['the list', 'release.json'],
  ['a template', 'packed/-.yaml'],
  ['an archive', 'packed/code.zip'],
])('%s that somebody wrote after the build is refused', async (_, file) => {
  const template = functionAt(`s3://artifacts/${prefix}packed/code.zip`);
  built(template, { [`${prefix}packed/code.zip`]: 'code' }, { files: { 'packed/-.yaml': sha256(template), 'packed/code.zip': sha256('code') } });
  world.objects.set(`${prefix}${file}`, Buffer.from(`${text(`${prefix}${file}`)} `));
  await expect(sealArtifact(world, input)).rejects.toMatchObject({ name: 'InvalidInputError', message: expect.stringContaining(`${file} is not what the build left: its digest is another one`) as string });
  expect(world.release().artifact).toEqual(aRelease().artifact);
});

it('a build that did not say what it left is refused', async () => {
  built(functionAt('s3://somewhere-else/abc'));
  world.build();
  await expect(sealArtifact(world, input)).rejects.toMatchObject({ message: expect.stringContaining('Deploy infra/application.yaml again') as string });
});

it('what the checks said and what the build exported is kept with the artifact, and is no part of its digest', async () => {
  const code = functionAt('s3://somewhere-else/abc');
  built(code, {}, { checks: [{ name: 'tests', required: true, passed: true, seconds: 2 }], exports: { Version: '7' } });
  await sealArtifact(world, input);
  const first = world.release().artifact;
  expect(first).toMatchObject({ checks: [{ name: 'tests', passed: true }], exports: { Version: '7' } });
  built(code);
  await sealArtifact(world, input);
  expect(world.release().artifact?.digest).toBe(first?.digest);
});

it('an exported value cannot say where another value is kept', async () => {
  built(functionAt('s3://somewhere-else/abc'), {}, { exports: { Password: 'secret:prod/db' } });
  await expect(sealArtifact(world, input)).rejects.toMatchObject({ name: 'InvalidInputError', message: expect.stringContaining('exports.Password: a value itself') as string });
});
