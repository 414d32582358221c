/** What DescribeChangeSet says of a change set, as far as it decides. */
export interface ChangeSetLook {
  readonly status: string;
  readonly executionStatus: string | undefined;
  readonly reason: string | undefined;
}

export type ChangeSetAnswer = 'pending' | 'ready' | 'no-changes' | 'failed' | 'gone';

/** The second wording comes when a transform is involved, that is with every SAM template. */
const emptyWordings = ["The submitted information didn't contain changes.", 'No updates are to be performed'];

/**
 * `no changes` is a failure with a reason, never an empty list of changes: a change of the Outputs alone
 * has an empty list and can be executed (CloudFormation API: DescribeChangeSet).
 */
const failedAnswer = (reason: string | undefined): ChangeSetAnswer => (emptyWordings.some((wording) => reason?.startsWith(wording)) ? 'no-changes' : 'failed');

/** A change set that is complete says in its execution status whether it may still be executed. */
export const executionAnswers = {
  AVAILABLE: 'ready',
  /** Complete, but CloudFormation is still getting it ready (nested sets, hooks). */
  UNAVAILABLE: 'pending',
  EXECUTE_IN_PROGRESS: 'gone',
  EXECUTE_COMPLETE: 'gone',
  EXECUTE_FAILED: 'gone',
  /** The stack was changed since by something else. */
  OBSOLETE: 'gone',
} as const satisfies Record<string, ChangeSetAnswer>;

export const statusAnswers = {
  CREATE_PENDING: () => 'pending',
  CREATE_IN_PROGRESS: () => 'pending',
  CREATE_COMPLETE: ({ executionStatus }) =>
    executionStatus !== undefined && Object.hasOwn(executionAnswers, executionStatus) ? executionAnswers[executionStatus as keyof typeof executionAnswers] : 'pending',
  FAILED: ({ reason }) => failedAnswer(reason),
  DELETE_PENDING: () => 'gone',
  DELETE_IN_PROGRESS: () => 'gone',
  DELETE_COMPLETE: () => 'gone',
  DELETE_FAILED: () => 'gone',
} as const satisfies Record<string, (look: ChangeSetLook) => ChangeSetAnswer>;

export function changeSetAnswer(look: ChangeSetLook): ChangeSetAnswer {
  return Object.hasOwn(statusAnswers, look.status) ? statusAnswers[look.status as keyof typeof statusAnswers](look) : 'failed';
}

/** The real reason is elsewhere: with an early validation only DescribeEvents has it. */
export function needsEvents(reason: string | undefined): boolean {
  return reason === undefined || reason === '' || /EarlyValidation|hook\(s\)\/validation|DescribeEvents/i.test(reason);
}

/** The failure of a nested change set names the change set that has the reason. */
export function nestedChangeSet(reason: string | undefined): string | undefined {
  return /Nested change set (arn:\S+?:changeSet\/[\w-]+\/[\w-]+)/i.exec(reason ?? '')?.[1];
}

/** Property values make CloudFormation drop whole changes now and then; this warning is the only sign. */
export function isIncomplete(reason: string | undefined): boolean {
  return reason?.includes('[WARN] --include-property-values option can return incomplete') ?? false;
}
