import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StoredParameter } from '../../../domain/lookups.ts';
import { aRecord, aRelease, aTarget } from '../../fakes/samples.ts';
import { aStage } from '../../fakes/stage.ts';

let at: ReturnType<typeof aStage>;

const stored = (value: string, version = 1): StoredParameter => ({ type: 'String', value, version, changedAt: `2026-01-0${String(version)}T00:00:00.000Z` });
const lookups = { Vpc: { store: 'target', path: '/vpc', file: 'drawbridge.yaml' }, Level: { store: 'tools', path: '/level', file: 'drawbridge.yaml' } } as const;

function stage(noEcho: string[] = []) {
  const made = aStage();
  const release = aRelease();
  made.records.release = aRelease({
    configuration: { build: { kind: 'sam', templates: [{ path: 'template.yaml' }] }, environments: [{ name: 'dev', targets: [aTarget({ lookups })] }], remarks: [] },
    ...(release.artifact === undefined ? {} : { artifact: { ...release.artifact, templates: release.artifact.templates.map((it) => ({ ...it, noEcho })) } }),
  });
  made.parameters.set('target:/vpc', stored('vpc-1')).set('tools:/level', stored('warn'));
  return made;
}

const given = () => Object.fromEntries(([...at.cloud.changeSets.values()][0]?.request.Parameters ?? []).map(({ ParameterKey = '', ParameterValue }) => [ParameterKey, ParameterValue]));

beforeEach(() => {
  at = stage();
});
afterEach(() => {
  at.cloud.restore();
});

describe('what is looked up', () => {
  it('goes into the change set beside the literal values, and the plan shows it', async () => {
    expect(await at.open()).toEqual({ answer: 'settled' });
    expect(given()).toEqual({ Size: '1', Vpc: 'vpc-1', Level: 'warn' });
    expect(at.records.plans.at(-1)?.parameters).toEqual({ Size: '1', Vpc: 'vpc-1', Level: 'warn' });
  });

  it('counts in the digest, so another value is another plan', async () => {
    await at.open();
    const first = at.record()?.digest;
    at.cloud.restore();
    at = stage();
    await at.open();
    expect(at.record()?.digest).toBe(first);
    at.cloud.restore();
    at = stage();
    at.parameters.set('tools:/level', stored('debug'));
    await at.open();
    expect(at.record()?.digest).not.toBe(first);
  });

  it('and is missing opens nothing', async () => {
    at.parameters.delete('target:/vpc');
    await expect(at.open()).rejects.toThrow(/\/vpc in Parameter Store of account 222222222222 .*drawbridge\.yaml/);
    expect(at.cloud.changeSets.size).toBe(0);
  });

  it.each([
    { what: 'as it was', noEcho: [], change: () => undefined, answer: { answer: 'execute' } },
    { what: 'another one in the target account', noEcho: [], change: () => at.parameters.set('target:/vpc', stored('vpc-2', 2)), answer: { outcome: 'stale' } },
    { what: 'another one in the tools account', noEcho: [], change: () => at.parameters.set('tools:/level', stored('debug', 2)), answer: { outcome: 'stale' } },
    { what: 'hidden, and another one', noEcho: ['Vpc'], change: () => at.parameters.set('target:/vpc', stored('vpc-2', 2)), answer: { outcome: 'stale' } },
    { what: 'gone', noEcho: [], change: () => at.parameters.delete('target:/vpc'), answer: { outcome: 'stale' } },
  ])('and is $what when it is to be executed', async ({ noEcho, change, answer }) => {
    at.cloud.restore();
    at = stage(noEcho);
    await at.open();
    await at.lock();
    change();
    expect(await at.check()).toMatchObject(answer);
  });

  it('and changed between two tries of the opening is stale: the change set has the older value', async () => {
    await at.open();
    const { lookedUp = {} } = at.record() ?? {};
    at.records.targets.set('dev/main', aRecord({ state: 'planning', createdShell: true, lookedUp }));
    at.parameters.set('target:/vpc', stored('vpc-2', 2));
    await at.open();
    expect(given()).toMatchObject({ Vpc: 'vpc-1' });
    expect(await at.check()).toMatchObject({ outcome: 'stale' });
  });

  it('and hidden is kept nowhere', async () => {
    at.cloud.restore();
    at = stage(['Vpc']);
    await at.open();
    expect(JSON.stringify([at.record(), at.records.plans])).not.toContain('vpc-1');
  });
});
