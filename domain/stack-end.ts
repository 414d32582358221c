import type { StackEnd } from '../contracts/outcome.ts';

type End = Pick<StackEnd, 'outcome' | 'clean'>;

const deployed: End = { outcome: 'deployed', clean: true };
const rolledBack: End = { outcome: 'rolled-back', clean: true };
const dirty: End = { outcome: 'failed', clean: false };

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
  DELETE: {
    DELETE_COMPLETE: { outcome: 'removed', clean: true },
    DELETE_FAILED: dirty,
  },
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
export const isFinalStatus = (status: string): boolean => !beforeRollback.has(status) && (ends.CREATE[status] ?? ends.UPDATE[status]) !== undefined;
