import * as z from 'zod';
import { ApproverName, Attempt, EnvironmentName, ReleaseId, Sha256, TargetName } from './names.ts';

export const Decision = z.enum(['approve', 'reject']);
export type Decision = z.infer<typeof Decision>;

/** One person's answer. Append-only. */
export const Vote = z.object({
  approver: ApproverName,
  decision: Decision,
  reason: z.string().max(1000),
  digest: Sha256,
  channel: z.enum(['link', 'cli']),
  /** Network address or principal that it came from. */
  from: z.string(),
  at: z.iso.datetime(),
});
export type Vote = z.infer<typeof Vote>;

/** A question put to people: may exactly this be executed? */
export const Approval = z.object({
  id: z.string().regex(/^[0-9a-f]{32}$/),
  release: ReleaseId,
  application: z.string(),
  environment: EnvironmentName,
  attempt: Attempt,
  sequence: z.int(),
  digest: Sha256,
  changeSets: z.array(z.object({ target: TargetName, arn: z.string() })),
  approvers: z.array(ApproverName),
  required: z.int().min(1),
  /** E-mail addresses of the commit's author, lower-case: these people cannot approve. Empty where the environment allows it. */
  authors: z.array(z.string()),
  state: z.enum(['waiting', 'approved', 'rejected', 'expired', 'superseded']),
  votes: z.array(Vote),
  supersededBy: ReleaseId.optional(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
});
export type Approval = z.infer<typeof Approval>;
