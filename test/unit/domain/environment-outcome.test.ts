import { describe, expect, it } from 'vitest';
import type { Approval } from '../../../contracts/approval.ts';
import { outcomeOf, sentenceOf } from '../../../domain/caught.ts';
import { environmentOutcome } from '../../../domain/environment-outcome.ts';
import { planSentence } from '../../../domain/plan-sentence.ts';
import { aRecord } from '../../fakes/samples.ts';

const ended = (outcome: NonNullable<ReturnType<typeof aRecord>['outcome']>, reason?: string) => aRecord({ state: 'ended', outcome, reason });
const approval = (fields: Partial<Approval>): Approval => ({
  id: 'b'.repeat(32), release: 'orders-12-3f2a9c1b', application: 'orders', environment: 'dev', attempt: '1-1', sequence: 12, digest: 'a'.repeat(64), changeSets: [],
  approvers: ['alex'], required: 1, authors: [], state: 'waiting', votes: [], createdAt: '2026-01-01T00:00:00.000Z', expiresAt: '2026-01-02T00:00:00.000Z', ...fields,
});
const outcome = (records: ReturnType<typeof aRecord>[], more: Partial<Parameters<typeof environmentOutcome>[0]> = {}) => environmentOutcome({ mode: 'deploy', records, approval: undefined, ...more });

describe('how an environment ended', () => {
  it('is the worst that happened to a target, with its reason', () => {
    expect(outcome([ended('deployed'), ended('rolled-back', 'Queue: refused')])).toEqual({ outcome: 'rolled-back', reason: 'main: Queue: refused' });
    expect(outcome([ended('stale', 'changed'), ended('failed', 'broken')])).toEqual({ outcome: 'failed', reason: 'main: broken' });
  });

  it('is deployed when something was, and no-changes when nothing was', () => {
    expect(outcome([ended('deployed'), ended('no-changes')])).toEqual({ outcome: 'deployed' });
    expect(outcome([ended('no-changes'), ended('no-changes')], { approval: approval({ state: 'rejected' }) })).toEqual({ outcome: 'no-changes' });
  });

  it('is what the people said', () => {
    const vote = { approver: 'alex', decision: 'reject', reason: 'not on a Friday', digest: 'a'.repeat(64), channel: 'link', from: 'x', at: '2026-01-01T00:00:00.000Z' } as const;
    expect(outcome([aRecord()], { approval: approval({ state: 'rejected', votes: [vote] }) })).toEqual({ outcome: 'rejected', reason: 'Rejected by alex: not on a Friday' });
    expect(outcome([aRecord()], { approval: approval({ state: 'expired' }) }).outcome).toBe('expired');
    expect(outcome([aRecord()], { approval: approval({ state: 'superseded', supersededBy: 'orders-13-aaaaaaaa' }) }).reason).toContain('orders-13-aaaaaaaa');
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

  it('ends a target as stale only when its plan was', () => {
    expect(['StalePlanError', 'AccessDeniedError'].map((name) => outcomeOf({ Error: name }))).toEqual(['stale', 'failed']);
  });
});

describe('the sentence of a plan', () => {
  it('counts what would happen in each target', () => {
    const counts = { add: 1, modify: 0, replace: 2, remove: 0 };
    expect(planSentence('dev', [aRecord({ counts }), aRecord({ target: 'two', state: 'ended', outcome: 'no-changes' })])).toBe('Planned dev. main: 1 added, 2 replaced; two: nothing changes.');
    expect(planSentence('dev', [aRecord({ counts: { add: 0, modify: 0, replace: 0, remove: 0 } })])).toBe('Planned dev. main: only outputs change.');
    expect(planSentence('dev', [])).toBe('Planned dev. No target could be planned.');
  });
});
