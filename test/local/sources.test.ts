import { GetFolderCommand, CodeCommitClient } from '@aws-sdk/client-codecommit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fileURLToPath } from 'node:url';
import { deployStack } from '../../local/stacks.ts';
import { until } from '../fakes/until.ts';
import { registryWith } from './office.ts';
import { parametersApplication } from './templates.ts';
import { type Application, outcomes, Town } from './town.ts';

let town: Town;
/** One repository, two applications in it: `orders` and `carts`, each in a folder, and code that both use. */
let market: Application;

beforeAll(async () => {
  town = await Town.build(2);
  [market] = (await town.applications('market')) as [Application];
  const { cloud, outputs } = town.system;
  for (const name of ['orders', 'carts']) {
    await deployStack(cloud, {
      account: cloud.accounts.tools,
      name: `drawbridge-application-${name}`,
      template: fileURLToPath(new URL('../../infra/application.yaml', import.meta.url)),
      parameters: { Application: name, Repository: 'market', ArtifactBucket: outputs['ArtifactBucket'] ?? '', ArtifactKeyArn: outputs['ArtifactKeyArn'] ?? '' },
    });
  }
  const paths = ['shared/**'];
  await town.system.register(
    registryWith(town, [], { dev: { branches: ['main'] }, staging: { branches: undefined, gitTags: ['v*'], applications: ['orders'] } }, {
      applications: { orders: { repository: 'market', folder: 'services/orders', paths }, carts: { repository: 'market', folder: 'services/carts', paths } },
    }),
  );
}, 120_000);
afterAll(() => town.close());

interface Listed {
  readonly id: string;
  readonly application: string;
  readonly commit: string;
  readonly branch?: string;
  readonly tag?: string;
  readonly state: string;
}
const releases = async () => ((await town.ask('GET', '/releases?limit=100')) as { releases: Listed[] }).releases;
const within = (folder: string, files: Readonly<Record<string, string>>) => Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]));
const service = (name: string, value: string) => within(`services/${name}`, parametersApplication({ values: { One: value }, order: ['dev', 'staging'] }));
const remote = () => town.system.cloud.gitRemote('market');

/** The applications that a commit released, as soon as those that are waited for are there and all have ended. */
async function released(commit: string, applications: readonly string[]): Promise<string[]> {
  return await until(`${applications.join(' and ')} of ${commit.slice(0, 8)}`, async () => {
    const found = (await releases()).filter((it) => it.commit === commit && it.tag === undefined);
    const there = applications.every((name) => found.some(({ application }) => application === name));
    return there && found.every(({ state }) => state === 'ended') ? found.map(({ application }) => application).sort() : undefined;
  }, 180_000);
}

it('the first push releases every application of the repository, each from its folder', { timeout: 120_000 }, async () => {
  const commit = await market.push({ ...service('orders', '1'), ...service('carts', '1'), 'shared/prices.json': '{}', 'README.md': '# Market\n' });
  expect(await released(commit, ['carts', 'orders'])).toEqual(['carts', 'orders']);
  for (const { id } of await releases()) {
    const shown = await town.show(id);
    expect([shown.release.reason, outcomes(shown)]).toEqual([undefined, { dev: 'deployed' }]);
  }
});

it('a push that touches one application releases one, a shared path releases both, and neither is nothing', { timeout: 180_000 }, async () => {
  const readme = await market.push({ 'README.md': '# The market\n' });
  const one = await market.push(service('orders', '2'));
  expect(await released(one, ['orders'])).toEqual(['orders']);
  const both = await market.push({ 'shared/prices.json': '{ "tea": 3 }' });
  expect(await released(both, ['carts', 'orders'])).toEqual(['carts', 'orders']);
  // Events arrive in any order, but the last push was answered for both, so these were looked at too.
  expect((await releases()).filter(({ commit, application }) => commit === readme || (commit === one && application === 'carts'))).toEqual([]);
});

