import { DescribeStacksCommand, CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../fakes/until.ts';
import { parametersApplication } from './templates.ts';
import { type Application, outcomes, Town } from './town.ts';

let town: Town;
let applications: Application[];
const names = ['two-pushes', 'doubled', 'lost-event', 'killed', 'waiting'] as const;
beforeAll(async () => {
  // Two seconds, so that a lost event does not cost the test a quarter of an hour.
  town = await Town.build(2);
  applications = await town.applications(...names);
}, 120_000);
afterAll(() => town.close());

const application = (name: (typeof names)[number]): Application => {
  const found = applications.find((it) => it.name === name);
  if (found === undefined) throw new Error(`no application ${name}`);
  return found;
};

async function deployedRelease(name: string, environment: 'dev' | 'staging'): Promise<string | undefined> {
  const { cloud } = town.system;
  const client = new CloudFormationClient({ endpoint: cloud.endpoint, region: cloud.region, credentials: cloud.credentials(cloud.accounts[environment]) });
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: `${name}-${environment}` }));
  return Stacks?.[0]?.Tags?.find(({ Key }) => Key === 'drawbridge:release')?.Value;
}

it('two pushes in quick succession end with the newer one everywhere', { timeout: 120_000 }, async () => {
  const app = application('two-pushes');
  await app.push(parametersApplication({ values: { One: 'older' } }));
  const newer = await app.releaseOf(await app.push(parametersApplication({ values: { One: 'newer' } })));
  expect((await town.ended(newer)).release.outcome).toBe('deployed');
  await until('every release has ended', async () => (await app.releases()).every(({ state }) => state === 'ended'), 60_000);
  expect(await deployedRelease(app.name, 'dev')).toBe(newer);
  expect(await deployedRelease(app.name, 'staging')).toBe(newer);
});

it('the same event twice ends with one release', { timeout: 120_000 }, async () => {
  const app = application('doubled');
  const commit = await app.push(parametersApplication({ values: { One: '1' } }));
  const event = {
    source: 'aws.codecommit',
    'detail-type': 'CodeCommit Repository State Change',
    detail: { event: 'referenceUpdated', repositoryName: app.name, referenceType: 'branch', referenceName: 'main', referenceFullName: 'refs/heads/main', commitId: commit },
  };
  await Promise.all([1, 2, 3].map(() => town.system.cloud.admin.emitEvent(town.system.cloud.accounts.tools, event)));
  const release = await app.releaseOf(commit);
  expect((await town.ended(release)).release.outcome).toBe('deployed');
  expect(await app.releases()).toHaveLength(1);
});

it('a lost CloudFormation event costs a delay, not the outcome', { timeout: 120_000 }, async () => {
  const app = application('lost-event');
  await town.system.cloud.admin.dropStackEvents(1000);
  try {
    const shown = await app.release(parametersApplication({ values: { One: '1' } }));
    expect(outcomes(shown)).toEqual({ dev: 'deployed', staging: 'deployed' });
  } finally {
    await town.system.cloud.admin.dropStackEvents(0);
  }
});

it('functions killed in the middle end in the right outcome', { timeout: 120_000 }, async () => {
  const app = application('killed');
  const release = await app.releaseOf(await app.push(parametersApplication({ values: { One: '1' } })));
  const killing = setInterval(() => void town.system.cloud.admin.killFunctions(), 700);
  try {
    await until('five rounds of killing are over', () => Promise.resolve(new Date() > end), 10_000);
  } finally {
    clearInterval(killing);
  }
  expect(outcomes(await town.ended(release))).toEqual({ dev: 'deployed', staging: 'deployed' });
});
const end = new Date(Date.now() + 3_500);

it('a newer release supersedes an older one that waits, and only the newer can be approved', { timeout: 120_000 }, async () => {
  const app = application('waiting');
  const order = ['prod'];
  const older = await app.releaseOf(await app.push(parametersApplication({ values: { One: 'older' }, order })));
  await town.waitsIn(older, 'prod');
  const newer = await app.releaseOf(await app.push(parametersApplication({ values: { One: 'newer' }, order })));
  await town.waitsIn(newer, 'prod');
  expect((await town.ended(older)).release.outcome).toBe('superseded');
  await expect(town.decide(older, 'prod', 'approve')).rejects.toThrow(/supersed/i);
  await town.decide(newer, 'prod', 'approve');
  expect((await town.ended(newer)).release.outcome).toBe('deployed');
});
