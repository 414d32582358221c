import * as z from 'zod';
import { Adoption } from './adoption.ts';
import { Approval, Decision, Delegation, Vote } from './approval.ts';
import { BranchEnvironment } from './branch-environment.ts';
import { CheckResult } from './build.ts';
import { Halt } from './halt.ts';
import { Left } from './left.ts';
import { AccountId, ApplicationName, ApproverName, CommitId, EnvironmentName, Region, ReleaseId, StackName, TargetName } from './names.ts';
import { Deployed, TargetRecord } from './plan.ts';
import { EnvironmentRecord, Release } from './release.ts';
import { StoryLine } from './report.ts';
import { Sweep } from './sweep.ts';

/** What the command line asks of the control plane, and what it gets. */

export const RegisterRequest = z.strictObject({
  text: z.string().max(300_000),
  /** Only shows the difference. */
  dryRun: z.boolean().default(false),
  /** The version that the difference was shown against; another one meanwhile is refused. */
  expectedVersion: z.int().min(0).optional(),
});
export const RegisterAnswer = z.object({
  version: z.int(),
  changed: z.boolean(),
  difference: z.array(z.string()),
  /** What is deployed and has no place in these environments, with what was begun about it, or would be. */
  leaves: z.array(z.string()).default([]),
});
export type RegisterAnswer = z.infer<typeof RegisterAnswer>;

export const RegistryAnswer = z.object({ version: z.int(), text: z.string(), registeredBy: z.string(), registeredAt: z.string() });
export type RegistryAnswer = z.infer<typeof RegistryAnswer>;

/** The beginning of the digest of the plan that the caller looked at: another one meanwhile is not answered. */
const ShownPlan = z.string().regex(/^[0-9a-f]{8,64}$/, 'the plan as the inbox names it: 8 or more hexadecimal digits');

export const DecisionRequest = z.strictObject({ decision: Decision, reason: z.string().max(1000).default(''), breakGlass: z.boolean().default(false), plan: ShownPlan.optional() });
export const DecisionAnswer = z.object({ state: z.string(), sentence: z.string() });
export type DecisionAnswer = z.infer<typeof DecisionAnswer>;

export const DelegationRequest = z.strictObject({ to: ApproverName.optional(), until: z.iso.datetime().optional(), reason: z.string().max(1000).default('') });
export const DelegationsAnswer = z.object({ approver: z.string(), delegations: z.array(Delegation) });
export type DelegationsAnswer = z.infer<typeof DelegationsAnswer>;

/** What waits for the caller. */
export const InboxAnswer = z.object({
  approver: z.string(),
  waiting: z.array(
    z.object({
      approval: z.string(),
      application: z.string(),
      environment: z.string(),
      release: z.string(),
      /** Digest of the plan. */
      digest: z.string(),
      /** That the environment is halted, and what a yes comes to now. */
      halted: z.array(z.string()).default([]),
      needs: z.string(),
      stillNeeds: z.string(),
      totals: z.string(),
      risks: z.array(z.string()),
      /** What the caller can say: an author only no, who may break the glass only that. */
      may: z.enum(['answer', 'reject', 'break-glass']),
      standsFor: z.array(z.string()),
      since: z.string(),
      expiresAt: z.string(),
    }),
  ),
});
export type InboxAnswer = z.infer<typeof InboxAnswer>;

export const PlanRequest = z.strictObject({ application: ApplicationName, branch: z.string().min(1).max(256), commit: CommitId });
export const RemovalRequest = z.strictObject({
  application: ApplicationName,
  environment: EnvironmentName,
  /** Only these; without them everything that is deployed there. A branch's environment goes as a whole. */
  targets: z.array(TargetName).min(1).optional(),
  reason: z.string().max(1000).default(''),
});
export const StartedAnswer = z.object({ release: z.string() });
export type StartedAnswer = z.infer<typeof StartedAnswer>;

