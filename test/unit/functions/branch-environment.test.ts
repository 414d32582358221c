import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ownerTags } from '../../../domain/owner-tags.ts';
import { reportEnvironment } from '../../../functions/report-environment/handler.ts';
import { takeUpEnvironment } from '../../../functions/take-up-environment/handler.ts';
import { FakeRecords } from '../../fakes/records.ts';
import { aRecord, aRelease, aTarget, task } from '../../fakes/samples.ts';
import { aStage } from '../../fakes/stage.ts';

const name = 'login-k3xq2ab';
const branch = 'feature/login';
const life = { timeToLiveSeconds: 86_400, idleSeconds: 3600, atOnce: 1 };
const tags = ownerTags({ application: 'orders', environment: name, branch });
const target = aTarget({ stackName: `orders-${name}`, tags, url: '${outputs.Url}' });
const release = aRelease({ branch, configuration: { build: { kind: 'sam', templates: [] }, environments: [{ name, registered: 'sandbox', branch, life, targets: [target] }], remarks: [] } });
const sandbox = { disposable: true, branches: ['feature/*'], targets: [{ account: 'dev', region: 'eu-west-1', wave: 1 }] };
const input = { release: release.id, environment: name, attempt: 1, round: 1 };

function prepare(records: FakeRecords): FakeRecords {
  records.release = release;
  Object.assign(records.registry.environments, { sandbox });
  records.head = { commit: release.commit, release: release.id, version: 1 };
  return records;
}

describe('a release that takes up its branch’s environment', () => {
  let records: FakeRecords;
  beforeEach(() => {
    records = prepare(new FakeRecords());
  });
  const takeUp = () => takeUpEnvironment(records, records.where, input);
  const row = () => records.branches.rows.get(`orders/${name}`);

  it('has it from then on, whatever becomes of the release', async () => {
    expect(await takeUp()).toEqual({ answer: 'plan', targets: ['main'] });
    expect(row()).toMatchObject({ branch, registered: 'sandbox', repository: 'orders', release: release.id, sequence: 12, by: 'Kim', state: 'live', expiresAt: '2026-01-01T01:00:00.000Z' });
    expect(records.reports).toMatchObject([{ kind: 'started', environment: name, branch }]);
  });

  it('is refused before anything is planned where there is no room, and no row is left', async () => {
    records.branches.put({ application: 'orders', name: 'other-aaaaaaa', registered: 'sandbox', branch: 'feature/other', repository: 'orders', createdAt: '2026-01-01T00:00:00.000Z', releasedAt: '2026-01-01T00:00:00.000Z', expiresAt: '2026-01-02T00:00:00.000Z', release: 'orders-3-00000000', sequence: 3, by: 'Kim', state: 'live', version: 1 });
    expect(await takeUp()).toEqual({ answer: 'closed', targets: [] });
    expect(row()).toBeUndefined();
    expect(records.environments.get(name)).toMatchObject({ state: 'ended', outcome: 'rejected', reason: expect.stringContaining('The oldest is other-aaaaaaa') as string });
  });

  it.each([
    ['deleted', { commit: release.commit, because: 'deleted' }],
    ['merged', { commit: release.commit, because: 'ended' }],
  ] as const)('goes no further where the branch was %s while it was built, and whoever settles it finds the row', async (_, rests) => {
    records.head = { commit: release.commit, release: release.id, version: 2, rests };
    expect(await takeUp()).toEqual({ answer: 'closed', targets: [] });
    expect(row()).toMatchObject({ state: 'removing' });
    expect(records.reports).toMatchObject([{ kind: 'superseded', branch, outcome: 'superseded' }]);
  });

  it('goes no further where the environment is not registered as disposable any more, or a registered one became so', async () => {
    Object.assign(records.registry.environments, { sandbox: { ...sandbox, disposable: false } });
    await takeUp();
    expect(records.environments.get(name)).toMatchObject({ outcome: 'frozen', reason: expect.stringContaining('sandbox is not disposable any more') as string });
    Object.assign(records.registry.environments, { dev: { ...sandbox, branches: ['main', branch] } });
    records.release = aRelease({ branch });
    await takeUpEnvironment(records, records.where, { ...input, environment: 'dev' });
    expect(records.environments.get('dev')).toMatchObject({ outcome: 'frozen', reason: expect.stringContaining('dev is disposable now') as string });
  });
});

