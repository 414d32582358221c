import { DescribeStackResourceCommand, CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../fakes/until.ts';
import { parametersApplication, takes } from './templates.ts';
import { outcomes, Town } from './town.ts';

let town: Town;
const names = ['two-pushes', 'doubled', 'lost-event', 'killed', 'waiting'] as const;
beforeAll(async () => {
  // Two seconds, so that a lost event does not cost the test a quarter of an hour.
  town = await Town.build(2);
  await town.quickApplications(...names);
}, 120_000);
afterAll(() => town.close());

const application = (name: (typeof names)[number]) => town.application(name);

/** The value that the stack's parameter has in the account now. */
async function deployedValue(name: string, environment: 'dev' | 'staging'): Promise<string | undefined> {
  const client = town.client(environment);
  const { StackResourceDetail } = await new CloudFormationClient(client).send(new DescribeStackResourceCommand({ StackName: `${name}-${environment}`, LogicalResourceId: 'One' }));
  const { Parameter } = await new SSMClient(client).send(new GetParameterCommand({ Name: StackResourceDetail?.PhysicalResourceId ?? '' }));
  return Parameter?.Value;
}

it('two pushes in quick succession end with the newer one everywhere', { timeout: 120_000 }, async () => {
  const app = application('two-pushes');
  await app.push(parametersApplication({ values: { One: 'older' } }));
  const newer = await app.releaseOf(await app.push(parametersApplication({ values: { One: 'newer' } })));
  expect((await town.ended(newer)).release.outcome).toBe('deployed');
  await until('every release has ended', async () => (await app.releases()).every(({ state }) => state === 'ended'), 120_000);
  expect(await deployedValue(app.name, 'dev')).toBe('newer');
  expect(await deployedValue(app.name, 'staging')).toBe('newer');
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
    // The stack outlives the first look, so only the event or a later look can end the wait.
    const shown = await app.release(parametersApplication({ values: { One: '1' }, resources: takes(3) }));
    expect(outcomes(shown)).toEqual({ dev: 'deployed', staging: 'deployed' });
  } finally {
    await town.system.cloud.admin.dropStackEvents(0);
  }
});

it('functions killed in the middle end in the right outcome', { timeout: 120_000 }, async () => {
  const app = application('killed');
  const release = await app.releaseOf(await app.push(parametersApplication({ values: { One: '1' }, resources: takes(2) })));
  await until('the release is planned somewhere', async () => (await town.show(release)).story.some(({ kind }) => kind === 'planned'));
  // Killed again and again while it executes, then left alone. Not the stack's own function: whose is killed, its stack waits for an hour, as on AWS.
  const { admin, accounts } = town.system.cloud;
  for (let round = 0; round < 5; round += 1) {
    await admin.killFunctions(accounts.tools);
    await until('the door answers again', () => town.show(release));
  }
  expect(outcomes(await town.ended(release))).toEqual({ dev: 'deployed', staging: 'deployed' });
});

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