const Reason = z.string().trim().max(1000);
export const RollbackRequest = z.strictObject({ to: ReleaseId.optional(), reason: Reason.default('') });
export type RollbackRequest = z.infer<typeof RollbackRequest>;
/** `account` by its id or registered name, where the environment leaves several open. `end` takes it back. */
export const AdoptionRequest = z.strictObject({ stack: StackName, application: ApplicationName, environment: EnvironmentName, account: z.string().min(1).max(64).optional(), region: Region.optional(), reason: Reason.default(''), end: z.boolean().default(false) });
export const AdoptionAnswer = z.object({ account: AccountId, region: Region, stackName: StackName, sentence: z.string() });
export type AdoptionAnswer = z.infer<typeof AdoptionAnswer>;
export const CancelRequest = z.strictObject({ reason: Reason.default('') });
/** What was called off, and what could not be. */
export const CancelAnswer = z.object({ release: z.string(), sentences: z.array(z.string()) });
export type CancelAnswer = z.infer<typeof CancelAnswer>;
export const HaltRequest = z.strictObject({ reason: Reason.min(1) });
export const HaltAnswer = z.object({
  halted: z.array(Halt),
  /** Newest releases that ended here, or in an environment of a branch here, because it was halted. */
  frozen: z.array(z.object({ application: z.string(), release: z.string(), environment: z.string() })),
});
export type HaltAnswer = z.infer<typeof HaltAnswer>;

/** A release as it is shown; what only the control plane needs is left out. */
export const ShownRelease = Release.omit({ configuration: true, artifact: true, buildId: true }).extend({ remarks: z.array(z.string()), artifact: z.string().optional(), checks: z.array(CheckResult).optional(), order: z.array(z.string()) });
export type ShownRelease = z.infer<typeof ShownRelease>;

export const ReleasesAnswer = z.object({ releases: z.array(ShownRelease) });
export type ReleasesAnswer = z.infer<typeof ReleasesAnswer>;

export const ShowAnswer = z.object({
  release: ShownRelease,
  environments: z.array(EnvironmentRecord),
  targets: z.array(TargetRecord),
  approvals: z.array(Approval.extend({ halted: z.array(z.string()).default([]) })),
  /** Every answer ever given for the release, oldest first. */
  votes: z.array(Vote.extend({ environment: z.string() })),
  story: z.array(StoryLine),
});
export type ShowAnswer = z.infer<typeof ShowAnswer>;

/** Where in which build's log a reader is: the build, then the token of CloudWatch Logs, of which only that service knows what is in it. */
export const LogPlace = z.string().regex(/^[\w-]{1,100}~[!-~]{1,1024}$/, 'a place in a log as the answer before named it');
export const LogAnswer = z.object({
  lines: z.array(z.string()),
  /** Where the next lines are asked for; the place that was asked for when nothing came since. */
  next: z.string().optional(),
  /** The build has ended, or there will be none, and everything was read. */
  done: z.boolean(),
});
export type LogAnswer = z.infer<typeof LogAnswer>;

export const StatusAnswer = z.object({
  /** Deployed, but in no configuration any more. */
  left: z.array(Left).default([]),
  /** The last sweep. */
  swept: Sweep.optional(),
  /** Stacks that an application may take over, and has not yet. */
  adopted: z.array(Adoption).default([]),
  halted: z.array(Halt),
  applications: z.array(
    z.object({
      application: z.string(),
      deployed: z.array(Deployed),
      newest: ShownRelease.optional(),
      waiting: z.array(z.object({ environment: z.string(), release: z.string(), digest: z.string(), since: z.string(), expiresAt: z.string(), needs: z.string(), stillNeeds: z.string(), answers: z.array(z.string()) })),
    }),
  ),
});
export type StatusAnswer = z.infer<typeof StatusAnswer>;

/** Everything that is deployed, broken or left behind too, and what is on its way. */
export const DeployedAnswer = z.object({
  applications: z.array(z.object({ application: z.string(), registered: z.boolean(), deployed: z.array(Deployed), running: z.array(z.object({ release: z.string(), mode: Release.shape.mode })) })),
});
export type DeployedAnswer = z.infer<typeof DeployedAnswer>;

/** The sweep works behind; `drawbridge status` shows it when it is done. */
export const SweepAnswer = z.object({ asked: z.iso.datetime() });
export type SweepAnswer = z.infer<typeof SweepAnswer>;

export const BranchEnvironmentsAnswer = z.object({ environments: z.array(BranchEnvironment.omit({ version: true, sequence: true })), halted: z.array(Halt).default([]) });
export type BranchEnvironmentsAnswer = z.infer<typeof BranchEnvironmentsAnswer>;

export const StopRequest = z.strictObject({ reason: z.string().max(1000).default('') });
export const StopAnswer = z.object({
  application: z.string(),
  name: z.string(),
  /** The removal, where there is something to remove. */
  release: z.string().optional(),
  sentence: z.string(),
});
export type StopAnswer = z.infer<typeof StopAnswer>;

/** Every answer that is not a yes: what was being done, why not, what to do. */
export const Trouble = z.object({ error: z.string(), message: z.string() });
export type PlanRequest = z.infer<typeof PlanRequest>;
export type RegisterRequest = z.infer<typeof RegisterRequest>;
