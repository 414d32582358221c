import * as z from 'zod';
import { AccountId, EnvironmentName, Region, ReleaseId, StackOrGroup, TargetName } from './names.ts';

/** Deployed, but in no configuration any more. */
export const Left = z.object({
  application: z.string(),
  environment: EnvironmentName,
  target: TargetName,
  account: AccountId,
  region: Region,
  stackName: StackOrGroup,
  /** What no longer names it: the registered environments, or the files of the application. */
  by: z.enum(['registry', 'files']),
  why: z.string(),
  since: z.iso.datetime(),
  /** The removal that was planned for it. */
  removal: ReleaseId.optional(),
  /** Why there is none. */
  trouble: z.string().optional(),
});
export type Left = z.infer<typeof Left>;
