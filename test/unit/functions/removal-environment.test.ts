import { beforeEach, describe, expect, it } from 'vitest';
import type { Plan } from '../../../contracts/plan.ts';
import type { Release } from '../../../contracts/release.ts';
import { makeRemovalPlan } from '../../../domain/removal/plan.ts';
import { askForApproval } from '../../../functions/ask-for-approval/handler.ts';
import { nextWave } from '../../../functions/choose-next-wave/handler.ts';
import { judgePlans } from '../../../functions/judge-plans/handler.ts';
import { readConfiguration } from '../../../functions/read-configuration/handler.ts';
import { reportEnvironment } from '../../../functions/report-environment/handler.ts';
import { reportRelease } from '../../../functions/report-release/handler.ts';
import { takeUpEnvironment } from '../../../functions/take-up-environment/handler.ts';
import { aPage } from '../../fakes/approval-page.ts';
import { ApprovalWorld } from '../../fakes/approval-world.ts';
import { FakeRecords } from '../../fakes/records.ts';
import { ReleaseWorld, stubVariables } from '../../fakes/release-world.ts';
import { aDeployed, aRecord, aRelease, aTarget, environmentTask } from '../../fakes/samples.ts';

const id = 'orders-13-3f2a9c1b';
const approval = { quorums: [{ from: 'approvers', approvers: ['alex', 'robin'], required: 1 }], breakGlass: [], expiresInSeconds: 259_200, remindInSeconds: 194_400, authorMayApprove: false };
const targets = [aTarget(), aTarget({ name: 'data', stackName: 'orders-data', wave: 2 })];
const { artifact: _, configuration: __, ...bare } = aRelease();
const removal = (fields: Partial<Release> = {}): Release => ({
  ...bare, id, sequence: 13, mode: 'remove', removal: { environment: 'dev', targets: ['main', 'data'] }, author: { name: 'alex', email: '' }, pushedBy: 'arn:aws:iam::111111111111:role/alex', message: 'not needed',
  configuration: { environments: [{ name: 'dev', targets, approval }], remarks: [] }, ...fields,
});
const task = { ...environmentTask, release: id };
const facts = [{ kind: 'deletes', type: 'AWS::SQS::Queue', count: 1 } as const];
const planned = { release: id, facts, counts: { add: 0, modify: 0, replace: 0, mayReplace: 0, remove: 2 }, kept: ['Archive (AWS::S3::Bucket) archive'] };

describe('a removal on its way through the machines', () => {
  let records: FakeRecords;
  const put = (fields: Parameters<typeof aRecord>[0]) => {
    const record = aRecord({ ...planned, ...fields });
    records.targets.set(`dev/${record.target}`, record);
  };
  beforeEach(() => {
    records = new FakeRecords();
    records.release = removal();
    records.registry.approvers = { alex: { email: 'a@example.com' }, robin: { email: 'r@example.com' } };
    for (const target of ['main', 'data']) records.deployed.set(`dev/${target}`, aDeployed({ target }));
  });

  it('is planned without an artifact, asked for whatever the rules let pass, and goes last wave first', async () => {
    records.altered = 'everything';
    records.registry.environments['dev'] = { branches: ['main'], disposable: false, targets: [], rules: [{ what: 'any', then: 'auto' }] };
    expect(await takeUpEnvironment(records, records.where, task)).toEqual({ answer: 'plan', targets: ['main', 'data'] });
    put({});
    put({ target: 'data' });
    expect(await judgePlans(records, records.where, task)).toMatchObject({ answer: 'ask' });
    expect(records.reports.at(-1)?.text).toContain('Planned dev. main: 2 deleted, 1 left behind; data: 2 deleted, 1 left behind. A person must say yes.');
    expect(await nextWave(records, records.where, task)).toEqual({ answer: 'remove', targets: ['data'] });
    put({ target: 'data', state: 'ended', outcome: 'removed' });
    expect(await nextWave(records, records.where, task)).toEqual({ answer: 'remove', targets: ['main'] });
    put({ state: 'ended', outcome: 'removed', reason: 'Left behind, as their DeletionPolicy says: Archive.' });
    expect(await nextWave(records, records.where, task)).toEqual({ answer: 'done', targets: [] });
    expect(await reportEnvironment(records, records.where, task)).toEqual({ outcome: 'removed' });
    expect(records.environments.get('dev')?.reason).toBe('main: Left behind, as their DeletionPolicy says: Archive.');
  });

  it('of what is gone already asks nobody', async () => {
    for (const target of ['main', 'data']) put({ target, state: 'ended', outcome: 'removed', digest: undefined });
    expect(await judgePlans(records, records.where, task)).toEqual({ answer: 'nothing' });
  });

  it('goes also where application, environment and account have left the registered environments', async () => {
    records.registry = { ...records.registry, accounts: {}, applications: {}, environments: {} };
    expect(await takeUpEnvironment(records, records.where, task)).toMatchObject({ answer: 'plan' });
  });

  it('is frozen where fewer would say yes than must now', async () => {
    records.registry.environments['dev'] = { branches: ['main'], disposable: false, targets: [], approval: { approvers: ['alex'], required: 2, expires: '3 days', authorMayApprove: false } };
    expect(await takeUpEnvironment(records, records.where, task)).toMatchObject({ answer: 'closed' });
    expect(records.environments.get('dev')).toMatchObject({ outcome: 'frozen' });
  });

  it('is not undone by an older release that still waited', async () => {
    records.release = aRelease();
    records.deployed.clear();
    records.removed.set('dev/main', { application: 'orders', environment: 'dev', target: 'main', release: id, sequence: 13, at: '2026-01-01T00:00:00.000Z' });
    expect(await takeUpEnvironment(records, records.where, environmentTask)).toMatchObject({ answer: 'closed' });
    expect(records.environments.get('dev')).toMatchObject({ outcome: 'superseded', reason: expect.stringContaining(`${id} removed what was deployed there`) as string });
  });
});