describe('a branch’s environment that was deployed', () => {
  it('is told of with its address, which is kept', async () => {
    const records = prepare(new FakeRecords());
    await takeUpEnvironment(records, records.where, input);
    records.targets.set(`${name}/main`, aRecord({ environment: name, state: 'ended', outcome: 'deployed', outputs: { Url: 'https://login.example.com' } }));
    expect(await reportEnvironment(records, records.where, input)).toEqual({ outcome: 'deployed' });
    expect(records.branches.rows.get(`orders/${name}`)).toMatchObject({ url: 'https://login.example.com' });
    expect(records.reports.at(-1)).toMatchObject({ kind: 'ended', branch, outcome: 'deployed', text: `${name}: deployed. It is at https://login.example.com.` });
  });

  it('is not said to be there where it was ended meanwhile', async () => {
    const records = prepare(new FakeRecords());
    await takeUpEnvironment(records, records.where, input);
    const [row] = records.branches.rows.values();
    if (row !== undefined) records.branches.put({ ...row, state: 'removing' });
    records.targets.set(`${name}/main`, aRecord({ environment: name, state: 'ended', outcome: 'deployed', outputs: { Url: 'https://login.example.com' } }));
    await reportEnvironment(records, records.where, input);
    expect(records.reports.at(-1)?.text).toBe(`${name}: deployed.`);
  });
});

describe('the stack of a branch’s environment', () => {
  let at: ReturnType<typeof aStage>;
  beforeEach(() => {
    at = aStage(name);
    prepare(at.records);
  });
  afterEach(() => {
    at.cloud.restore();
  });
  const stack = (given: Readonly<Record<string, string>>) => {
    at.cloud.addStack(`orders-${name}`, 'CREATE_COMPLETE').tags = { ...given };
  };

  it('is deployed to again, and not where the branch was ended under the lock', async () => {
    await takeUpEnvironment(at.records, at.where, input);
    stack(tags);
    expect(await at.open()).toEqual({ answer: 'settled' });
    await at.lock();
    expect(await at.check()).toEqual({ answer: 'execute' });
    const [row] = at.records.branches.rows.values();
    if (row !== undefined) at.records.branches.put({ ...row, state: 'removing', sequence: 13, reason: 'The branch was deleted.' });
    expect(await at.check()).toEqual({ answer: 'close', outcome: 'superseded', reason: `${name} was ended after this release: The branch was deleted. Push again to have it anew.` });
  });

  it('that was half made is noted, to be removed with the branch; that of another environment is not', async () => {
    const fail = async () => {
      await at.open();
      await at.lock();
      await at.check();
      await at.execute();
      at.cloud.move(`orders-${name}`, 'ROLLBACK_COMPLETE');
      await at.close({ fence: 1, outcome: 'failed', clean: true, reason: 'Hello: no code' });
    };
    await takeUpEnvironment(at.records, at.where, input);
    await fail();
    expect(at.records.deployed.get(`${name}/main`)).toMatchObject({ broken: true, registered: 'sandbox', branch, stackName: `orders-${name}` });
    at.cloud.restore();
    at = aStage(name);
    at.records.registry.environments[name] = { ...sandbox, disposable: false, branches: ['main'] };
    at.records.release = aRelease({ configuration: { build: { kind: 'sam', templates: [] }, environments: [{ name, targets: [target] }], remarks: [] } });
    await fail();
    expect(at.records.targets.get(`${name}/main`)).toMatchObject({ outcome: 'failed' });
    expect(at.records.deployed.size).toBe(0);
  });

  it.each([
    ['that was there before', { team: 'shop' }, 'not made by Drawbridge'],
    ['of an environment that is not disposable', ownerTags({ application: 'orders', environment: 'dev' }), 'belongs to dev of orders'],
  ])('is never one %s', async (_, given, words) => {
    stack(given);
    expect(await at.open()).toEqual({ answer: 'settled' });
    expect(at.records.targets.get(`${name}/${task.target}`)).toMatchObject({ outcome: 'failed', clean: true, reason: expect.stringContaining(words) as string });
    expect(at.cloud.changeSets.size).toBe(0);
  });

  it('is never taken over by another environment, nor removed for one when it was half made', async () => {
    at.records.release = aRelease({ configuration: { build: { kind: 'sam', templates: [] }, environments: [{ name, targets: [aTarget({ stackName: `orders-${name}` })] }], remarks: [] } });
    at.cloud.addStack(`orders-${name}`, 'ROLLBACK_COMPLETE').tags = { ...tags };
    expect(await at.open()).toEqual({ answer: 'settled' });
    expect(at.records.targets.get(`${name}/${task.target}`)).toMatchObject({ outcome: 'failed', reason: expect.stringContaining(`belongs to ${name} of orders`) as string });
  });
});
