import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anApproval, aDeployed, aTarget, aVote } from '../../fakes/samples.ts';
import { aRemovalStage, removalId } from '../../fakes/removal-stage.ts';

let stage: ReturnType<typeof aRemovalStage>;
beforeEach(() => {
  stage = aRemovalStage();
});
afterEach(() => {
  stage.restore();
});

describe('planning a removal', () => {
  it('lists page by page what goes and what stays, and touches nothing', async () => {
    expect(await stage.plan()).toEqual({ answer: 'planned' });
    expect(stage.record()).toMatchObject({ state: 'planned', stackArn: stage.stack.arn, counts: { remove: 3 }, kept: ['Archive (AWS::S3::Bucket) archive'] });
    expect(stage.record()?.risks).toEqual(expect.arrayContaining(['Deletes Files (AWS::S3::Bucket); what it holds is lost.', 'Empties Files (files) first, with every version in it.', expect.stringMatching(/^Leaves Archive .* DeletionPolicy is Retain/)]));
    expect(new Set(stage.cloud.names)).toEqual(new Set(['DescribeStacks', 'ListStackResources', 'GetTemplate']));
    expect(stage.stores.calls).toEqual([]);
  });

  it('waits while the stack moves', async () => {
    stage.stack.status = 'UPDATE_IN_PROGRESS';
    expect(await stage.plan()).toEqual({ answer: 'busy' });
    expect(stage.record()).toBeUndefined();
  });

  it('finds a stack that is gone already, and notes it without asking anybody', async () => {
    stage.cloud.move('orders-dev', 'DELETE_COMPLETE');
    await stage.plan();
    expect(stage.record()).toMatchObject({ outcome: 'removed', clean: true, reason: 'The stack orders-dev was gone already.' });
    expect(stage.records.deployed.size).toBe(0);
    expect(stage.records.removed.get('dev/main')).toMatchObject({ release: removalId, sequence: 13 });
  });

  it('leaves a stack alone that somebody made anew under the same name', async () => {
    stage.cloud.move('orders-dev', 'DELETE_COMPLETE');
    stage.cloud.addStack('orders-dev', 'CREATE_COMPLETE');
    await stage.plan();
    expect(stage.record()).toMatchObject({ outcome: 'removed' });
    expect(stage.cloud.stack('orders-dev').status).toBe('CREATE_COMPLETE');
  });

  it.each([
    ['is protected', () => void (stage.stack.terminationProtection = true), /termination protection is on/],
    ['is another’s by its tags', () => void (stage.stack.tags = { 'drawbridge:application': 'orders', 'drawbridge:environment': 'prod' }), /belongs to orders in prod/],
    ['is in a status that nobody knew', () => void (stage.stack.status = 'DELETE_ROLLBACK_COMPLETE'), /only a person can mend/],
  ])('fails cleanly where the stack %s', async (_, change, why) => {
    change();
    await stage.plan();
    expect(stage.record()).toMatchObject({ state: 'ended', outcome: 'failed', clean: true, reason: expect.stringMatching(why) as string });
  });

  it('of a deployment group deletes nothing', async () => {
    stage.records.release = { ...stage.records.release, configuration: { environments: [{ name: 'dev', registered: 'sandbox', targets: [aTarget({ codeDeploy: { application: 'orders', group: 'web' }, stackName: 'orders/web' })] }], remarks: [] } };
    await stage.plan();
    expect(stage.record()).toMatchObject({ state: 'planned', risks: [expect.stringMatching(/orders\/web stays as it is/)] });
    await stage.lock();
    expect(await stage.check()).toMatchObject({ answer: 'close', outcome: 'removed' });
    expect(stage.cloud.names).toEqual([]);
  });
});

/** The stack exports its queue, and others import it. */
function isImported(...importers: string[]) {
  stage.stack.template = JSON.stringify({ ...(JSON.parse(stage.stack.template) as object), Outputs: { Queue: { Value: 'x', Export: { Name: 'orders-queue' } }, Other: { Value: 'x', Export: { Name: 'unused' } } } });
  stage.stack.exports = { 'orders-queue': importers, unused: [] };
}
const goesWith = (wave: number) => {
  stage.records.release = { ...stage.records.release, configuration: { environments: [{ name: 'dev', registered: 'sandbox', targets: [aTarget(), aTarget({ name: 'web', stackName: 'web-dev', wave })] }], remarks: [] } };
};

