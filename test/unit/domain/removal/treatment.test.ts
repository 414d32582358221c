import { StackStatus } from '@aws-sdk/client-cloudformation';
import { expect, it } from 'vitest';
import { removalTreatment, removalTreatments } from '../../../../domain/removal/treatment.ts';
import { ends, isFinalStatus, stackEnd } from '../../../../domain/stack-end.ts';

const statuses = Object.values(StackStatus);

it('every status that CloudFormation knows has a treatment, and no other', () => {
  expect(Object.keys(removalTreatments).sort()).toEqual([...statuses].sort());
});

it.each(statuses)('%s is waited for exactly where something moves, and deleted where something stands', (status) => {
  const moves = status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS';
  const gone = status === 'DELETE_COMPLETE' || status === 'REVIEW_IN_PROGRESS';
  expect(removalTreatment(status)).toBe(moves ? 'wait' : gone ? 'gone' : 'delete');
});

it('a stack that does not exist is gone, and a status that AWS adds is a person’s matter', () => {
  expect(removalTreatment(undefined)).toBe('gone');
  expect(removalTreatment('DELETE_ROLLBACK_COMPLETE')).toBe('person');
});

it.each(statuses)('a deletion that is in %s is over only when the stack is gone or AWS refused', (status) => {
  const end = stackEnd('DELETE', status, 'why');
  expect(end?.outcome).toBe({ DELETE_COMPLETE: 'removed', DELETE_FAILED: 'failed' }[status as string]);
  if (ends.DELETE[status] !== undefined) expect(isFinalStatus(status)).toBe(true);
});
