import * as z from 'zod';
import { AccountId, EnvironmentName, Region, ReleaseId } from './names.ts';

/** What `drawbridge doctor` asks, and what the control plane found out about itself and its targets. */

export const DoctorRequest = z.strictObject({ environment: EnvironmentName.optional() });
export type DoctorRequest = z.infer<typeof DoctorRequest>;

/** `remark` may be as it should be; `unknown` could not be checked. Neither makes anything unhealthy. */
export const FindingState = z.enum(['good', 'remark', 'unknown', 'bad']);
export type FindingState = z.infer<typeof FindingState>;

export const Finding = z.object({
  what: z.string(),
  state: FindingState,
  says: z.string(),
  why: z.string(),
  todo: z.string(),
});
export type Finding = z.infer<typeof Finding>;

/** An account in a Region, as it is registered. */
export const Place = z.object({ account: AccountId, region: Region, externalId: z.string() });
export type Place = z.infer<typeof Place>;

/** With a release it is the first into these places: what is wrong ends it, what is good is remembered. */
export const ExamineTargets = z.object({ places: z.array(Place), environment: EnvironmentName, release: ReleaseId.optional() });
export type ExamineTargets = z.infer<typeof ExamineTargets>;

/** What was found in each place, in their order. */
export const ExaminedTargets = z.object({ findings: z.array(z.array(Finding)) });
export type ExaminedTargets = z.infer<typeof ExaminedTargets>;

export const FindingGroup = z.object({ about: z.string(), findings: z.array(Finding) });
export type FindingGroup = z.infer<typeof FindingGroup>;

export const DoctorAnswer = z.object({ healthy: z.boolean(), groups: z.array(FindingGroup) });
export type DoctorAnswer = z.infer<typeof DoctorAnswer>;
