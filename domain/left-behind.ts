import type { TargetRecord } from '../contracts/plan.ts';

/** What a plan that nobody executed leaves in its target. */
export interface LeftBehind {
  readonly changeSet: boolean;
  /** The empty stack that a CREATE change set makes; it counts against the quota of stacks. */
  readonly shell: boolean;
}

const nothing: LeftBehind = { changeSet: false, shell: false };

/**
 * A set without changes was deleted when it was seen, and an executed one is CloudFormation's.
 * A stale one may be obsolete and still there. The row says whether there was a shell from the moment on
 * that a change set may exist.
 */
export function leftBehind(record: Pick<TargetRecord, 'state' | 'outcome' | 'createdShell' | 'executed'> | undefined): LeftBehind {
  if (record === undefined || record.state === 'executing' || record.executed === true) return nothing;
  const shell = record.createdShell === true;
  switch (record.outcome) {
    case 'deployed':
    case 'rolled-back':
      return nothing;
    case 'no-changes':
      return { changeSet: false, shell };
    default:
      return { changeSet: record.createdShell !== undefined, shell };
  }
}
