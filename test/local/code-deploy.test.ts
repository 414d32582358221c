import { cp } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { CodeDeployClient, ListDeploymentsCommand } from '@aws-sdk/client-codedeploy';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { registryWith } from './office.ts';
import { aliasToShift, shifts } from './shift.ts';
import { type Application, outcomes, Town } from './town.ts';

const example = fileURLToPath(new URL('../../examples/web-revision', import.meta.url));
const group = { applicationName: 'web-revision', deploymentGroupName: 'web' };
const stages = ['dev', 'staging', 'prod'] as const;

let town: Town;
let app: Application;
beforeAll(async () => {
  town = await Town.build(8);
  await town.system.prepareTargets(example);
  const [made] = await town.applications('web-revision');
  if (made === undefined) throw new Error('no application');
  app = made;
  await cp(example, app.folder, { recursive: true });
}, 120_000);
afterAll(() => town.close());

/** What the instance of each account answers. */
async function answers(): Promise<Record<string, unknown>> {
  const instances = await town.system.cloud.admin.instances();
  const asked = stages.map(async (stage) => {
    const port = instances.find(({ account }) => account === town.system.cloud.accounts[stage])?.port;
    return [stage, await (await fetch(`http://127.0.0.1:${String(port)}/`)).json()] as const;
  });
  return Object.fromEntries(await Promise.all(asked));
}

const content = (greeting: string, healthy = true) => ({ 'revision/site/content.mjs': `export const greeting = '${greeting}';\nexport const healthy = () => ${String(healthy)};\n` });
const client = (stage: (typeof stages)[number]) => new CodeDeployClient(town.client(stage));

it('a revision goes through three accounts, is approved as what would change, and answers there', { timeout: 180_000 }, async () => {
  const release = await app.releaseOf(await app.push({}));
  const waiting = await town.waitsIn(release, 'prod');
  expect(waiting.story.filter(({ kind }) => kind === 'planned').at(-1)?.text).toMatch(/revision [0-9a-f]{12}, the first/);
  await town.decide(release, 'prod', 'approve');
  expect(outcomes(await town.ended(release))).toEqual({ dev: 'deployed', staging: 'deployed', prod: 'deployed' });
  expect(Object.values(await answers())).toEqual(stages.map(() => expect.objectContaining({ service: 'web-revision', greeting: 'Hello from the first revision' }) as unknown));
});

it('the same revision again changes nothing, and nobody is asked', { timeout: 120_000 }, async () => {
  const again = await app.release({ 'NOTES.md': 'nothing that is deployed' });
  expect(outcomes(again)).toEqual({ dev: 'no-changes', staging: 'no-changes', prod: 'no-changes' });
  expect(again.approvals).toEqual([]);
  expect((await client('prod').send(new ListDeploymentsCommand(group))).deployments).toHaveLength(1);
});

it('a revision that ValidateService refuses is rolled back by CodeDeploy, and the release says so with the last words of the script', { timeout: 120_000 }, async () => {
  const failed = await app.release(content('Never seen', false), 'Break its health');
  expect(outcomes(failed)).toEqual({ dev: 'rolled-back' });
  const [dev] = failed.targets.filter(({ environment }) => environment === 'dev');
  expect(dev).toMatchObject({ outcome: 'rolled-back', clean: true });
  expect(dev?.reason).toMatch(/ValidateService \(scripts\/validate\.sh\) on i-\w+: .*exit code 1\..*no healthy answer.*503.*CodeDeploy rolled it back with d-\w+/);
  expect((await answers())['dev']).toMatchObject({ greeting: 'Hello from the first revision' });
});

it('a deployment whose events are lost is found by looking', { timeout: 120_000 }, async () => {
  await town.system.cloud.admin.dropEvents(100, 'aws.codedeploy');
  const shown = await app.release({ ...content('The second'), 'drawbridge.yaml': 'version: 1\nbuild: { kind: codedeploy, revision: revision }\norder: [dev]\n' }, 'Greet again');
  await town.system.cloud.admin.dropEvents(0, 'aws.codedeploy');
  expect(outcomes(shown)).toEqual({ dev: 'deployed' });
  expect(await answers()).toMatchObject({ dev: { greeting: 'The second' }, staging: { greeting: 'Hello from the first revision' } });
});

it('an alias of a Lambda function is shifted when its hook says yes, and stays when it says no', { timeout: 120_000 }, async () => {
  const [shift] = await town.applications('greet');
  const alias = await aliasToShift(town);
  const codeDeploy = { application: 'greet', group: 'live' };
  await town.system.register(registryWith(town, ['greet'], { dev: { targets: [{ account: 'dev', region: town.system.cloud.region, codeDeploy }] } }));
  const shifted = await shift?.release(shifts(1, 2));
  expect(shifted?.targets.map(({ outcome, reason }) => [outcome, reason])).toEqual([['deployed', undefined]]);
  expect(await alias.version()).toBe('2');
  const failed = await shift?.release(shifts(2, 3));
  expect(failed?.targets).toMatchObject([{ outcome: expect.stringMatching(/rolled-back|failed/) as string, reason: expect.stringMatching(/BeforeAllowTraffic \(ask-first\)/) as string }]);
  expect(await alias.version()).toBe('2');
});

it('only the execute role deploys, and each instance downloads as its own role what is sealed for the application', async () => {
  const calls = await town.system.cloud.admin.calls();
  const deploying = calls.filter(({ service, action }) => service === 'codedeploy' && action === 'CreateDeployment');
  expect(new Set(deploying.map(({ principal }) => /assumed-role\/([^/]+)/.exec(principal)?.[1]))).toEqual(new Set(['drawbridge-execute']));
  const downloads = calls.filter(({ service, action, principal }) => service === 's3' && action === 'GetObject' && /\/i-\w+$/.test(principal));
  expect(downloads.length).toBeGreaterThanOrEqual(6);
  for (const { resource, status } of downloads) expect([resource, status]).toEqual([expect.stringContaining('/sealed/web-revision/') as string, 200]);
});
