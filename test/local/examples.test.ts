import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Application, outcomes, type Shown, Town } from './town.ts';

const names = ['static-template', 'products', 'notes'] as const;

let town: Town;
beforeAll(async () => {
  town = await Town.build();
  for (const app of await town.applications(...names)) await app.copyExample();
}, 120_000);
afterAll(() => town.close());

/**
 * Pushes an example and lets it go through all three accounts.
 * @param rounds a stack that can be planned only when another is deployed is asked for by itself
 */
async function deliver(app: Application, rounds = 1): Promise<Shown> {
  const release = await app.releaseOf(await app.push({}));
  for (let round = 0; round < rounds; round += 1) {
    await town.waitsIn(release, 'prod');
    await town.decide(release, 'prod', 'approve');
  }
  const shown = await town.ended(release);
  expect(shown.release.reason).toBeUndefined();
  expect(outcomes(shown)).toEqual({ dev: 'deployed', staging: 'deployed', prod: 'deployed' });
  return shown;
}

const outputsIn = (shown: Shown, stage: string): Record<string, string> => Object.assign({}, ...shown.targets.filter(({ environment }) => environment === stage).map(({ outputs }) => outputs)) as Record<string, string>;

async function ask(url: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(url, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

/** The same commit again, and nothing is to be done anywhere. */
async function again(app: Application, shown: Shown): Promise<void> {
  const second = await app.release({});
  expect(outcomes(second)).toEqual({ dev: 'no-changes', staging: 'no-changes', prod: 'no-changes' });
  expect(second.release.artifact).toBe(shown.release.artifact);
}

const stages = ['dev', 'staging', 'prod'] as const;

it.concurrent('static-template goes through three accounts with its nested stack, answers there, and is the same the next time', { timeout: 300_000 }, async () => {
  const app = town.application('static-template');
  const shown = await deliver(app);
  for (const stage of stages) {
    const { PageUrl = '' } = outputsIn(shown, stage);
    expect(await ask(PageUrl)).toMatchObject({ status: 200, body: { service: 'static-template', stage, table: expect.stringContaining(`static-template-${stage}-Visits`) as string } });
  }
  await again(app, shown);
});

it.concurrent('products is packaged for each stage from one commit, answers there, and is the same artifact the next time', { timeout: 300_000 }, async () => {
  const app = town.application('products');
  const shown = await deliver(app);
  // What serverless.yml switches on and off by stage.
  const only = { fill: { dev: 200, staging: 404, prod: 404 }, alarm: { dev: 0, staging: 0, prod: 1 } };
  for (const stage of stages) {
    const { HttpApiUrl = '' } = outputsIn(shown, stage);
    const created = await ask(`${HttpApiUrl}/product/create`, { name: 'Kettle', price: 30 });
    expect(created).toMatchObject({ status: 201, body: { name: 'Kettle', price: 30 } });
    expect(await ask(`${HttpApiUrl}/product/find/${String(created.body['id'])}`)).toMatchObject({ status: 200, body: { name: 'Kettle', stage } });
    expect((await ask(`${HttpApiUrl}/product/fill`, {})).status).toBe(only.fill[stage]);
    const { StackResources = [] } = await new CloudFormationClient(town.client(stage)).send(new DescribeStackResourcesCommand({ StackName: `products-${stage}` }));
    expect(StackResources.filter(({ ResourceType }) => ResourceType === 'AWS::CloudWatch::Alarm')).toHaveLength(only.alarm[stage]);
    expect(StackResources.map(({ LogicalResourceId }) => LogicalResourceId)).not.toContain('ServerlessDeploymentBucket');
  }
  await again(app, shown);
});

it.concurrent('notes goes through three accounts as two stacks, without anything of CDK there, and is the same artifact the next time', { timeout: 300_000 }, async () => {
  const app = town.application('notes');
  const shown = await deliver(app, 2);
  expect(shown.release.checks).toMatchObject([{ name: 'unit tests', passed: true }]);
  expect(shown.targets.map(({ stackName }) => stackName).sort()).toEqual(stages.flatMap((stage) => [`notes-api-${stage}`, `notes-data-${stage}`]).sort());
  for (const stage of stages) {
    const { Url = '' } = outputsIn(shown, stage);
    const created = await ask(`${Url}/notes`, { text: 'buy tea' });
    expect(created).toMatchObject({ status: 201, body: { text: 'buy tea' } });
    expect(await ask(`${Url}/notes/${String(created.body['id'])}`)).toMatchObject({ status: 200, body: { text: 'buy tea', stage } });
  }
  await again(app, shown);
});
