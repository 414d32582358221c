import * as z from 'zod';
import { ApplicationName, EnvironmentName, ReleaseId } from './names.ts';

/** A disposable environment's instance for one branch of one application: the row in the table. It outlives releases. */
export const BranchEnvironment = z.object({
  application: ApplicationName,
  name: EnvironmentName,
  /** Of which registered environment it is an instance. */
  registered: EnvironmentName,
  branch: z.string(),
  repository: z.string(),
  createdAt: z.iso.datetime(),
  /** When it was last released to. */
  releasedAt: z.iso.datetime(),
  /** The earlier of time to live and idle time. */
  expiresAt: z.iso.datetime(),
  url: z.string().optional(),
  /** The last release to it. */
  release: ReleaseId,
  /** Of that release, or of its end: whatever is older has no business here any more. */
  sequence: z.int(),
  /** Who wrote what was released last. */
  by: z.string(),
  state: z.enum(['live', 'removing', 'removed']),
  /** Why it ended. */
  reason: z.string().optional(),
  /** Grows with every write. */
  version: z.int(),
});
export type BranchEnvironment = z.infer<typeof BranchEnvironment>;

/** That what was last released of a branch is to stay without its environment. */
export const Rest = z.object({
  /** Where the branch stood. */
  commit: z.string(),
  /** `deleted`: made again, the branch is released again, whatever it stands at. `ended`: merged, stopped or expired; only another commit is released. */
  because: z.enum(['deleted', 'ended']),
});
export type Rest = z.infer<typeof Rest>;
