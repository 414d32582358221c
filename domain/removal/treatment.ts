import type { StackStatusName } from '../stack-status.ts';

/** What a removal may do with a stack that it finds: delete it, wait until it stands still, or nothing, for it is gone. */
export type RemovalTreatment = 'delete' | 'wait' | 'gone' | 'person';

/**
 * Every status that CloudFormation knows. DeleteStack is accepted in each that an operation ends in, failed or not: it is
 * the way out of those that accept nothing else. While something moves nobody knows what the stack will own.
 */
export const removalTreatments = {
  DELETE_COMPLETE: 'gone',
  /** An empty shell of somebody's plan to make it anew: what was deployed is gone. */
  REVIEW_IN_PROGRESS: 'gone',

  CREATE_IN_PROGRESS: 'wait',
  UPDATE_IN_PROGRESS: 'wait',
  DELETE_IN_PROGRESS: 'wait',
  IMPORT_IN_PROGRESS: 'wait',
  ROLLBACK_IN_PROGRESS: 'wait',
  UPDATE_ROLLBACK_IN_PROGRESS: 'wait',
  IMPORT_ROLLBACK_IN_PROGRESS: 'wait',
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: 'wait',
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: 'wait',

  CREATE_COMPLETE: 'delete',
  UPDATE_COMPLETE: 'delete',
  UPDATE_ROLLBACK_COMPLETE: 'delete',
  IMPORT_COMPLETE: 'delete',
  IMPORT_ROLLBACK_COMPLETE: 'delete',
  CREATE_FAILED: 'delete',
  ROLLBACK_COMPLETE: 'delete',
  ROLLBACK_FAILED: 'delete',
  UPDATE_FAILED: 'delete',
  UPDATE_ROLLBACK_FAILED: 'delete',
  IMPORT_ROLLBACK_FAILED: 'delete',
  DELETE_FAILED: 'delete',
} as const satisfies Record<StackStatusName, RemovalTreatment>;

/** A status that AWS adds after this was written is a person's matter; `undefined` stands for a stack that does not exist. */
export function removalTreatment(status: string | undefined): RemovalTreatment {
  if (status === undefined) return 'gone';
  return Object.hasOwn(removalTreatments, status) ? removalTreatments[status as StackStatusName] : 'person';
}
