import type { StackEnd } from '../contracts/outcome.ts';
import { removalTreatments } from './removal/treatment.ts';

type End = Pick<StackEnd, 'outcome' | 'clean'>;

const deployed: End = { outcome: 'deployed', clean: true };
const rolledBack: End = { outcome: 'rolled-back', clean: true };
const dirty: End = { outcome: 'failed', clean: false };

/**
 * A deletion that CloudFormation refuses as a whole, because another stack imports an export of this one, does not end as
 * DELETE_FAILED: the stack has the status again in which the deletion was accepted, and the reason is in the event of that
 * (github.com/aws/aws-sdk issue 383, boto/botocore 2590, aws/aws-sdk-java 1712, aws/aws-sdk-ruby 2084).
 */
const asBefore: Readonly<Partial<Record<string, End>>> = Object.fromEntries(Object.entries(removalTreatments).flatMap(([status, treatment]) => (treatment === 'delete' ? [[status, dirty]] : [])));

/**
 * What the last status of our own operation means. A status that ends nothing has no row:
 * UPDATE_COMPLETE_CLEANUP_IN_PROGRESS still deletes old resources and may yet report.
 */
export const ends: Readonly<Record<'CREATE' | 'UPDATE' | 'DELETE', Readonly<Partial<Record<string, End>>>>> = {
  CREATE: {
    CREATE_COMPLETE: deployed,
    /** Everything that was made is gone again; the next release removes the empty stack. */
    ROLLBACK_COMPLETE: { outcome: 'failed', clean: true },
    CREATE_FAILED: dirty,
    ROLLBACK_FAILED: dirty,
    DELETE_COMPLETE: { outcome: 'failed', clean: true },
    DELETE_FAILED: dirty,
  },
  UPDATE: {
    UPDATE_COMPLETE: deployed,
    UPDATE_ROLLBACK_COMPLETE: rolledBack,
    UPDATE_FAILED: dirty,
    UPDATE_ROLLBACK_FAILED: dirty,
    DELETE_COMPLETE: dirty,
    DELETE_FAILED: dirty,
  },
  // What was emptied before stays empty, so none of the refused ones is clean.
  DELETE: { DELETE_COMPLETE: { outcome: 'removed', clean: true }, ...asBefore },
};

/** How a stack ended, or `undefined` while it is still moving. */
export function stackEnd(operation: keyof typeof ends, stackStatus: string, reason?: string): StackEnd | undefined {
  const end = ends[operation][stackStatus];
  if (end === undefined) return undefined;
  return { ...end, stackStatus, ...(end.outcome === 'deployed' || end.outcome === 'removed' || reason === undefined ? {} : { reason }) };
}

/** Seen for a moment before the rollback that we always ask for; the end only of a stack that stays in it. */
const beforeRollback = new Set(['CREATE_FAILED', 'UPDATE_FAILED']);

/** Whether an event with this status says that an operation of ours is over. */
export const isFinalStatus = (status: string): boolean => !beforeRollback.has(status) && Object.values(ends).some((table) => table[status] !== undefined);
