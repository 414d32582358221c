import { beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../../domain/judge.ts';
import { nextWave } from '../../../functions/choose-next-wave/handler.ts';
import { judgePlans } from '../../../functions/judge-plans/handler.ts';
import { reportEnvironment } from '../../../functions/report-environment/handler.ts';
import { takeUpEnvironment } from '../../../functions/take-up-environment/handler.ts';
import { FakeRecords } from '../../fakes/records.ts';
import { aRecord, aRelease, aTarget, environmentTask } from '../../fakes/samples.ts';

let records: FakeRecords;

beforeEach(() => {
  records = new FakeRecords();
});

const takeUp = () => takeUpEnvironment(records, records.where, environmentTask);
const judge = (round = 1) => judgePlans(records, records.where, { ...environmentTask, round });
const choose = (round = 1) => nextWave(records, records.where, { ...environmentTask, round });
const end = (error?: { Error: string; Cause?: string }) => reportEnvironment(records, records.where, { ...environmentTask, error });
const put = (fields: Parameters<typeof aRecord>[0]) => {
  const record = aRecord(fields);
  records.targets.set(`${record.environment}/${record.target}`, record);
};
const askFor = (expiresInSeconds: number) => {
  records.release = aRelease({
    configuration: {
      build: { kind: 'sam', templates: [{ path: 'template.yaml' }] },
      environments: [{ name: 'dev', targets: [aTarget()], approval: { quorums: [{ from: 'approvers', approvers: ['alex'], required: 1 }], breakGlass: [], expiresInSeconds, remindInSeconds: expiresInSeconds - 60, authorMayApprove: false } }],
      remarks: [],
    },
  });
};

describe('an environment', () => {
  it('is planned, executed and reported as deployed', async () => {
    expect(await takeUp()).toEqual({ answer: 'plan', targets: ['main'] });
    put({});
    expect(await judge()).toEqual({ answer: 'go' });
    expect(await choose()).toEqual({ answer: 'wave', targets: ['main'] });
    put({ state: 'ended', outcome: 'deployed' });
    expect(await choose()).toEqual({ answer: 'done', targets: [] });
    expect(await end()).toEqual({ outcome: 'deployed' });
    expect(records.reports.map(({ kind }) => kind)).toEqual(['started', 'planned', 'ended']);
    expect(records.environments.get('dev')).toMatchObject({ state: 'ended', outcome: 'deployed' });
  });

  describe('with tests', () => {
    beforeEach(() => {
      records.release = aRelease({ configuration: { build: { kind: 'sam', templates: [] }, environments: [{ name: 'dev', targets: [aTarget({ tests: [{ url: 'https://x.example', status: 200, withinSeconds: 60 }] })] }], remarks: [] } });
    });

    it('is tested when all of it is deployed, and not when something went wrong', async () => {
      put({});
      expect(await choose()).toEqual({ answer: 'wave', targets: ['main'] });
      put({ state: 'ended', outcome: 'deployed' });
      expect(await choose()).toEqual({ answer: 'test', targets: [] });
      put({ state: 'ended', outcome: 'failed' });
      expect(await choose()).toEqual({ answer: 'done', targets: [] });
    });

    it('is tested also where nothing changed, but not where it is only looked at', async () => {
      put({ state: 'ended', outcome: 'no-changes' });
      expect(await judge()).toEqual({ answer: 'test' });
      records.release = { ...records.release, mode: 'plan' };
      expect(await judge()).toEqual({ answer: 'nothing' });
    });
  });

  it('is looked at before the first release into it, each account and Region once', async () => {
    records.unexamined.add('222222222222#eu-west-1');
    expect(await takeUp()).toEqual({ answer: 'examine', targets: ['main'], places: [{ account: '222222222222', region: 'eu-west-1', externalId: aTarget().externalId }] });
  });

  it('asks for as long as the registered environments give people time', async () => {
    askFor(3600);
    records.registry.environments['dev'] = { branches: ['main'], disposable: false, targets: [{ account: 'dev', region: 'eu-west-1', wave: 1 }] };
    put({});
    expect(await judge()).toEqual({ answer: 'ask', expiresInSeconds: 3600, remindInSeconds: 3540 });
    expect(records.environments.get('dev')).toMatchObject({ state: 'waiting', digest: digestOf(['main'], [aRecord()]) });
  });

  it('ignores what an earlier round planned', async () => {
    put({ attempt: '1-1' });
    expect(await judge(2)).toEqual({ answer: 'failed' });
    expect(await choose(2)).toEqual({ answer: 'done', targets: [] });
  });

  it('is planned again after a stale plan, and reported as stale when it stays so', async () => {
    put({ state: 'ended', outcome: 'stale', reason: 'Somebody changed the stack.' });
    expect(await choose(1)).toEqual({ answer: 'replan', targets: [] });
    expect(records.environments.get('dev')).toMatchObject({ state: 'planning' });
    expect(await end()).toEqual({ outcome: 'stale' });
  });

  it('that the registered environments do not take any more is closed as frozen, and says so once', async () => {
    records.registry.environments['dev'] = { branches: ['release'], disposable: false, targets: [{ account: 'dev', region: 'eu-west-1', wave: 1 }] };
    expect(await takeUp()).toEqual({ answer: 'closed', targets: [] });
    expect(await end()).toEqual({ outcome: 'frozen' });
    expect(records.reports).toHaveLength(1);
  });

  it('where a newer release is deployed is closed as superseded', async () => {
    records.deployed.set('dev/main', { application: 'orders', environment: 'dev', target: 'main', account: '222222222222', region: 'eu-west-1', stackName: 'orders-dev', release: 'orders-13-aaaaaaaa', commit: '', branch: 'main', sequence: 13, fence: 1, deployedAt: '2026-01-01T00:00:00.000Z', outputs: {} });
    expect(await takeUp()).toEqual({ answer: 'closed', targets: [] });
    expect(records.environments.get('dev')).toMatchObject({ outcome: 'superseded' });
  });

  it('keeps the outcome of an error that was recorded before the plans were discarded', async () => {
    put({});
    expect(await end({ Error: 'AccessDeniedError', Cause: 'asking: refused.' })).toEqual({ outcome: 'failed' });
    expect(await end()).toEqual({ outcome: 'failed' });
    expect(records.environments.get('dev')?.reason).toBe('Asking: refused.');
    expect(records.reports).toHaveLength(1);
  });

  it('is begun with what is sealed wherever it has targets', async () => {
    records.release = aRelease({ configuration: { build: { kind: 'sam', templates: [] }, environments: [{ name: 'dev', targets: [aTarget(), aTarget({ name: 'other', region: 'us-east-1' })] }], remarks: [] } });
    records.registry.environments['dev']?.targets.push({ account: 'dev', region: 'us-east-1', wave: 1 });
    await takeUp();
    expect(records.checkedIn).toEqual(['eu-west-1', 'us-east-1']);
  });

  it('is not begun with an artifact that somebody altered', async () => {
    records.altered = 'sealed/orders/abc';
    await expect(takeUp()).rejects.toMatchObject({ name: 'DeploymentFailedError' });
    expect(records.environments.get('dev')).toBeUndefined();
  });

  it('begins anew in another attempt, but keeps its approval', async () => {
    records.environments.set('dev', { release: environmentTask.release, environment: 'dev', state: 'ended', attempt: '1-1', outcome: 'failed', reason: 'x', approval: 'b'.repeat(32), updatedAt: '' });
    await takeUpEnvironment(records, records.where, { ...environmentTask, attempt: 2 });
    expect(records.environments.get('dev')).toEqual({ release: environmentTask.release, environment: 'dev', state: 'planning', attempt: '2', approval: 'b'.repeat(32), updatedAt: '2026-01-01T00:00:00.000Z' });
  });
});
