import { describe, expect, it } from 'vitest';
import { outcomeOf, sentenceOf } from '../../../domain/caught.ts';
import { environmentOutcome } from '../../../domain/environment-outcome.ts';
import { planSentence } from '../../../domain/plan-sentence.ts';
import { anApproval, aRecord, aVote } from '../../fakes/samples.ts';

const ended = (outcome: NonNullable<ReturnType<typeof aRecord>['outcome']>, reason?: string) => aRecord({ state: 'ended', outcome, reason });
const outcome = (records: ReturnType<typeof aRecord>[], more: Partial<Parameters<typeof environmentOutcome>[0]> = {}) => environmentOutcome({ mode: 'deploy', records, approval: undefined, ...more });

describe('how an environment ended', () => {
  it('is the worst that happened to a target, with its reason', () => {
    expect(outcome([ended('deployed'), ended('rolled-back', 'Queue: refused')])).toEqual({ outcome: 'rolled-back', reason: 'main: Queue: refused' });
    expect(outcome([ended('stale', 'changed'), ended('failed', 'broken')])).toEqual({ outcome: 'failed', reason: 'main: broken' });
  });

  it('is deployed when something was, and no-changes when nothing was', () => {
    expect(outcome([ended('deployed'), ended('no-changes')])).toEqual({ outcome: 'deployed' });
    expect(outcome([ended('no-changes'), ended('no-changes')], { approval: anApproval({ state: 'rejected' }) })).toEqual({ outcome: 'no-changes' });
  });

  it('is what the people said', () => {
    expect(outcome([aRecord()], { approval: anApproval({ state: 'rejected', votes: [aVote({ decision: 'reject', reason: 'not on a Friday' })] }) })).toEqual({ outcome: 'rejected', reason: 'Rejected by alex: not on a Friday' });
    expect(outcome([aRecord()], { approval: anApproval({ state: 'expired' }) }).outcome).toBe('expired');
    expect(outcome([aRecord()], { approval: anApproval({ state: 'superseded', supersededBy: 'orders-13-aaaaaaaa' }) }).reason).toContain('orders-13-aaaaaaaa');
  });

  it('is planned for a release that only looks', () => {
    expect(outcome([aRecord(), ended('no-changes')], { mode: 'plan' })).toEqual({ outcome: 'planned' });
  });

  it('is failed with the error that stopped it, or with what broke off', () => {
    expect(outcome([aRecord()], { error: 'Asking: refused.' })).toEqual({ outcome: 'failed', reason: 'Asking: refused.' });
    expect(outcome([aRecord()]).reason).toContain('main broke off');
    expect(outcome([]).outcome).toBe('failed');
  });
});

describe('a caught error', () => {
  it('gives its message, whoever packed it', () => {
    expect(sentenceOf({ Error: 'X', Cause: '{"errorMessage":"opening: refused.","errorType":"X"}' })).toBe('Opening: refused.');
    expect(sentenceOf({ Error: 'States.Timeout', Cause: 'plain' })).toBe('Plain');
    expect(sentenceOf({ Error: 'States.Timeout' })).toBe('States.Timeout');
  });

  it('of a machine in a machine says where it went wrong, and never what went in', () => {
    const story = (Name: string, Cause: string, more = {}) => JSON.stringify({ ExecutionArn: `arn:${Name}`, Name, Status: 'FAILED', Input: '{"token":"hidden"}', Error: 'States.TaskFailed', Cause, ...more });
    const inner = story('orders-1-prod-main-1-1', '{"errorMessage":"no such row","errorType":"TypeError"}', { Error: 'TypeError' });
    const fault = 'The control plane failed, which is its own fault and not the release’s: the execution ';
    expect(sentenceOf({ Error: 'States.TaskFailed', Cause: story('orders-1-prod-1', inner) })).toBe(`${fault}orders-1-prod-main-1-1 ended as FAILED with TypeError: no such row. Retry the release.`);
    const aborted = JSON.stringify({ ExecutionArn: 'arn:x', Name: 'orders-1-prod-1', Status: 'ABORTED' });
    expect(sentenceOf({ Error: 'States.TaskFailed', Cause: aborted })).toBe(`${fault}orders-1-prod-1 ended as ABORTED. Retry the release.`);
  });

  it('ends a target as stale only when its plan was', () => {
    expect(['StalePlanError', 'AccessDeniedError'].map((name) => outcomeOf({ Error: name }))).toEqual(['stale', 'failed']);
  });
});

describe('the sentence of a plan', () => {
  it('counts what would happen in each target', () => {
    const counts = { add: 1, modify: 0, replace: 2, mayReplace: 1, remove: 0 };
    expect(planSentence('dev', [aRecord({ counts }), aRecord({ target: 'two', state: 'ended', outcome: 'no-changes' })])).toBe('Planned dev. main: 1 added, 2 replaced, 1 perhaps replaced; two: nothing changes.');
    expect(planSentence('dev', [aRecord({ counts: { add: 0, modify: 0, replace: 0, mayReplace: 0, remove: 0 } })])).toBe('Planned dev. main: only outputs change.');
    expect(planSentence('dev', [])).toBe('Planned dev. No target could be planned.');
  });
});
