import * as z from 'zod';

/** How a target, an environment or a release ended. */
export const Outcome = z.enum([
  'deployed',
  'no-changes',
  'rejected',
  'expired',
  'superseded',
  'stale',
  'frozen',
  'failed',
  'rolled-back',
  /** Somebody called it off before it had begun. */
  'cancelled',
  /** What was deployed there is gone. */
  'removed',
  /** Only looked at: the release was made by `drawbridge plan`. */
  'planned',
]);
export type Outcome = z.infer<typeof Outcome>;

/** How an operation on a stack ended, read from the target itself. */
export const StackEnd = z.object({
  outcome: z.enum(['deployed', 'failed', 'rolled-back', 'removed']),
  stackStatus: z.string(),
  /** `false`: something half-changed was left behind and a person has to look. */
  clean: z.boolean(),
  /** Of a deletion that failed: what AWS refused may go by itself after a while, so it is asked again. */
  again: z.boolean().optional(),
  /** First cause, in the words of the API. */
  reason: z.string().optional(),
});
export type StackEnd = z.infer<typeof StackEnd>;

/** How a deployment of CodeDeploy ended, read from the target itself. */
export const DeploymentEnd = z.object({
  outcome: z.enum(['deployed', 'failed', 'rolled-back']),
  deploymentId: z.string(),
  clean: z.boolean(),
  reason: z.string().optional(),
});
export type DeploymentEnd = z.infer<typeof DeploymentEnd>;
