import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anApproval, aVote, task } from '../../fakes/samples.ts';
import { aStage } from '../../fakes/stage.ts';

let at: ReturnType<typeof aStage>;

beforeEach(() => {
  at = aStage();
});
afterEach(() => {
  at.cloud.restore();
});

describe('an execute', () => {
  const ready = async () => {
    at.cloud.addStack('orders-dev', 'UPDATE_COMPLETE');
    await at.open();
    await at.lock();
  };

  it('that is repeated after its answer was lost goes on with what was started', async () => {
    await ready();
    await at.execute('first-token');
    await at.execute('second-token');
    at.cloud.move('orders-dev', 'UPDATE_COMPLETE');
    await at.event('UPDATE_COMPLETE');
    expect(at.answers('second-token')).toHaveLength(1);
    expect(at.cloud.names.filter((name) => name === 'ExecuteChangeSet')).toHaveLength(2);
  });

  it('that died after its event had come leaves no wait behind once the target is closed', async () => {
    await ready();
    await at.execute('first-token');
    at.cloud.move('orders-dev', 'UPDATE_COMPLETE');
    await at.event('UPDATE_COMPLETE');
    await at.execute('second-token');
    expect(at.answers('second-token')).toHaveLength(1);
    expect(at.records.waits.size).toBe(1);
    await at.close({ fence: 1, outcome: 'deployed', clean: true });
    expect(at.records.waits.size).toBe(0);
  });

  it.each(['EXECUTE_COMPLETE', 'OBSOLETE'])('of a change set that somebody else brought to %s is stale, not ours', async (status) => {
    await ready();
    for (const set of at.cloud.changeSets.values()) set.executionStatus = status;
    await expect(at.execute()).rejects.toMatchObject({ name: 'StalePlanError' });
  });

  it('of a change set that is gone is stale', async () => {
    await ready();
    at.cloud.changeSets.clear();
    await expect(at.execute()).rejects.toMatchObject({ name: 'StalePlanError' });
  });

  it('does not come to an artifact that was altered after it was approved', async () => {
    await ready();
    at.records.altered = 'sealed/orders/abc';
    await expect(at.check()).rejects.toMatchObject({ name: 'DeploymentFailedError', message: expect.stringContaining('sealed/orders/abc is not what was built') as string });
    expect(at.cloud.names).not.toContain('ExecuteChangeSet');
    expect(at.records.checkedIn).toEqual(['eu-west-1']);
  });

  it('is refused when the lock was taken over', async () => {
    await ready();
    at.records.locks.set('222222222222#eu-west-1#orders-dev', { owner: 'other', fence: 2, nonce: 'b' });
    await expect(at.execute()).rejects.toMatchObject({ name: 'StalePlanError' });
    expect(at.cloud.names).not.toContain('ExecuteChangeSet');
  });

  it('stores its token before CloudFormation is asked', async () => {
    await ready();
    at.cloud.onExecute = () => {
      expect([...at.records.waits.keys()]).toEqual([`stack:${at.cloud.stack('orders-dev').arn}:db-1-${'a'.repeat(32)}`]);
    };
    await at.execute();
    expect.assertions(1);
  });

  it('that rolls back ends with the first cause', async () => {
    await ready();
    await at.execute();
    at.cloud.move('orders-dev', 'UPDATE_FAILED', { LogicalResourceId: 'Queue', ResourceType: 'AWS::SQS::Queue', ResourceStatusReason: 'Invalid value for the parameter DelaySeconds' });
    at.cloud.move('orders-dev', 'UPDATE_FAILED', { LogicalResourceId: 'Table', ResourceType: 'AWS::DynamoDB::Table', ResourceStatusReason: 'Resource update cancelled' });
    at.cloud.move('orders-dev', 'UPDATE_ROLLBACK_COMPLETE');
    await at.event('UPDATE_ROLLBACK_COMPLETE');
    expect(at.answers('run-token')).toEqual([
      { outcome: 'rolled-back', clean: true, stackStatus: 'UPDATE_ROLLBACK_COMPLETE', reason: 'Queue (AWS::SQS::Queue): Invalid value for the parameter DelaySeconds' },
    ]);
    expect(at.calls()).toBeLessThanOrEqual(12);
  });

  it('whose event was lost is found by looking', async () => {
    await ready();
    await at.execute();
    await at.look('early-token');
    expect(at.answers('early-token')).toEqual([]);
    expect(at.records.stuck).toBe(1);
    at.cloud.move('orders-dev', 'UPDATE_COMPLETE');
    await at.look();
    expect(at.answers('look-token')).toEqual([{ outcome: 'deployed', clean: true, stackStatus: 'UPDATE_COMPLETE' }]);
  });

  it.each([
    ['another account', { account: '999999999999' }],
    ['another Region', { region: 'us-east-1' }],
    ['a guessed token', { token: 'db-1-guessed' }],
  ])('is not ended by a forged event from %s', async (_, forged) => {
    await ready();
    await at.execute();
    await at.event('UPDATE_COMPLETE', forged);
    expect(at.answers('run-token')).toEqual([]);
  });

  it('is not ended by an event that the target itself does not confirm', async () => {
    await ready();
    await at.execute();
    await expect(at.event('UPDATE_COMPLETE')).rejects.toMatchObject({ name: 'TransientError' });
    expect(at.answers('run-token')).toEqual([]);
  });

  it('is not ended by a status that a rollback follows', async () => {
    await ready();
    await at.execute();
    await at.event('UPDATE_FAILED');
    await at.event('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
    expect(at.answers('run-token')).toEqual([]);
  });

  it('names the people who approved', async () => {
    await ready();
    at.records.environments.set('dev', { release: task.release, environment: 'dev', state: 'executing', attempt: '1-1', approval: 'b'.repeat(32), updatedAt: '' });
    at.records.approvals.set('b'.repeat(32), { ...anApproval({ state: 'approved', votes: [aVote()] }), version: 1 });
    await at.execute();
    expect(at.records.visits.at(-1)).toEqual({ purpose: 'execute', approvers: ['alex'] });
  });
});

