import { describe, expect, it } from 'vitest';
import { failedNestedStack, type FailureEvent, firstCause } from '../../../domain/first-cause.ts';

let clock = 0;
const event = (fields: Partial<FailureEvent>): FailureEvent => ({ logicalId: 'Queue', type: 'AWS::SQS::Queue', status: 'CREATE_FAILED', reason: 'Denied', at: new Date((clock += 1)), ofStack: false, ...fields });
const newestFirst = (...events: FailureEvent[]) => [...events].reverse();

describe('the first cause', () => {
  it('is the first resource that failed by itself', () => {
    expect(
      firstCause(
        newestFirst(
          event({ status: 'CREATE_IN_PROGRESS', reason: undefined }),
          event({ logicalId: 'Role', type: 'AWS::IAM::Role', reason: 'No permission' }),
          event({ reason: 'Resource creation cancelled' }),
          event({ logicalId: 'shop', ofStack: true, reason: 'The following resource(s) failed to create: [Role].' }),
        ),
      ),
    ).toBe('Role (AWS::IAM::Role): No permission');
  });

  it('is the older of two events of the same moment, which CloudFormation lists last', () => {
    const at = new Date(5);
    expect(firstCause([event({ logicalId: 'Second', at }), event({ logicalId: 'First', at })])).toContain('First');
  });

  it('is what the stack itself says when no resource failed', () => {
    expect(firstCause([event({ ofStack: true, status: 'UPDATE_FAILED', reason: 'Validation failed' })])).toBe('Validation failed');
    expect(firstCause([event({ status: 'UPDATE_COMPLETE' })])).toBeUndefined();
  });

  it('lies in the nested stack that failed first', () => {
    const nested = event({ logicalId: 'Inner', type: 'AWS::CloudFormation::Stack', physicalId: 'arn:inner', reason: 'Embedded stack arn:inner was not successfully created: The following resource(s) failed to create: [X].' });
    expect(failedNestedStack(newestFirst(event({ reason: 'Resource creation cancelled' }), nested))).toBe('arn:inner');
    expect(failedNestedStack([event({})])).toBeUndefined();
    // It could not be begun, so it has no events of its own.
    expect(failedNestedStack([event({ type: 'AWS::CloudFormation::Stack', physicalId: '', reason: 'S3 error: Access Denied' })])).toBeUndefined();
  });
});
