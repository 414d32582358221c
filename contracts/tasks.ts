import * as z from 'zod';
import { Attempt, EnvironmentName, ReleaseId, TargetName } from './names.ts';
import { Outcome } from './outcome.ts';

/** What the machines hand to the functions: ids, never content. The ASL contract test holds both sides to these. */

const Token = z.string().min(1).max(2048);

export const ReleaseTask = z.object({ release: ReleaseId, attempt: z.int().min(1) });
export const EnvironmentTask = z.object({ release: ReleaseId, environment: EnvironmentName, attempt: z.int().min(1), round: z.int().min(1) });
export const TargetTask = z.object({ release: ReleaseId, environment: EnvironmentName, target: TargetName, attempt: Attempt });

export type ReleaseTask = z.infer<typeof ReleaseTask>;
export type EnvironmentTask = z.infer<typeof EnvironmentTask>;
export type TargetTask = z.infer<typeof TargetTask>;

/** The same, for a state that waits: the function keeps the token, something else completes it. */
export const ReleaseWait = ReleaseTask.extend({ token: Token });
export const EnvironmentWait = EnvironmentTask.extend({ token: Token });
export const TargetWait = TargetTask.extend({ token: Token });

/** Which of the commands that test an environment. */
export const TestWait = EnvironmentWait.extend({ test: z.int().min(0) });
export type TestWait = z.infer<typeof TestWait>;

/** The fence is the number of the lock that the execution holds. */
export const LockedTask = TargetTask.extend({ fence: z.int() });
export const LockedWait = LockedTask.extend({ token: Token });
/** `tries`: how often AWS has refused to delete the stack, where it is a stack that is deleted. */
export const StackWait = LockedWait.extend({ tries: z.int().min(0).optional() });
export const LockWait = TargetWait.extend({ execution: z.string() });

/** How far the steps of a target have come: which step, which of its files, and how many files were copied for it. */
export const Cursor = z.object({ step: z.int().min(0), file: z.int().min(0), copied: z.int().min(0) });
export type Cursor = z.infer<typeof Cursor>;
export const StepsTask = LockedTask.extend({ cursor: Cursor });
export type StepsTask = z.infer<typeof StepsTask>;

/** What `States.Catch` hands on. */
export const CaughtError = z.object({ Error: z.string(), Cause: z.string().optional() });
export type CaughtError = z.infer<typeof CaughtError>;

export const CloseTarget = TargetTask.extend({
  fence: z.int().optional(),
  /** The execution that closes it; only its own lock is dropped. */
  execution: z.string(),
  outcome: Outcome.optional(),
  clean: z.boolean().optional(),
  /** It is frozen because the environment is halted. */
  halted: z.boolean().optional(),
  reason: z.string().optional(),
  error: CaughtError.optional(),
});
export type TargetWait = z.infer<typeof TargetWait>;
export type LockedTask = z.infer<typeof LockedTask>;
export type LockedWait = z.infer<typeof LockedWait>;
export type StackWait = z.infer<typeof StackWait>;
export type LockWait = z.infer<typeof LockWait>;
export type CloseTarget = z.infer<typeof CloseTarget>;
export type ReleaseWait = z.infer<typeof ReleaseWait>;
export type EnvironmentWait = z.infer<typeof EnvironmentWait>;