describe('the configuration of a removal', () => {
  let world: ReleaseWorld;
  beforeEach(() => {
    stubVariables();
    world = new ReleaseWorld();
    world.releases.set(id, removal({ configuration: undefined }));
    world.deployed = [aDeployed(), aDeployed({ target: 'data', stackName: 'orders-data' }), aDeployed({ target: 'other' }), aDeployed({ environment: 'prod' })];
  });
  const read = () => readConfiguration(world, { release: id, attempt: 1 });

  it('is what is deployed of it, and no file is read', async () => {
    expect(await read()).toEqual({ answer: 'built' });
    expect(world.release(id).configuration?.environments).toMatchObject([{ name: 'dev', targets: [{ name: 'main', externalId: 'drawbridge-222222222222' }, { name: 'data', stackName: 'orders-data' }], approval: { quorums: [{ approvers: ['alex'] }] } }]);
    expect(world.folderRead).toBeUndefined();
  });

  it('of nothing is the end, and so is one that nobody could approve', async () => {
    if (world.registry !== undefined) world.registry.approvers = {};
    expect(await read()).toEqual({ answer: 'ended' });
    expect(world.release(id)).toMatchObject({ outcome: 'failed', reason: expect.stringContaining('Register approvers') as string });
    world.deployed = [];
    expect(await read()).toEqual({ answer: 'ended' });
    expect(world.release(id)).toMatchObject({ outcome: 'removed' });
  });

  it('a release that goes well says what it left behind; one that does not, and a removal, leave nothing', async () => {
    world.left = ['orders-old'];
    const end = async (outcome: 'deployed' | 'failed', release = aRelease()) => {
      world.releases.set(release.id, release);
      world.environments.splice(0, 1, { release: release.id, environment: 'dev', state: 'ended', attempt: '1-1', outcome, updatedAt: '' });
      world.reports.splice(0);
      await reportRelease(world, { release: release.id, attempt: 1 });
      return world.reports.map(({ kind }) => kind);
    };
    expect(await end('deployed')).toEqual(['left', 'ended']);
    expect(world.reports[0]?.text).toBe(`Deployed, but in no configuration any more: orders-old after ${aRelease().id}`);
    expect(await end('failed')).toEqual(['ended']);
  });
});

describe('the question about a removal', () => {
  it('has who asked for it as its only author, and brings no commits along', async () => {
    const world = new ApprovalWorld();
    world.release = removal();
    world.environments.set('dev', { release: id, environment: 'dev', state: 'planning', attempt: '1-1', digest: 'a'.repeat(64), updatedAt: '2026-01-01T00:00:00.000Z' });
    for (const target of ['main', 'data']) {
      world.targets.set(`dev/${target}`, aRecord({ ...planned, target }));
      world.deployed.set(`dev/${target}`, aDeployed({ target }));
    }
    await askForApproval(world, world.where, { ...task, token: 'the-token' });
    expect([...world.approvals.values()].find(({ release }) => release === id)).toMatchObject({ removes: true, authors: ['arn:aws:iam::111111111111:role/alex'], commits: [], verdict: 'one', since: { release: 'orders-12-3f2a9c1b' } });
    expect(world.reports.at(-1)?.text).toMatch(/^The removal from dev waits for 1 of alex, robin\./);
  });

  it('says on its page what goes, what stays, and who asks', async () => {
    const world = new ApprovalWorld();
    const page = aPage(world);
    world.ask();
    world.change({ removes: true });
    const link = world.link('alex');
    world.releases.set('orders-12-3f2a9c1b', removal({ id: 'orders-12-3f2a9c1b' }));
    const plan: Plan = makeRemovalPlan({
      release: aRelease(), environment: 'dev', target: aTarget(), attempt: '1-1', stackArn: 'arn',
      stacks: [{ prefix: '', template: JSON.stringify({ Resources: { Archive: { Type: 'AWS::S3::Bucket', DeletionPolicy: 'Retain' } } }), resources: [{ logicalId: 'Archive', type: 'AWS::S3::Bucket', physicalId: 'archive' }, { logicalId: 'Queue', type: 'AWS::SQS::Queue', physicalId: 'queue' }] }],
    });
    world.targets.set('dev/main', aRecord({ ...planned, release: 'orders-12-3f2a9c1b', planKey: 'plans/main', risks: ['Deletes Queue (AWS::SQS::Queue); what it holds is lost.'] }));
    world.planned.set('plans/main', plan);
    const shown = (await page.shown(link)).replaceAll('<wbr>', '');
    for (const text of ['orders is to be removed from dev', 'Asked by', 'alex: not needed', '2 deleted, 1 left behind', 'Stays behind, owned by no stack', 'Archive (AWS::S3::Bucket) archive', 'Yes, remove exactly this']) expect(shown).toContain(text);
    expect(shown).not.toContain('wants to go to');
  });
});
