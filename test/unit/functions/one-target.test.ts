import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createChangeSet } from '../../../aws/change-sets.ts';
import { environmentOutcome } from '../../../domain/environment-outcome.ts';
import { lookAgain } from '../../../functions/look-at-change-set/handler.ts';
import { removeFailedStack } from '../../../functions/remove-failed-stack/handler.ts';
import { waitForStack } from '../../../functions/wait-for-stack/handler.ts';
import { anAdoption, anApproval, aRecord, aVote, task } from '../../fakes/samples.ts';
import { aStage } from '../../fakes/stage.ts';

let at: ReturnType<typeof aStage>;
const adopted = '222222222222#eu-west-1#orders-dev';

beforeEach(() => {
  at = aStage();
});
afterEach(() => {
  at.cloud.restore();
});

describe('one target', () => {
  it('is created in at most 12 calls, from the empty account to the outcome', async () => {
    expect(await at.open()).toEqual({ answer: 'settled' });
    await at.lock();
    expect(at.answers('lock-token')).toEqual([{ answer: 'taken', fence: 1 }]);
    expect(await at.check()).toEqual({ answer: 'execute' });
    await at.execute();
    expect(at.answers('run-token')).toEqual([]);
    at.cloud.stack('orders-dev').outputs['Url'] = 'https://example.com';
    at.cloud.move('orders-dev', 'CREATE_COMPLETE');
    await at.event('CREATE_COMPLETE');
    expect([...at.records.eventsSeen.keys()]).toEqual(['222222222222#eu-west-1']);
    expect(at.answers('run-token')).toEqual([{ outcome: 'deployed', clean: true, stackStatus: 'CREATE_COMPLETE' }]);
    const end = await at.close({ fence: 1, outcome: 'deployed', clean: true, reason: '' });
    expect(end).toEqual({ outcome: 'deployed' });
    expect(at.record()).toMatchObject({ state: 'ended', outcome: 'deployed', clean: true });
    expect(at.records.deployed.get('dev/main')).toMatchObject({ sequence: 12, fence: 1, outputs: { Url: 'https://example.com' } });
    expect(await at.discard()).toEqual({ answer: 'discarded' });
    // Each visit begins with AssumeRole.
    expect(at.calls()).toBeLessThanOrEqual(12);
    expect(at.records.visits.map(({ purpose }) => purpose)).toEqual(['plan', 'plan', 'execute', 'plan']);
  });

  it('is updated in at most 14 calls, two of them for its templates, even when it is over before the execute is answered', async () => {
    at.cloud.addStack('orders-dev', 'UPDATE_COMPLETE');
    await at.open();
    await at.lock();
    await at.check();
    at.cloud.onExecute = (name) => {
      at.cloud.move(name, 'UPDATE_COMPLETE');
    };
    await at.execute();
    await at.event('UPDATE_COMPLETE');
    expect(at.answers('run-token')[0]).toEqual({ outcome: 'deployed', clean: true, stackStatus: 'UPDATE_COMPLETE' });
    expect(at.calls()).toBeLessThanOrEqual(14);
  });

  it.each([
    "The submitted information didn't contain changes. Submit different information to create a change set.",
    'No updates are to be performed.',
  ])('without changes costs 5 calls and leaves no change set: %s', async (reason) => {
    at.cloud.addStack('orders-dev', 'CREATE_COMPLETE');
    at.cloud.next = { status: 'FAILED', executionStatus: 'UNAVAILABLE', reason };
    expect(await at.open()).toEqual({ answer: 'settled' });
    expect(at.record()).toMatchObject({ state: 'ended', outcome: 'no-changes' });
    await at.discard();
    expect(at.cloud.changeSets.size).toBe(0);
    expect(at.calls()).toBe(5);
  });

  it('without changes is compared again when somebody moves it meanwhile', async () => {
    at.cloud.addStack('orders-dev', 'CREATE_COMPLETE');
    at.cloud.next = { status: 'FAILED', executionStatus: 'UNAVAILABLE', reason: 'No updates are to be performed.' };
    at.records.locks.set('222222222222#eu-west-1#orders-dev', { owner: 'other', fence: 4 });
    expect(await at.open()).toEqual({ answer: 'busy' });
    expect(at.cloud.changeSets.size).toBe(0);
  });

  it('that settles later is looked at again', async () => {
    at.cloud.next = { status: 'CREATE_IN_PROGRESS', executionStatus: 'UNAVAILABLE', reason: undefined };
    expect(await at.open()).toEqual({ answer: 'opened' });
    expect(await lookAgain(at.uses, at.where, task)).toEqual({ answer: 'settling' });
    for (const set of at.cloud.changeSets.values()) Object.assign(set, { status: 'CREATE_COMPLETE', executionStatus: 'AVAILABLE' });
    expect(await lookAgain(at.uses, at.where, task)).toEqual({ answer: 'settled' });
    expect(at.record()).toMatchObject({ state: 'planned', createdShell: true });
  });

  it('whose opening is repeated keeps its change set', async () => {
    await at.open();
    at.records.targets.set('dev/main', aRecord({ state: 'planning', createdShell: true }));
    expect(await at.open()).toEqual({ answer: 'settled' });
    expect(at.cloud.changeSets.size).toBe(1);
    expect(at.record()).toMatchObject({ state: 'planned', createdShell: true });
  });

  it('that somebody else moves is waited for, and the final event wakes', async () => {
    const stack = at.cloud.addStack('orders-dev', 'UPDATE_IN_PROGRESS');
    expect(await at.open()).toEqual({ answer: 'busy' });
    await waitForStack(at.uses, at.where, { ...task, token: 'free-token' });
    expect(at.answers('free-token')).toEqual([]);
    stack.status = 'UPDATE_COMPLETE';
    await at.event('UPDATE_COMPLETE', { token: 'somebody-else' });
    expect(at.answers('free-token')).toEqual([{}]);
  });

  it('whose first creation failed is removed and made anew, and the story says so', async () => {
    at.cloud.addStack('orders-dev', 'ROLLBACK_COMPLETE');
    expect(await at.open()).toEqual({ answer: 'remove-first' });
    await removeFailedStack(at.uses, at.where, { ...task, token: 'gone-token' });
    expect(at.records.reports.at(-1)?.text).toContain('made anew');
    const { arn } = at.cloud.stack('orders-dev');
    at.cloud.move('orders-dev', 'DELETE_COMPLETE');
    await at.stackEvent(arn, 'DELETE_COMPLETE');
    expect(at.answers('gone-token')).toEqual([{}]);
    expect(await at.open()).toEqual({ answer: 'settled' });
  });

  it('that was deployed by other means is left alone and clean, with the command that takes it over', async () => {
    at.cloud.addStack('orders-dev', 'CREATE_COMPLETE', { team: 'shop' });
    expect(await at.open()).toEqual({ answer: 'settled' });
    expect(at.record()).toMatchObject({ state: 'ended', outcome: 'failed', clean: true, reason: expect.stringContaining('drawbridge adopt orders-dev orders dev') as string });
    expect(at.cloud.names).toEqual(['DescribeStacks']);
  });

  it('that is adopted is planned, says so, and is ours once it is deployed', async () => {
    at.cloud.addStack('orders-dev', 'CREATE_COMPLETE', { team: 'shop' });
    at.records.adoptions.set(adopted, anAdoption());
    expect(await at.open()).toEqual({ answer: 'settled' });
    expect(at.record()).toMatchObject({ state: 'planned', takesOver: expect.stringMatching(/^Takes over orders-dev, .*team=shop/) as string });
    await at.lock();
    expect(await at.check()).toMatchObject({ answer: 'close', outcome: 'stale' });
    at.records.approvals.set('f'.repeat(32), { ...anApproval({ state: 'approved', digest: at.environmentDigest(), votes: [aVote()] }), version: 1 });
    at.records.environments.set('dev', { release: task.release, environment: 'dev', state: 'executing', attempt: '1-1', digest: at.environmentDigest(), approval: 'f'.repeat(32), updatedAt: '' });
    expect(await at.check()).toEqual({ answer: 'execute' });
    await at.execute();
    at.cloud.move('orders-dev', 'UPDATE_COMPLETE');
    await at.close({ fence: 1, outcome: 'deployed', clean: true, reason: '' });
    expect(at.records.adoptions.size).toBe(0);
    expect(at.cloud.stack('orders-dev').tags).toMatchObject({ 'drawbridge:application': 'orders', 'drawbridge:environment': 'dev' });
    at.records.targets.clear();
    at.records.deployed.clear();
    await at.open();
    expect(at.record()?.takesOver).toBeUndefined();
  });

  it('whose adoption was taken back while a person thought is planned again, and refused then', async () => {
    at.cloud.addStack('orders-dev', 'CREATE_COMPLETE', {});
    at.records.adoptions.set(adopted, anAdoption());
    await at.open();
    await at.lock();
    at.records.approvals.set('f'.repeat(32), { ...anApproval({ state: 'approved', digest: at.environmentDigest(), votes: [aVote()] }), version: 1 });
    at.records.environments.set('dev', { release: task.release, environment: 'dev', state: 'executing', attempt: '1-1', digest: at.environmentDigest(), approval: 'f'.repeat(32), updatedAt: '' });
    at.records.adoptions.clear();
    expect(await at.check()).toMatchObject({ answer: 'close', outcome: 'stale', reason: expect.stringContaining('took back') as string });
  });

  it.each(['UPDATE_ROLLBACK_FAILED', 'DELETE_FAILED', 'UPDATE_FAILED', 'IMPORT_ROLLBACK_FAILED'])('in %s waits for a person and is not touched', async (status) => {
    at.cloud.addStack('orders-dev', status);
    expect(await at.open()).toEqual({ answer: 'settled' });
    expect(at.record()).toMatchObject({ state: 'ended', outcome: 'failed', clean: false });
    expect(at.record()?.reason).toContain(status);
    await at.discard();
    expect(at.cloud.names).toEqual(['DescribeStacks']);
  });

  it('that is rejected leaves neither change set nor empty stack', async () => {
    await at.open();
    await at.discard();
    at.cloud.move('orders-dev', 'DELETE_COMPLETE');
    expect([at.cloud.stacks.size, at.cloud.changeSets.size]).toEqual([0, 0]);
    expect(at.records.visits.at(-1)?.purpose).toBe('execute');
  });

  it('keeps the empty stack as long as another plan stands on it', async () => {
    await at.open();
    await createChangeSet(await at.uses.clientFor('plan', {}), { name: 'orders-13-aaaaaaaa-1-1', stackName: 'orders-dev', operation: 'CREATE', templateUrl: '', roleArn: '', parameters: {}, tags: {}, capabilities: [], description: '' });
    await at.discard();
    expect(at.cloud.names).not.toContain('DeleteStack');
    expect(at.cloud.changeSets.size).toBe(1);
  });

  it('keeps the empty stack that another plan begins to fill at this moment', async () => {
    await at.open();
    at.uses.changeSetsOf = () => {
      // Its change set is executed, and so not listed any more.
      at.cloud.move('orders-dev', 'CREATE_IN_PROGRESS');
      return Promise.resolve([]);
    };
    await at.discard();
    expect(at.cloud.names).not.toContain('DeleteStack');
  });

  it('keeps the empty stack that another plan begins to fill, also where CloudFormation does not say so yet', async () => {
    await at.open();
    at.uses.changeSetsOf = async () => {
      await at.lock();
      return [];
    };
    await at.discard();
    expect(at.cloud.names).not.toContain('DeleteStack');
  });

  it('leaves the empty stack alone while somebody holds its lock', async () => {
    await at.open();
    await at.lock();
    await at.discard();
    expect(at.cloud.names).not.toContain('DeleteStack');
  });

  it('that somebody else changed after the approval is stale', async () => {
    at.cloud.addStack('orders-dev', 'UPDATE_COMPLETE');
    await at.open();
    for (const set of at.cloud.changeSets.values()) set.executionStatus = 'OBSOLETE';
    expect(await at.check()).toMatchObject({ answer: 'close', outcome: 'stale' });
  });

  it('whose change set was exchanged is stale', async () => {
    await at.open();
    for (const set of at.cloud.changeSets.values()) set.changes = [{ Action: 'Remove', LogicalResourceId: 'Table', ResourceType: 'AWS::DynamoDB::Table' }];
    expect(await at.check()).toMatchObject({ answer: 'close', outcome: 'stale' });
  });

  it('never goes back behind a newer release', async () => {
    await at.open();
    at.records.deployed.set('dev/main', { application: 'orders', environment: 'dev', target: 'main', account: '222222222222', region: 'eu-west-1', stackName: 'orders-dev', release: 'orders-13-aaaaaaaa', commit: '', branch: 'main', sequence: 13, fence: 1, deployedAt: '2026-01-01T00:00:00.000Z', outputs: {} });
    expect(await at.check()).toMatchObject({ answer: 'close', outcome: 'superseded' });
  });

  it('is frozen when the registered environments do not take it any more', async () => {
    await at.open();
    Object.assign(at.records.registry.environments['dev'] ?? {}, { branches: ['release'] });
    expect(await at.check()).toMatchObject({ answer: 'close', outcome: 'frozen' });
    at.records.halt = { environment: 'dev', reason: 'the sale', by: 'alex', at: '2026-01-01T00:00:00.000Z' };
    expect(await at.check()).not.toHaveProperty('halted');
  });

  it('is frozen while the environment is halted, and what ended so is told from what is frozen for another reason', async () => {
    await at.open();
    at.records.halt = { environment: 'dev', reason: 'the sale', by: 'alex', at: '2026-01-01T00:00:00.000Z' };
    expect(await at.check()).toMatchObject({ answer: 'close', outcome: 'frozen', halted: true });
    await at.close({ outcome: 'frozen', halted: true, reason: 'the sale' });
    expect(environmentOutcome({ mode: 'deploy', records: [...at.records.targets.values()], approval: undefined })).toEqual({ outcome: 'frozen', halted: true, reason: 'main: the sale' });
    expect(environmentOutcome({ mode: 'deploy', records: [...at.records.targets.values(), aRecord({ target: 'second', state: 'ended', outcome: 'frozen' })], approval: undefined })).not.toHaveProperty('halted');
  });
});

