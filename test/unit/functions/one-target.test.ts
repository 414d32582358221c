import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lookAtChangeSet } from '../../../aws/change-set-look.ts';
import { createChangeSet, deleteChangeSet, executeChangeSet, hasChangeSets } from '../../../aws/change-sets.ts';
import { deleteStack, describeStack } from '../../../aws/cloudformation.ts';
import { describeChangeSet } from '../../../aws/described-change-set.ts';
import { readOutcome } from '../../../aws/stack-outcome.ts';
import { checkPlan } from '../../../functions/check-plan/handler.ts';
import { closeTarget } from '../../../functions/close-target/handler.ts';
import { discardPlan } from '../../../functions/discard-plan/handler.ts';
import { executePlan } from '../../../functions/execute-change-set/handler.ts';
import { lookAgain } from '../../../functions/look-at-change-set/handler.ts';
import { lookAtStack } from '../../../functions/look-at-stack/handler.ts';
import { onStackEvent } from '../../../functions/on-stack-event/handler.ts';
import { openChangeSet } from '../../../functions/open-change-set/handler.ts';
import { removeFailedStack } from '../../../functions/remove-failed-stack/handler.ts';
import { takeLock } from '../../../functions/take-lock/handler.ts';
import { waitForStack } from '../../../functions/wait-for-stack/handler.ts';
import { FakeCloudFormation } from '../../fakes/cloudformation.ts';
import { FakeRecords } from '../../fakes/records.ts';
import { aRecord, task } from '../../fakes/samples.ts';

const execution = 'arn:aws:states:eu-west-1:111111111111:execution:execute-plan:one';
const stackCalls = { describeStack, createChangeSet, deleteChangeSet, describeChangeSet, executeChangeSet, hasChangeSets, deleteStack, lookAtChangeSet, readOutcome };

let cloud: FakeCloudFormation;
let records: FakeRecords;
let uses: FakeRecords & typeof stackCalls;

beforeEach(() => {
  cloud = new FakeCloudFormation().install();
  records = new FakeRecords();
  uses = Object.assign(records, stackCalls);
});
afterEach(() => {
  cloud.restore();
});

const open = () => openChangeSet(uses, uses.where, task);
const lock = () => takeLock(uses, uses.where, { ...task, execution, token: 'lock-token' });
const check = () => checkPlan(uses, uses.where, { ...task, fence: 1 });
const execute = (token = 'run-token') => executePlan(uses, uses.where, { ...task, fence: 1, token });
const look = (token = 'look-token') => lookAtStack(uses, uses.where, { ...task, fence: 1, token });
const discard = () => discardPlan(uses, uses.where, task);
const record = () => records.targets.get('dev/main');
const event = (status: string, fields: { token?: string; account?: string; region?: string } = {}) => {
  const stack = cloud.stack('orders-dev');
  return onStackEvent(uses, uses.where, {
    id: '1',
    account: fields.account ?? cloud.account,
    region: fields.region ?? cloud.region,
    time: '',
    source: 'aws.cloudformation',
    'detail-type': 'CloudFormation Stack Status Change',
    detail: { 'stack-id': stack.arn, 'status-details': { status }, 'client-request-token': fields.token ?? stack.token },
  });
};
const answers = (token: string) => records.completed.filter((done) => done.token === token).map(({ answer }) => answer);

