import * as z from 'zod';
import { AccountId, ApplicationName, EnvironmentName, Region, StackName } from './names.ts';

/** Somebody lets an application take over a stack that was deployed by other means: the row, until it is deployed to. */
export const Adoption = z.object({
  account: AccountId,
  region: Region,
  stackName: StackName,
  application: ApplicationName,
  environment: EnvironmentName,
  by: z.string(),
  at: z.iso.datetime(),
  reason: z.string(),
});
export type Adoption = z.infer<typeof Adoption>;
