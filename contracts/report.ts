import * as z from 'zod';
import { ApprovalId } from './approval.ts';
import { ApplicationName, EnvironmentName, ReleaseId, TargetName } from './names.ts';
import { Outcome } from './outcome.ts';

/** Our own events, on the control plane's bus: source `drawbridge`, detail-type `Drawbridge Report`. */
export const reportSource = 'drawbridge';
export const reportDetailType = 'Drawbridge Report';

/** What happened to a release. */
export const Report = z.object({
  kind: z.enum(['started', 'queued', 'built', 'planned', 'waiting', 'reminder', 'approved', 'rejected', 'break-glass', 'expired', 'superseded', 'cancelled', 'halted', 'resumed', 'executing', 'left', 'ended']),
  about: z.enum(['release', 'environment', 'target']),
  release: ReleaseId,
  application: ApplicationName,
  environment: EnvironmentName.optional(),
  /** Whose environment it is, where it is a branch environment. */
  branch: z.string().optional(),
  target: TargetName.optional(),
  outcome: Outcome.optional(),
  /** The question that it is about. Its id decides nothing. */
  approval: ApprovalId.optional(),
  /** One sentence for a person. */
  text: z.string(),
});
export type Report = z.infer<typeof Report>;

/** What happened to a registered environment, whatever is on its way there: it concerns every application. */
export const EnvironmentReport = z.object({
  kind: z.enum(['halted', 'resumed']),
  about: z.literal('environment'),
  environment: EnvironmentName,
  at: z.iso.datetime(),
  /** One sentence for a person. */
  text: z.string(),
});
export type EnvironmentReport = z.infer<typeof EnvironmentReport>;

/** The detail of an event. What has no release is about an environment. */
export const AnyReport = z.union([Report, EnvironmentReport]);
export type AnyReport = z.infer<typeof AnyReport>;

/** A line of a release's story, append-only. */
export const StoryLine = Report.omit({ application: true }).extend({ at: z.iso.datetime(), by: z.string().optional() });
export type StoryLine = z.infer<typeof StoryLine>;