describe('one target', () => {
  it('is created in at most 12 calls, from the empty account to the outcome', async () => {
    expect(await open()).toEqual({ answer: 'settled' });
    await lock();
    expect(answers('lock-token')).toEqual([{ answer: 'taken', fence: 1 }]);
    expect(await check()).toEqual({ answer: 'execute' });
    await execute();
    expect(answers('run-token')).toEqual([]);
    cloud.stack('orders-dev').outputs['Url'] = 'https://example.com';
    cloud.move('orders-dev', 'CREATE_COMPLETE');
    await event('CREATE_COMPLETE');
    expect(answers('run-token')).toEqual([{ outcome: 'deployed', clean: true, stackStatus: 'CREATE_COMPLETE' }]);
    const end = await closeTarget(uses, uses.where, { ...task, execution, fence: 1, outcome: 'deployed', clean: true, reason: '' });
    expect(end).toEqual({ outcome: 'deployed' });
    expect(record()).toMatchObject({ state: 'ended', outcome: 'deployed', clean: true });
    expect(records.deployed.get('dev/main')).toMatchObject({ sequence: 12, fence: 1, outputs: { Url: 'https://example.com' } });
    expect(await discard()).toEqual({ answer: 'discarded' });
    // Each visit begins with AssumeRole.
    expect(cloud.calls.length + records.visits.length).toBeLessThanOrEqual(12);
    expect(records.visits.map(({ purpose }) => purpose)).toEqual(['plan', 'plan', 'execute', 'plan']);
  });

  it('is updated in at most 12 calls even when it is over before the execute is answered', async () => {
    cloud.addStack('orders-dev', 'UPDATE_COMPLETE');
    await open();
    await lock();
    await check();
    cloud.onExecute = (name) => {
      cloud.move(name, 'UPDATE_COMPLETE');
    };
    await execute();
    await event('UPDATE_COMPLETE');
    expect(answers('run-token')[0]).toEqual({ outcome: 'deployed', clean: true, stackStatus: 'UPDATE_COMPLETE' });
    expect(cloud.calls.length + records.visits.length).toBeLessThanOrEqual(12);
  });

  it.each([
    "The submitted information didn't contain changes. Submit different information to create a change set.",
    'No updates are to be performed.',
  ])('without changes costs 5 calls and leaves no change set: %s', async (reason) => {
    cloud.addStack('orders-dev', 'CREATE_COMPLETE');
    cloud.next = { status: 'FAILED', executionStatus: 'UNAVAILABLE', reason };
    expect(await open()).toEqual({ answer: 'settled' });
    expect(record()).toMatchObject({ state: 'ended', outcome: 'no-changes' });
    await discard();
    expect(cloud.changeSets.size).toBe(0);
    expect(cloud.calls.length + records.visits.length).toBe(5);
  });

  it('without changes is compared again when somebody moves it meanwhile', async () => {
    cloud.addStack('orders-dev', 'CREATE_COMPLETE');
    cloud.next = { status: 'FAILED', executionStatus: 'UNAVAILABLE', reason: 'No updates are to be performed.' };
    records.locks.set('222222222222#eu-west-1#orders-dev', { owner: 'other', fence: 4 });
    expect(await open()).toEqual({ answer: 'busy' });
    expect(cloud.changeSets.size).toBe(0);
  });

  it('that settles later is looked at again', async () => {
    cloud.next = { status: 'CREATE_IN_PROGRESS', executionStatus: 'UNAVAILABLE', reason: undefined };
    expect(await open()).toEqual({ answer: 'opened' });
    expect(await lookAgain(uses, uses.where, task)).toEqual({ answer: 'settling' });
    for (const set of cloud.changeSets.values()) Object.assign(set, { status: 'CREATE_COMPLETE', executionStatus: 'AVAILABLE' });
    expect(await lookAgain(uses, uses.where, task)).toEqual({ answer: 'settled' });
    expect(record()).toMatchObject({ state: 'planned', createdShell: true });
  });

  it('whose opening is repeated keeps its change set', async () => {
    await open();
    records.targets.set('dev/main', aRecord({ state: 'planning', createdShell: true }));
    expect(await open()).toEqual({ answer: 'settled' });
    expect(cloud.changeSets.size).toBe(1);
    expect(record()).toMatchObject({ state: 'planned', createdShell: true });
  });

  it('that somebody else moves is waited for, and the final event wakes', async () => {
    const stack = cloud.addStack('orders-dev', 'UPDATE_IN_PROGRESS');
    expect(await open()).toEqual({ answer: 'busy' });
    await waitForStack(uses, uses.where, { ...task, token: 'free-token' });
    expect(answers('free-token')).toEqual([]);
    stack.status = 'UPDATE_COMPLETE';
    await event('UPDATE_COMPLETE', { token: 'somebody-else' });
    expect(answers('free-token')).toEqual([{}]);
  });

  it('whose first creation failed is removed and made anew, and the story says so', async () => {
    cloud.addStack('orders-dev', 'ROLLBACK_COMPLETE');
    expect(await open()).toEqual({ answer: 'remove-first' });
    await removeFailedStack(uses, uses.where, { ...task, token: 'gone-token' });
    expect(records.reports.at(-1)?.text).toContain('made anew');
    const removal = onStackEventFor(cloud.stack('orders-dev').arn);
    cloud.move('orders-dev', 'DELETE_COMPLETE');
    await removal();
    expect(answers('gone-token')).toEqual([{}]);
    expect(await open()).toEqual({ answer: 'settled' });
  });

  it.each(['UPDATE_ROLLBACK_FAILED', 'DELETE_FAILED', 'UPDATE_FAILED', 'IMPORT_ROLLBACK_FAILED'])('in %s waits for a person and is not touched', async (status) => {
    cloud.addStack('orders-dev', status);
    expect(await open()).toEqual({ answer: 'settled' });
    expect(record()).toMatchObject({ state: 'ended', outcome: 'failed', clean: false });
    expect(record()?.reason).toContain(status);
    await discard();
    expect(cloud.names).toEqual(['DescribeStacks']);
  });

  it('that is rejected leaves neither change set nor empty stack', async () => {
    await open();
    await discard();
    cloud.move('orders-dev', 'DELETE_COMPLETE');
    expect([cloud.stacks.size, cloud.changeSets.size]).toEqual([0, 0]);
    expect(records.visits.at(-1)?.purpose).toBe('execute');
  });

  it('keeps the empty stack as long as another plan stands on it', async () => {
    await open();
    await createChangeSet(await uses.clientFor('plan', {}), { name: 'orders-13-aaaaaaaa-1-1', stackName: 'orders-dev', operation: 'CREATE', templateUrl: '', roleArn: '', parameters: {}, tags: {}, capabilities: [], description: '' });
    await discard();
    expect(cloud.names).not.toContain('DeleteStack');
    expect(cloud.changeSets.size).toBe(1);
  });

  it('that somebody else changed after the approval is stale', async () => {
    cloud.addStack('orders-dev', 'UPDATE_COMPLETE');
    await open();
    for (const set of cloud.changeSets.values()) set.executionStatus = 'OBSOLETE';
    expect(await check()).toMatchObject({ answer: 'close', outcome: 'stale' });
  });

  it('whose change set was exchanged is stale', async () => {
    await open();
    for (const set of cloud.changeSets.values()) set.changes = [{ Action: 'Remove', LogicalResourceId: 'Table', ResourceType: 'AWS::DynamoDB::Table' }];
    expect(await check()).toMatchObject({ answer: 'close', outcome: 'stale' });
  });

  it('never goes back behind a newer release', async () => {
    await open();
    records.deployed.set('dev/main', { application: 'orders', environment: 'dev', target: 'main', account: '222222222222', region: 'eu-west-1', stackName: 'orders-dev', release: 'orders-13-aaaaaaaa', commit: '', branch: 'main', sequence: 13, fence: 1, deployedAt: '2026-01-01T00:00:00.000Z', outputs: {} });
    expect(await check()).toMatchObject({ answer: 'close', outcome: 'superseded' });
  });

  it('is frozen when the registered environments do not take it any more', async () => {
    await open();
    records.registry.environments['dev']!.branches = ['release'];
    expect(await check()).toMatchObject({ answer: 'close', outcome: 'frozen' });
  });
});

