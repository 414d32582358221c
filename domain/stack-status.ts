/** What a release may do with a stack that it finds. */
export type Treatment = 'create' | 'update' | 'wait' | 'remove-first' | 'person';

interface StatusRow {
  readonly treatment: Treatment;
  /** An operation has ended in it; nothing happens to the stack by itself any more. */
  readonly terminal: boolean;
  /** The stack cannot ever have worked: only a first creation ends like this, so nothing of value is in it. */
  readonly neverComplete: boolean;
}

const moving = { treatment: 'wait', terminal: false, neverComplete: false } as const;
const standing = { treatment: 'update', terminal: true, neverComplete: false } as const;
const stuck = { treatment: 'person', terminal: true, neverComplete: false } as const;
const stillborn = { treatment: 'remove-first', terminal: true, neverComplete: true } as const;
const absent = { treatment: 'create', terminal: true, neverComplete: true } as const;

/**
 * Every status that CloudFormation knows. Two rules of CloudFormation shape it: UPDATE on a missing stack and
 * CREATE on an existing one both fail, with REVIEW_IN_PROGRESS counting as missing; and a stack whose first
 * creation failed accepts nothing but DeleteStack.
 */
export const stackStatuses = {
  /** An empty shell that a CREATE change set made. Nothing moves although the name says so. */
  REVIEW_IN_PROGRESS: absent,
  DELETE_COMPLETE: absent,

  CREATE_IN_PROGRESS: moving,
  UPDATE_IN_PROGRESS: moving,
  DELETE_IN_PROGRESS: moving,
  IMPORT_IN_PROGRESS: moving,
  ROLLBACK_IN_PROGRESS: moving,
  UPDATE_ROLLBACK_IN_PROGRESS: moving,
  IMPORT_ROLLBACK_IN_PROGRESS: moving,
  /** Updated and usable, but old resources are still being deleted: no update is accepted yet. */
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: moving,
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: moving,

  CREATE_COMPLETE: standing,
  UPDATE_COMPLETE: standing,
  UPDATE_ROLLBACK_COMPLETE: standing,
  IMPORT_COMPLETE: standing,
  IMPORT_ROLLBACK_COMPLETE: standing,

  /** Each of these three follows a first creation only. */
  CREATE_FAILED: stillborn,
  ROLLBACK_COMPLETE: stillborn,
  ROLLBACK_FAILED: stillborn,

  /** Half-changed; what to skip or repair is not ours to guess. */
  UPDATE_ROLLBACK_FAILED: stuck,
  IMPORT_ROLLBACK_FAILED: stuck,
  /** Somebody switched rollback off and left it like this. */
  UPDATE_FAILED: stuck,
  /** The status does not say whether the stack ever worked, so it is never deleted again without a person. */
  DELETE_FAILED: stuck,
} as const satisfies Record<string, StatusRow>;

export type StackStatusName = keyof typeof stackStatuses;

/** A status that AWS adds after this was written is a person's matter, and is waited for in no way. */
export function statusRow(status: string): StatusRow {
  return Object.hasOwn(stackStatuses, status) ? stackStatuses[status as StackStatusName] : stuck;
}

/** What may be done to a stack; `undefined` stands for a stack that does not exist. */
export function treatmentOf(status: string | undefined): Treatment {
  return status === undefined ? 'create' : statusRow(status).treatment;
}

export const isTerminal = (status: string): boolean => statusRow(status).terminal;

/** The only question that leads to DeleteStack, beside an empty shell. */
export const mayRemove = (status: string): boolean => statusRow(status).treatment === 'remove-first';

/** What a person has to do about a stack that a release leaves alone. */
export function advice(status: string): string {
  switch (status) {
    case 'UPDATE_ROLLBACK_FAILED':
      return 'Mend the cause and continue the update rollback in the target account, then retry the release.';
    case 'DELETE_FAILED':
      return 'Delete what holds it back, or delete the stack keeping those resources, then retry the release.';
    case 'UPDATE_FAILED':
      return 'Roll the stack back in the target account, then retry the release.';
    default:
      return 'Bring the stack into a complete state in the target account, then retry the release.';
  }
}
