import { StackStatus } from '@aws-sdk/client-cloudformation';
import { expect, it } from 'vitest';
import { removalTreatment, removalTreatments } from '../../../../domain/removal/treatment.ts';
import { isFinalStatus, stackEnd } from '../../../../domain/stack-end.ts';

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

it.each(statuses)('a deletion is over in %s where the stack is gone, or stands where AWS did not delete it', (status) => {
  const end = stackEnd('DELETE', status, 'why');
  const refused = removalTreatment(status) === 'delete';
  expect(end).toEqual(status === 'DELETE_COMPLETE' ? { outcome: 'removed', clean: true, stackStatus: status } : refused ? { outcome: 'failed', clean: false, stackStatus: status, reason: 'why' } : undefined);
  // The event of the two that come before a rollback is no end of an update; a deletion that is refused in them is found by a look.
  if (end !== undefined) expect(isFinalStatus(status)).toBe(status !== 'CREATE_FAILED' && status !== 'UPDATE_FAILED');
});
