import { CloudFormationClient, DescribeStacksCommand, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { registryWith } from './office.ts';
import { parametersApplication } from './templates.ts';
import { type Application, outcomes, type Shown, Town } from './town.ts';

let town: Town;
beforeAll(async () => {
  town = await Town.build();
  await town.quickApplications('orders', 'carts');
  await town.system.register(registryWith(town, ['orders', 'carts'], { dev: {}, prod: { approval: { approvers: ['alex', 'robin'] } } }));
}, 240_000);
afterAll(() => town.close());

const version = (size: string, resources: Readonly<Record<string, string>>, order: readonly string[] = ['dev', 'prod']): Record<string, string> => ({
  'template.yaml': stringify({ Parameters: { Size: { Type: 'String' } }, Resources: Object.fromEntries(Object.entries(resources).map(([id, Value]) => [id, { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value } }])) }),
  'drawbridge.yaml': stringify({ version: 1, build: { kind: 'cloudformation' }, order, parameters: { Size: size } }),
});

async function toProd(app: Application, files: Readonly<Record<string, string>>): Promise<{ id: string; asked: Shown; shown: Shown }> {
  const id = await app.releaseOf(await app.push(files));
  const asked = await town.waitsIn(id, 'prod');
  await town.decide(id, 'prod', 'approve', 'robin');
  return { id, asked, shown: await town.ended(id) };
}

/** What is in production now. */
async function inProd(stack: string): Promise<{ template: string; parameters: Record<string, string> }> {
  const client = new CloudFormationClient(town.client('prod'));
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stack }));
  const { TemplateBody = '' } = await client.send(new GetTemplateCommand({ StackName: stack }));
  return { template: TemplateBody, parameters: Object.fromEntries((Stacks[0]?.Parameters ?? []).map(({ ParameterKey = '', ParameterValue = '' }) => [ParameterKey, ParameterValue])) };
}

it('one command and one approval put the earlier template and parameters back, and the story tells it', async () => {
  const app = town.application('orders');
  const good = await toProd(app, version('small', { One: '1' }));
  const before = await inProd('orders-prod');
  const bad = await toProd(app, version('large', { One: '2', Two: '2' }));
  expect(bad.asked.approvals[0]).toMatchObject({ wayBack: [`drawbridge rollback orders prod --to ${good.id} deletes 1 resource that this adds, changes 1 resource back.`] });
  expect((await inProd('orders-prod')).parameters).toEqual({ Size: 'large' });

  const { release: back } = (await town.ask('POST', '/applications/orders/environments/prod/rollback', { reason: 'no tea' })) as { release: string };
  await town.waitsIn(back, 'prod');
  await expect(town.decide(back, 'prod', 'approve', 'alex')).rejects.toThrow(/cannot approve/);
  await town.decide(back, 'prod', 'approve', 'robin');
  const shown = await town.ended(back);
  expect(outcomes(shown)).toEqual({ prod: 'deployed' });
  expect(await inProd('orders-prod')).toEqual(before);
  expect(shown.story.map(({ text }) => text).join('\n')).toMatch(new RegExp(`Takes prod back from ${bad.id} to ${good.id}: no tea[^]*robin said yes`));
  await expect(town.ask('POST', '/applications/orders/environments/prod/rollback', {})).rejects.toThrow(/nothing else ran there/);
});

it('nothing starts in an environment that is halted, and what ended there can be tried again', async () => {
  const app = town.application('orders');
  await town.ask('POST', '/environments/prod/halt', { reason: 'the sale' });
  const shown = await app.release(version('medium', { One: '3' }));
  expect(outcomes(shown)).toEqual({ dev: 'deployed', prod: 'frozen' });
  expect(shown.release.reason).toMatch(/^prod: prod is halted by .*alex: the sale\./);
  expect(await town.ask('GET', '/status')).toMatchObject({ halted: [{ environment: 'prod', reason: 'the sale' }] });
  expect(await town.ask('POST', '/environments/prod/resume')).toMatchObject({ halted: [], frozen: [{ application: 'orders', release: shown.release.id, environment: 'prod' }] });
  await town.ask('POST', `/releases/${shown.release.id}/retry`);
  await town.waitsIn(shown.release.id, 'prod');
});

it('a yes while the environment is halted deploys nothing, and stands when it is tried again after the resume', async () => {
  const id = (await town.application('orders').releases())[0]?.id ?? '';
  await town.ask('POST', '/environments/prod/halt', { reason: 'the sale again' });
  expect(await town.ask('GET', `/releases/${id}`)).toMatchObject({ approvals: [{ halted: [expect.stringMatching(/^prod is halted since .*: the sale again\. A yes now would deploy nothing/)] }] });
  await town.decide(id, 'prod', 'approve', 'robin');
  expect(outcomes(await town.ended(id))).toEqual({ dev: 'deployed', prod: 'frozen' });
  expect(await town.ask('POST', '/environments/prod/resume')).toMatchObject({ frozen: [{ application: 'orders', release: id, environment: 'prod' }] });
  await town.ask('POST', `/releases/${id}/retry`);
  expect(outcomes(await town.ended(id))).toEqual({ dev: 'deployed', prod: 'deployed' });
});

it('a release that is called off begins nothing more: its question is withdrawn', async () => {
  const app = town.application('orders');
  const id = await app.releaseOf(await app.push(version('huge', { One: '4' })));
  await town.waitsIn(id, 'prod');
  expect(await town.ask('POST', `/releases/${id}/cancel`, { reason: 'wrong branch' })).toMatchObject({ sentences: [`Nothing more of ${id} begins.`, 'The question about prod is withdrawn.'] });
  const shown = await town.ended(id);
  expect(shown.release).toMatchObject({ outcome: 'cancelled', reason: expect.stringMatching(/^Cancelled by .*alex: wrong branch\.$/) as string });
  expect(outcomes(shown)).toEqual({ dev: 'deployed', prod: 'cancelled' });
  await expect(town.decide(id, 'prod', 'approve', 'robin')).rejects.toThrow(/cancelled/);
  await expect(town.ask('POST', `/releases/${id}/cancel`, {})).rejects.toThrow(/nothing to call off/);
});

it('a release can be taken on to an environment that its files do not name', async () => {
  const app = town.application('carts');
  const shown = await app.release(parametersApplication({ values: { One: '1' }, order: ['dev'] }));
  const { id } = shown.release;
  await town.ask('POST', `/releases/${id}/environments/prod/promote`);
  await town.waitsIn(id, 'prod');
  await town.decide(id, 'prod', 'approve', 'robin');
  expect(outcomes(await town.ended(id))).toEqual({ dev: 'deployed', prod: 'deployed' });
  await expect(town.ask('POST', `/releases/${id}/environments/prod/promote`)).rejects.toThrow(/rollback carts prod/);
});