describe('a stack whose exports others import', () => {
  it('is refused while everything is still there, with who imports what', async () => {
    isImported('cart-dev', 'web-dev');
    await stage.plan();
    expect(stage.record()).toMatchObject({ state: 'ended', outcome: 'failed', clean: true, reason: 'Removing orders-dev in 222222222222, eu-west-1: cart-dev and web-dev import its export orders-queue, and AWS deletes no stack whose exports are in use. Remove what imports it, or let it be without the import, then retry the release.' });
  });

  it.each([1, 2])('is planned with a remark where what imports it goes in the same removal, in wave %i', async (wave) => {
    isImported('web-dev', 'orders-dev-Nested-ABCDEFGHIJKL');
    goesWith(wave);
    await stage.plan();
    expect(stage.record()).toMatchObject({ state: 'planned', risks: expect.arrayContaining(['web-dev imports its export orders-queue: that must be gone before.']) as string[] });
    await stage.lock();
    expect(await stage.check()).toMatchObject({ answer: 'close', outcome: 'failed', reason: expect.stringMatching(/: web-dev imports its export orders-queue, and AWS deletes no stack/) as string });
    isImported('orders-dev-Nested-ABCDEFGHIJKL');
    expect(await stage.check()).toEqual({ answer: 'remove' });
  });

  it('is removed when nobody imports it any more', async () => {
    isImported();
    expect(await stage.begun()).toEqual({ answer: 'remove' });
    isImported('cart-dev');
    expect(await stage.check()).toMatchObject({ answer: 'close', outcome: 'failed' });
  });

  it('is refused where what imports it would go after it', async () => {
    isImported('web-dev');
    goesWith(0);
    await stage.plan();
    expect(stage.record()).toMatchObject({ outcome: 'failed', reason: expect.stringContaining('web-dev imports') as string });
  });
});

describe('what is asked under the lock', () => {
  it('is whether it would still take along what was planned', async () => {
    expect(await stage.begun()).toEqual({ answer: 'remove' });
    stage.stack.resources.push(['More', 'AWS::DynamoDB::Table', 'more']);
    expect(await stage.check()).toMatchObject({ answer: 'close', outcome: 'stale' });
  });

  it('is whether the stack moves, is gone, or was protected meanwhile', async () => {
    await stage.begun();
    stage.stack.status = 'UPDATE_IN_PROGRESS';
    expect(await stage.check()).toEqual({ answer: 'busy' });
    stage.stack.status = 'UPDATE_COMPLETE';
    stage.stack.terminationProtection = true;
    expect(await stage.check()).toMatchObject({ answer: 'close', outcome: 'failed', reason: expect.stringMatching(/termination protection/) as string });
    stage.cloud.move('orders-dev', 'DELETE_COMPLETE');
    expect(await stage.check()).toMatchObject({ answer: 'close', outcome: 'removed' });
  });

  it('is whether something newer came, the environment is halted, or it is a sandbox no longer', async () => {
    await stage.begun();
    stage.records.deployed.set('dev/main', aDeployed({ sequence: 14, release: 'orders-14-3f2a9c1b' }));
    expect(await stage.check()).toMatchObject({ outcome: 'superseded' });
    stage.records.deployed.set('dev/main', aDeployed());
    stage.records.halt = { environment: 'dev', reason: 'fire', by: 'alex', at: '2026-01-01T00:00:00.000Z' };
    expect(await stage.check()).toMatchObject({ outcome: 'frozen', halted: true });
    stage.records.halt = undefined;
    stage.records.registry.environments['sandbox'] = { branches: ['*'], disposable: false, targets: [] };
    expect(await stage.check()).toMatchObject({ outcome: 'frozen', reason: expect.stringContaining('is no environment of a sandbox any more') as string });
  });

  it('is whether what was approved is what goes, wherever a person must say yes', async () => {
    const approval = { quorums: [{ from: 'approvers', approvers: ['alex'], required: 1 }], breakGlass: [], expiresInSeconds: 60, remindInSeconds: 45, authorMayApprove: true };
    stage.records.registry.environments['dev'] = { branches: ['main'], disposable: false, targets: [] };
    stage.records.release = { ...stage.records.release, configuration: { environments: [{ name: 'dev', targets: [aTarget()], approval }], remarks: [] } };
    await stage.plan();
    await stage.lock();
    const say = (digest: string) => {
      stage.records.approvals.set('yes', { ...anApproval({ state: 'approved', digest, quorums: approval.quorums, votes: [aVote({ digest })] }), version: 1 });
      stage.records.environments.set('dev', { release: removalId, environment: 'dev', state: 'executing', attempt: '1-1', approval: 'yes', digest: 'e'.repeat(64), updatedAt: '' });
    };
    expect(await stage.check()).toMatchObject({ outcome: 'stale' });
    say('b'.repeat(64));
    expect(await stage.check()).toMatchObject({ outcome: 'stale' });
    say('e'.repeat(64));
    expect(await stage.check()).toEqual({ answer: 'remove' });
  });
});
