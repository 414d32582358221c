import { ChangeSetStatus, ExecutionStatus } from '@aws-sdk/client-cloudformation';
import { describe, expect, it } from 'vitest';
import { changeSetAnswer, executionAnswers, isIncomplete, needsEvents, nestedChangeSet, statusAnswers } from '../../../domain/change-set-answer.ts';

const look = (status: string, executionStatus?: string, reason?: string) => changeSetAnswer({ status, executionStatus, reason });

describe('the answer of a change set', () => {
  it('is written for every status and every execution status', () => {
    expect(Object.keys(statusAnswers).sort()).toEqual(Object.values(ChangeSetStatus).sort());
    expect(Object.keys(executionAnswers).sort()).toEqual(Object.values(ExecutionStatus).sort());
  });

  it('is ready only when it is complete and available', () => {
    for (const status of Object.values(ChangeSetStatus)) {
      for (const execution of Object.values(ExecutionStatus)) {
        expect(look(status, execution, 'x') === 'ready').toBe(status === 'CREATE_COMPLETE' && execution === 'AVAILABLE');
      }
    }
  });

  it.each([
    "The submitted information didn't contain changes. Submit different information to create a change set.",
    "The submitted information didn't contain changes.",
    'No updates are to be performed.',
  ])('is no changes: %s', (reason) => {
    expect(look('FAILED', 'UNAVAILABLE', reason)).toBe('no-changes');
  });

  it.each([undefined, '', 'Transform AWS::Serverless-2016-10-31 failed', 'The following hook(s)/validation failed: [AWS::EarlyValidation::PropertyValidation].'])('is failed: %s', (reason) => {
    expect(look('FAILED', 'UNAVAILABLE', reason)).toBe('failed');
  });

  it.each(['CREATE_PENDING', 'CREATE_IN_PROGRESS'])('is pending in %s', (status) => {
    expect(look(status, 'UNAVAILABLE')).toBe('pending');
  });

  it.each(['DELETE_PENDING', 'DELETE_IN_PROGRESS', 'DELETE_COMPLETE', 'DELETE_FAILED'])('is gone in %s', (status) => {
    expect(look(status, 'AVAILABLE')).toBe('gone');
  });

  it.each(['OBSOLETE', 'EXECUTE_IN_PROGRESS', 'EXECUTE_COMPLETE', 'EXECUTE_FAILED'])('is gone once it is %s', (execution) => {
    expect(look('CREATE_COMPLETE', execution)).toBe('gone');
  });

  it('knows where the real reason is', () => {
    expect(needsEvents('The following hook(s)/validation failed: [AWS::EarlyValidation::ResourceExistenceCheck]. To troubleshoot use the DescribeEvents API')).toBe(true);
    expect(needsEvents(undefined)).toBe(true);
    expect(needsEvents('Parameter X is missing')).toBe(false);
    const arn = 'arn:aws:cloudformation:eu-west-1:222222222222:changeSet/one-Nested-ABC/11-22';
    expect(nestedChangeSet(`Nested change set ${arn} was not successfully created: Currently in FAILED.`)).toBe(arn);
    expect(nestedChangeSet('anything else')).toBeUndefined();
  });

  it('knows the warning that changes were left out', () => {
    expect(isIncomplete('[WARN] --include-property-values option can return incomplete ChangeSet data because: x')).toBe(true);
    expect(isIncomplete(undefined)).toBe(false);
  });
});