const onStackEventFor = (arn: string) => () =>
  onStackEvent(uses, uses.where, {
    id: '1',
    account: cloud.account,
    region: cloud.region,
    time: '',
    source: 'aws.cloudformation',
    'detail-type': 'CloudFormation Stack Status Change',
    detail: { 'stack-id': arn, 'status-details': { status: 'DELETE_COMPLETE' } },
  });

describe('an execute', () => {
  const ready = async () => {
    cloud.addStack('orders-dev', 'UPDATE_COMPLETE');
    await open();
    await lock();
  };

  it('that is repeated after its answer was lost goes on with what was started', async () => {
    await ready();
    await execute('first-token');
    await execute('second-token');
    cloud.move('orders-dev', 'UPDATE_COMPLETE');
    await event('UPDATE_COMPLETE');
    expect(answers('second-token')).toHaveLength(1);
    expect(cloud.names.filter((name) => name === 'ExecuteChangeSet')).toHaveLength(2);
  });

  it.each(['EXECUTE_COMPLETE', 'OBSOLETE'])('of a change set that somebody else brought to %s is stale, not ours', async (status) => {
    await ready();
    for (const set of cloud.changeSets.values()) set.executionStatus = status;
    await expect(execute()).rejects.toMatchObject({ name: 'StalePlanError' });
  });

  it('of a change set that is gone is stale', async () => {
    await ready();
    cloud.changeSets.clear();
    await expect(execute()).rejects.toMatchObject({ name: 'StalePlanError' });
  });

  it('is refused when the lock was taken over', async () => {
    await ready();
    records.locks.set('222222222222#eu-west-1#orders-dev', { owner: 'other', fence: 2, nonce: 'b' });
    await expect(execute()).rejects.toMatchObject({ name: 'StalePlanError' });
    expect(cloud.names).not.toContain('ExecuteChangeSet');
  });

  it('stores its token before CloudFormation is asked', async () => {
    await ready();
    cloud.onExecute = () => {
      expect([...records.waits.keys()]).toEqual([`stack:${cloud.stack('orders-dev').arn}:db-1-${'a'.repeat(32)}`]);
    };
    await execute();
    expect.assertions(1);
  });

  it('that rolls back ends with the first cause', async () => {
    await ready();
    await execute();
    cloud.move('orders-dev', 'UPDATE_FAILED', { LogicalResourceId: 'Queue', ResourceType: 'AWS::SQS::Queue', ResourceStatusReason: 'Invalid value for the parameter DelaySeconds' });
    cloud.move('orders-dev', 'UPDATE_FAILED', { LogicalResourceId: 'Table', ResourceType: 'AWS::DynamoDB::Table', ResourceStatusReason: 'Resource update cancelled' });
    cloud.move('orders-dev', 'UPDATE_ROLLBACK_COMPLETE');
    await event('UPDATE_ROLLBACK_COMPLETE');
    expect(answers('run-token')).toEqual([
      { outcome: 'rolled-back', clean: true, stackStatus: 'UPDATE_ROLLBACK_COMPLETE', reason: 'Queue (AWS::SQS::Queue): Invalid value for the parameter DelaySeconds' },
    ]);
    expect(cloud.calls.length + records.visits.length).toBeLessThanOrEqual(12);
  });

  it('whose event was lost is found by looking', async () => {
    await ready();
    await execute();
    await look('early-token');
    expect(answers('early-token')).toEqual([]);
    cloud.move('orders-dev', 'UPDATE_COMPLETE');
    await look();
    expect(answers('look-token')).toEqual([{ outcome: 'deployed', clean: true, stackStatus: 'UPDATE_COMPLETE' }]);
  });

  it.each([
    ['another account', { account: '999999999999' }],
    ['another Region', { region: 'us-east-1' }],
    ['a guessed token', { token: 'db-1-guessed' }],
  ])('is not ended by a forged event from %s', async (_, forged) => {
    await ready();
    await execute();
    await event('UPDATE_COMPLETE', forged);
    expect(answers('run-token')).toEqual([]);
  });

  it('is not ended by an event that the target itself does not confirm', async () => {
    await ready();
    await execute();
    await expect(event('UPDATE_COMPLETE')).rejects.toMatchObject({ name: 'TransientError' });
    expect(answers('run-token')).toEqual([]);
  });

  it('is not ended by a status that a rollback follows', async () => {
    await ready();
    await execute();
    await event('UPDATE_FAILED');
    await event('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
    expect(answers('run-token')).toEqual([]);
  });

  it('names the people who approved', async () => {
    await ready();
    records.environments.set('dev', { release: task.release, environment: 'dev', state: 'executing', attempt: '1-1', approval: 'b'.repeat(32), updatedAt: '' });
    records.approvals.set('b'.repeat(32), {
      id: 'b'.repeat(32), release: task.release, application: 'orders', environment: 'dev', attempt: '1-1', sequence: 12, digest: 'a'.repeat(64), changeSets: [], approvers: ['alex'], required: 1, authors: [], state: 'approved', version: 1,
      votes: [{ approver: 'alex', decision: 'approve', reason: '', digest: 'a'.repeat(64), channel: 'cli', from: 'x', at: '2026-01-01T00:00:00.000Z' }],
      createdAt: '2026-01-01T00:00:00.000Z', expiresAt: '2026-01-02T00:00:00.000Z',
    });
    await execute();
    expect(records.visits.at(-1)).toEqual({ purpose: 'execute', approvers: ['alex'] });
  });
});

describe('a lock', () => {
  const other = { ...task, execution: 'arn:aws:states:eu-west-1:111111111111:execution:execute-plan:two', token: 'other-token' };

  it('is given to the next in line when it comes back', async () => {
    await open();
    records.running.add(execution);
    await lock();
    await takeLock(uses, uses.where, other);
    expect(answers('other-token')).toEqual([]);
    await closeTarget(uses, uses.where, { ...task, execution, fence: 1, outcome: 'stale', clean: true });
    expect(answers('other-token')).toEqual([{ answer: 'again' }]);
    await takeLock(uses, uses.where, { ...other, token: 'again-token' });
    expect(answers('again-token')).toEqual([{ answer: 'taken', fence: 2 }]);
    expect(records.line).toEqual([]);
  });

  it('dies with its execution', async () => {
    await lock();
    await takeLock(uses, uses.where, other);
    expect(answers('other-token')).toEqual([{ answer: 'taken', fence: 2 }]);
  });

  it('taken over closes nothing for the old holder, and keeps its fence when it is free', async () => {
    await open();
    await lock();
    await takeLock(uses, uses.where, other);
    await closeTarget(uses, uses.where, { ...task, execution, fence: 1, outcome: 'deployed', clean: true });
    expect(records.deployed.size).toBe(0);
    expect(records.locks.get('222222222222#eu-west-1#orders-dev')).toMatchObject({ owner: other.execution, fence: 2 });
  });

  it('taken again by the same execution is the same lock', async () => {
    await lock();
    await lock();
    expect(answers('lock-token')).toEqual([{ answer: 'taken', fence: 1 }, { answer: 'taken', fence: 1 }]);
  });
});

describe('a target that an error stopped', () => {
  it('ends as failed with the sentence of the error, also when nothing was planned yet', async () => {
    const error = { Error: 'AccessDeniedError', Cause: JSON.stringify({ errorType: 'AccessDeniedError', errorMessage: 'Assuming the role: refused.', trace: [] }) };
    expect(await closeTarget(uses, uses.where, { ...task, execution, error })).toEqual({ outcome: 'failed' });
    expect(record()).toMatchObject({ state: 'ended', outcome: 'failed', clean: true, reason: 'Assuming the role: refused.' });
    expect(await closeTarget(uses, uses.where, { ...task, execution, error })).toEqual({ outcome: 'failed' });
    expect(records.reports).toHaveLength(1);
  });

  it('ends as stale when its plan was', async () => {
    await open();
    expect(await closeTarget(uses, uses.where, { ...task, execution, error: { Error: 'StalePlanError', Cause: 'gone' } })).toEqual({ outcome: 'stale' });
  });
});