it('a tag goes to the environment that takes tags, at the commit it stands on', { timeout: 120_000 }, async () => {
  const commit = await market.git('rev-parse', 'HEAD~1');
  const before = (await releases()).length;
  await market.git('tag', '--annotate', '--message', 'Version one', 'v1.0', commit);
  await market.git('tag', 'nightly', commit);
  await market.git('push', '--quiet', remote(), 'refs/tags/nightly', 'refs/tags/v1.0');
  const { id } = await until('a release of v1.0', async () => (await releases()).find(({ tag }) => tag === 'v1.0'));
  const shown = await town.ended(id);
  expect(shown.release).toMatchObject({ application: 'orders', commit, tag: 'v1.0', outcome: 'deployed' });
  expect(shown.release).not.toHaveProperty('branch');
  expect(outcomes(shown)).toEqual({ staging: 'deployed' });
  expect(await releases()).toHaveLength(before + 1);
});

it('the emulator answers for an annotated tag with the commit, as the reference of GetFolder says', async () => {
  const codeCommit = new CodeCommitClient(town.client());
  const commit = await market.git('rev-parse', 'v1.0^{commit}');
  expect(await market.git('rev-parse', 'v1.0')).not.toBe(commit);
  expect(await codeCommit.send(new GetFolderCommand({ repositoryName: 'market', commitSpecifier: 'refs/tags/v1.0', folderPath: '/' }))).toMatchObject({ commitId: commit });
  await expect(codeCommit.send(new GetFolderCommand({ repositoryName: 'market', commitSpecifier: 'refs/tags/gone', folderPath: '/' }))).rejects.toMatchObject({ name: 'CommitDoesNotExistException' });
});

it('a deleted tag does nothing, and an event of it that comes again starts nothing new', { timeout: 120_000 }, async () => {
  const before = await releases();
  const event = (name: string) => ({
    source: 'aws.codecommit',
    'detail-type': 'CodeCommit Repository State Change',
    detail: { event: 'referenceCreated', repositoryName: 'market', referenceType: 'tag', referenceName: name, referenceFullName: `refs/tags/${name}`, commitId: 'f'.repeat(40) },
  });
  const send = (name: string) => town.system.cloud.admin.emitEvent(town.system.cloud.accounts.tools, event(name));
  await Promise.all([send('v1.0'), send('v1.0')]);
  await market.git('push', '--quiet', remote(), '--delete', 'refs/tags/v1.0');
  await send('v1.0');
  // A push after it is released as ever, so what came before was looked at.
  const commit = await market.push(service('carts', '3'));
  expect(await released(commit, ['carts'])).toEqual(['carts']);
  expect((await releases()).filter(({ id }) => !before.some((it) => it.id === id)).map(({ application }) => application)).toEqual(['carts']);
});

it('an application that is built with SAM, from a samconfig.toml in its folder', { timeout: 180_000 }, async () => {
  const template = {
    AWSTemplateFormatVersion: '2010-09-09',
    Transform: 'AWS::Serverless-2016-10-31',
    Resources: { Api: { Type: 'AWS::Serverless::Function', Properties: { Runtime: 'nodejs24.x', Handler: 'index.handler', CodeUri: 'src/' } } },
  };
  await market.git('rm', '--quiet', 'services/carts/drawbridge.yaml');
  const commit = await market.push(
    within('services/carts', {
      'samconfig.toml': 'version = 0.1\n[dev.deploy.parameters]\nstack_name = "carts-dev"\n',
      'template.yaml': JSON.stringify(template),
      'src/index.mjs': 'export const handler = async () => "tea";\n',
      'src/package.json': '{ "name": "carts", "version": "1.0.0" }\n',
    }),
  );
  expect(await released(commit, ['carts'])).toEqual(['carts']);
  const { id = '' } = (await releases()).find((it) => it.commit === commit) ?? {};
  const shown = await town.show(id);
  expect([shown.release.reason, outcomes(shown)]).toEqual([undefined, { dev: 'deployed' }]);
});
