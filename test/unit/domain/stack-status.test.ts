import { StackStatus } from '@aws-sdk/client-cloudformation';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stackEnd, ends, isFinalStatus } from '../../../domain/stack-end.ts';
import { advice, isTerminal, mayRemove, stackStatuses, statusRow, treatmentOf } from '../../../domain/stack-status.ts';

const all = Object.values(StackStatus);

describe('a stack status', () => {
  it.each(all)('%s has a written row', (status) => {
    expect(Object.keys(stackStatuses)).toContain(status);
  });

  it('has no row that CloudFormation does not know', () => {
    expect(Object.keys(stackStatuses).sort()).toEqual([...all].sort());
  });

  it.each([
    ['create', ['REVIEW_IN_PROGRESS', 'DELETE_COMPLETE']],
    ['update', ['CREATE_COMPLETE', 'IMPORT_COMPLETE', 'IMPORT_ROLLBACK_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE']],
    ['remove-first', ['CREATE_FAILED', 'ROLLBACK_COMPLETE', 'ROLLBACK_FAILED']],
    ['person', ['DELETE_FAILED', 'IMPORT_ROLLBACK_FAILED', 'UPDATE_FAILED', 'UPDATE_ROLLBACK_FAILED']],
  ] as const)('means %s for exactly these', (treatment, statuses) => {
    expect(all.filter((status) => treatmentOf(status) === treatment).sort()).toEqual([...statuses].sort());
  });

  it('that moves is waited for, whoever moves it, but for the empty stack of a change set', () => {
    const moving = all.filter((status) => status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS');
    expect(all.filter((status) => treatmentOf(status) === 'wait').sort()).toEqual(moving.sort());
    expect(moving.filter(isTerminal)).toEqual([]);
  });

  it('of a stack that does not exist means create', () => {
    expect(treatmentOf(undefined)).toBe('create');
  });

  it('that nobody has written down is a person\'s matter', () => {
    fc.assert(fc.property(fc.string(), (text) => all.includes(text as StackStatus) || (treatmentOf(text) === 'person' && !mayRemove(text))));
  });

  it('never lets a stack be removed that may once have been complete', () => {
    for (const status of all) if (mayRemove(status)) expect(statusRow(status).neverComplete).toBe(true);
    // After these words a stack held something that worked.
    for (const status of all) if (/UPDATE|IMPORT|DELETE|CREATE_COMPLETE/.test(status)) expect(mayRemove(status)).toBe(false);
  });

  it('that needs a person comes with advice', () => {
    for (const status of all) expect(advice(status)).toMatch(/retry the release\.$/);
  });
});

describe('the end of an operation', () => {
  it.each(all)('%s never counts as deployed unless it is the complete status of that operation', (status) => {
    for (const operation of ['CREATE', 'UPDATE'] as const) expect(stackEnd(operation, status)?.outcome === 'deployed').toBe(status === `${operation}_COMPLETE`);
  });

  it.each(all.filter((status) => status.endsWith('_IN_PROGRESS')))('%s is not an end', (status) => {
    expect([stackEnd('CREATE', status), stackEnd('UPDATE', status), isFinalStatus(status)]).toEqual([undefined, undefined, false]);
  });

  it('has rows for terminal statuses only', () => {
    for (const table of Object.values(ends)) for (const status of Object.keys(table)) expect(isTerminal(status)).toBe(true);
  });

  it('of a rollback that failed is dirty, of one that worked is clean', () => {
    expect(stackEnd('UPDATE', 'UPDATE_ROLLBACK_FAILED', 'why')).toEqual({ outcome: 'failed', clean: false, stackStatus: 'UPDATE_ROLLBACK_FAILED', reason: 'why' });
    expect(stackEnd('UPDATE', 'UPDATE_ROLLBACK_COMPLETE')).toEqual({ outcome: 'rolled-back', clean: true, stackStatus: 'UPDATE_ROLLBACK_COMPLETE' });
    expect(stackEnd('CREATE', 'ROLLBACK_COMPLETE')).toEqual({ outcome: 'failed', clean: true, stackStatus: 'ROLLBACK_COMPLETE' });
  });
});
