import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Deployed } from '../../../contracts/plan.ts';
import { aRelease, aTarget } from '../../fakes/samples.ts';
import { aStage } from '../../fakes/stage.ts';

let at: ReturnType<typeof aStage>;
const reference = 'environments.first.outputs.ApiUrl';
const lookups = { Url: { store: 'environment', path: reference, file: 'drawbridge.yaml' } } as const;
const takes = { [reference]: { environment: 'first', target: 'main', output: 'ApiUrl' } };

const deployFirst = (outputs: Record<string, string>) =>
  at.records.deployed.set('first/main', { application: 'orders', environment: 'first', target: 'main', account: '222222222222', region: 'eu-west-1', stackName: 'orders-first', release: 'orders-11-00000000', commit: 'c', sequence: 11, fence: 1, deployedAt: '', outputs } satisfies Deployed);

function release(fields: Parameters<typeof aTarget>[0], mode: 'deploy' | 'plan' = 'deploy') {
  at.records.release = aRelease({ mode, configuration: { build: { kind: 'sam', templates: [{ path: 'template.yaml' }] }, environments: [{ name: 'dev', targets: [aTarget({ takes, ...fields })] }], remarks: [] } });
}
const given = () => [...at.cloud.changeSets.values()][0]?.request.Parameters?.find(({ ParameterKey }) => ParameterKey === 'Url')?.ParameterValue;

beforeEach(() => {
  at = aStage();
  release({ lookups });
});
afterEach(() => {
  at.cloud.restore();
});

describe('an output of an earlier environment', () => {
  it('goes into the change set as it is deployed there, and is kept for what comes after the stack', async () => {
    deployFirst({ ApiUrl: 'https://first.example' });
    await at.open();
    expect(given()).toBe('https://first.example');
    expect(at.record()).toMatchObject({ state: 'planned', taken: { [reference]: 'https://first.example' } });
  });

  it('that is not there opens nothing', async () => {
    await expect(at.open()).rejects.toThrow(/nothing was ever deployed into first/);
    expect(at.cloud.changeSets.size).toBe(0);
  });

  it('that is not there yet is waited for by a release that only looks', async () => {
    release({ lookups }, 'plan');
    await at.open();
    expect(at.record()).toMatchObject({ state: 'deferred', reason: 'orders-dev is planned when first is deployed, and is judged then.' });
  });

  it('that holds a reference to a secret is not taken as a parameter', async () => {
    deployFirst({ ApiUrl: '{{resolve:secretsmanager:other}}' });
    await expect(at.open()).rejects.toThrow(/The output ApiUrl of the environment first, .* holds a dynamic reference/);
  });

  it.each([
    ['the same', 'https://first.example', { answer: 'execute' }],
    ['another one', 'https://second.example', { outcome: 'stale', reason: 'The output ApiUrl of the environment first, which Url is taken from, changed since this was planned. It is planned again.' }],
  ])('is %s when the plan is to be executed', async (_, now, answer) => {
    deployFirst({ ApiUrl: 'https://first.example' });
    await at.open();
    await at.lock();
    deployFirst({ ApiUrl: now });
    expect(await at.check()).toMatchObject(answer);
  });

  it('counts in the digest of a step that takes it, so another value makes the plan stale', async () => {
    release({ steps: [{ kind: 'parameters', values: { '/orders/first': `\${${reference}}` } }] });
    deployFirst({ ApiUrl: 'https://first.example' });
    await at.open();
    await at.lock();
    expect(at.records.plans.at(-1)?.steps?.[0]?.text).toBe('Writes the parameter /orders/first (https://first.example).');
    expect(await at.check()).toMatchObject({ answer: 'execute' });
    deployFirst({ ApiUrl: 'https://second.example' });
    expect(await at.check()).toMatchObject({ outcome: 'stale' });
  });
});
