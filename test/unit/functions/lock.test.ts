import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeLock } from '../../../functions/take-lock/handler.ts';
import { task } from '../../fakes/samples.ts';
import { aStage, execution } from '../../fakes/stage.ts';

let at: ReturnType<typeof aStage>;

beforeEach(() => {
  at = aStage();
});
afterEach(() => {
  at.cloud.restore();
});

describe('a lock', () => {
  const other = { ...task, execution: 'arn:aws:states:eu-west-1:111111111111:execution:execute-plan:two', token: 'other-token' };

  it('is given to the next in line when it comes back', async () => {
    await at.open();
    at.records.running.add(execution);
    await at.lock();
    await takeLock(at.uses, at.where, other);
    expect(at.answers('other-token')).toEqual([]);
    await at.close({ fence: 1, outcome: 'stale', clean: true });
    expect(at.answers('other-token')).toEqual([{ answer: 'again' }]);
    await takeLock(at.uses, at.where, { ...other, token: 'again-token' });
    expect(at.answers('again-token')).toEqual([{ answer: 'taken', fence: 2 }]);
    expect(at.records.line).toEqual([]);
  });

  it('dies with its execution', async () => {
    await at.lock();
    await takeLock(at.uses, at.where, other);
    expect(at.answers('other-token')).toEqual([{ answer: 'taken', fence: 2 }]);
  });

  it('taken over closes nothing for the old holder, and keeps its fence when it is free', async () => {
    await at.open();
    await at.lock();
    await takeLock(at.uses, at.where, other);
    await at.close({ fence: 1, outcome: 'deployed', clean: true });
    expect(at.records.deployed.size).toBe(0);
    expect(at.records.locks.get('222222222222#eu-west-1#orders-dev')).toMatchObject({ owner: other.execution, fence: 2 });
  });

  it('that came free between a look and the next leaves no place in the line to wait for', async () => {
    await at.open();
    at.records.running.add(other.execution);
    at.records.locks.set('222222222222#eu-west-1#orders-dev', { owner: other.execution, fence: 1, nonce: 'n', since: '2026-01-01T00:00:00.000Z' });
    await at.lock();
    expect(at.records.waits.size).toBe(1);
    at.records.running.delete(other.execution);
    await at.lock();
    await at.close({ fence: 2, outcome: 'stale', clean: true });
    expect(at.records.waits.size).toBe(0);
  });

  it('taken again by the same execution is the same lock', async () => {
    await at.lock();
    await at.lock();
    expect(at.answers('lock-token')).toEqual([{ answer: 'taken', fence: 1 }, { answer: 'taken', fence: 1 }]);
  });
});

describe('a target that an error stopped', () => {
  it('ends as failed with the sentence of the error, also when nothing was planned yet', async () => {
    const error = { Error: 'AccessDeniedError', Cause: JSON.stringify({ errorType: 'AccessDeniedError', errorMessage: 'Assuming the role: refused.', trace: [] }) };
    expect(await at.close({ error })).toEqual({ outcome: 'failed' });
    expect(at.record()).toMatchObject({ state: 'ended', outcome: 'failed', clean: true, reason: 'Assuming the role: refused.' });
    expect(await at.close({ error })).toEqual({ outcome: 'failed' });
    expect(at.records.reports).toHaveLength(1);
  });

  it('ends as stale when its plan was', async () => {
    await at.open();
    expect(await at.close({ error: { Error: 'StalePlanError', Cause: 'gone' } })).toEqual({ outcome: 'stale' });
  });
});
