import * as z from 'zod';
import { CheckResult } from './build.ts';
import { ApproverName, Attempt, CommitId, EnvironmentName, ReleaseId, Sha256, TargetName } from './names.ts';
import { Verdict } from './verdict.ts';

export const Decision = z.enum(['approve', 'reject']);
export type Decision = z.infer<typeof Decision>;

export const Channel = z.enum(['link', 'slack', 'cli']);
export type Channel = z.infer<typeof Channel>;

/** One person's answer. Append-only. */
export const Vote = z.object({
  approver: ApproverName,
  decision: Decision,
  reason: z.string().max(1000),
  digest: Sha256,
  channel: Channel,
  /** Network address, Slack user or principal that it came from. */
  from: z.string(),
  at: z.iso.datetime(),
  /** Who had asked this person to answer in their place. */
  standsFor: z.array(ApproverName).default([]),
  breakGlass: z.boolean().default(false),
  /** They wrote or pushed a commit of the release. */
  authored: z.boolean().default(false),
});
export type Vote = z.infer<typeof Vote>;

/** So many yeses of these people; several quorums are met by different people. */
export const Quorum = z.object({
  /** The group, or `approvers` where people are named. */
  from: z.string(),
  approvers: z.array(ApproverName).min(1),
  required: z.int().min(1),
});
export type Quorum = z.infer<typeof Quorum>;

/** A commit that the release brings along. */
export const Brought = z.object({ commit: CommitId, author: z.string(), message: z.string() });
export type Brought = z.infer<typeof Brought>;

export const ApprovalId = z.string().regex(/^[0-9a-f]{32}$/);

/** A question put to people: may exactly this be executed? */
export const Approval = z.object({
  id: ApprovalId,
  release: ReleaseId,
  application: z.string(),
  environment: EnvironmentName,
  /** Of which registered environment that is an instance, where it is a branch's. */
  registered: EnvironmentName.optional(),
  attempt: Attempt,
  sequence: z.int(),
  digest: Sha256,
  changeSets: z.array(z.object({ target: TargetName, arn: z.string() })),
  quorums: z.array(Quorum).min(1),
  /** Different people who must say yes whatever the quorums ask: the verdict `two` asks for two. */
  atLeast: z.int().min(1),
  verdict: Verdict,
  /** Why the verdict is what it is, a sentence each. */
  because: z.array(z.string()),
  /** Any two of them, with a reason, in an emergency. */
  breakGlass: z.array(ApproverName),
  /** Addresses and principals, lower-case, of whoever wrote or pushed a commit: they cannot approve. Empty where the environment allows it. */
  authors: z.array(z.string()),
  /** Since the release that runs there; newest first, the first fifty. */
  commits: z.array(Brought),
  /** How many commits there are besides those listed; `more` where the history was longer than is looked at. */
  otherCommits: z.int().min(0),
  historyCut: z.boolean(),
  /** The archive, where it is an upload: then no history is known, and the one commit listed is what the uploader says. */
  upload: z.string().optional(),
  since: z.object({ release: ReleaseId, commit: CommitId }).optional(),
  /** How the checks of the build ended, as it says itself. */
  checks: z.array(CheckResult).optional(),
  /** What is asked is whether what is deployed there may be removed. */
  removes: z.boolean().optional(),
  /** What it takes to go back to what runs there now, a sentence each. */
  wayBack: z.array(z.string()).optional(),
  state: z.enum(['waiting', 'approved', 'rejected', 'expired', 'superseded', 'cancelled']),
  votes: z.array(Vote),
  supersededBy: ReleaseId.optional(),
  /** Or why no release took its place, and it is for nobody to answer any more. */
  overtaken: z.string().optional(),
  createdAt: z.iso.datetime(),
  remindAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
});
export type Approval = z.infer<typeof Approval>;

/** Somebody answers in another's place for a while. Append-only: the newest row of a person counts. */
export const Delegation = z.object({
  approver: ApproverName,
  /** Nobody: the delegation was taken back. */
  to: ApproverName.optional(),
  until: z.iso.datetime(),
  reason: z.string().max(1000),
  from: z.string(),
  at: z.iso.datetime(),
});
export type Delegation = z.infer<typeof Delegation>;
