import * as z from 'zod';
import { Quorum } from './approval.ts';
import { AccountId, ApplicationName, ApproverName, Attempt, Capability, CommitId, EnvironmentName, Region, ReleaseId, Sha256, StackName, TargetName } from './names.ts';
import { Outcome } from './outcome.ts';
import { Verdict } from './verdict.ts';

/** A value that is read from Parameter Store whenever a change set is opened. */
export const Lookup = z.object({
  /** Of the target account, or of the tools account. */
  store: z.enum(['target', 'tools']),
  path: z.string(),
  /** The file that asks for it, to be named when it is not there. */
  file: z.string(),
});
export type Lookup = z.infer<typeof Lookup>;

/** One target of one environment, with everything decided that CloudFormation will be asked. */
export const Target = z.object({
  name: TargetName,
  account: AccountId,
  /** The name that `environments.yaml` gives the account. */
  accountName: z.string(),
  externalId: z.string(),
  region: Region,
  wave: z.int(),
  stackName: StackName,
  parameters: z.record(z.string(), z.string()),
  /** Parameters whose values are kept elsewhere, by their names in the template. */
  lookups: z.record(z.string(), Lookup).optional(),
  tags: z.record(z.string(), z.string()),
  capabilities: z.array(Capability),
});
export type Target = z.infer<typeof Target>;

/** What the files say of one environment, resolved: the registry decided, the repository asked. */
export const ResolvedEnvironment = z.object({
  name: EnvironmentName,
  targets: z.array(Target),
  approval: z
    .object({ quorums: z.array(Quorum).min(1), breakGlass: z.array(ApproverName), expiresInSeconds: z.int(), remindInSeconds: z.int(), authorMayApprove: z.boolean() })
    .optional(),
});
export type ResolvedEnvironment = z.infer<typeof ResolvedEnvironment>;

export const Configuration = z.object({
  build: z.object({ kind: z.enum(['sam', 'cloudformation']), template: z.string() }),
  /** In order of promotion. */
  environments: z.array(ResolvedEnvironment),
  /** Said, but not obeyed: for example a `role_arn` in samconfig.toml that names another account. */
  remarks: z.array(z.string()),
});
export type Configuration = z.infer<typeof Configuration>;

export const Artifact = z.object({
  /** SHA-256 of the manifest, which names the SHA-256 of every object. */
  digest: Sha256,
  bucket: z.string(),
  manifestKey: z.string(),
  templateKey: z.string(),
  templateSha256: Sha256,
  /** Names of the template's parameters; what else the files give is an error. */
  templateParameters: z.array(z.string()),
  /** Those of them whose values CloudFormation keeps to itself. */
  noEcho: z.array(z.string()),
});
export type Artifact = z.infer<typeof Artifact>;

export const Release = z.object({
  id: ReleaseId,
  application: ApplicationName,
  repository: z.string(),
  /** What was pushed: a branch, or else a tag. */
  branch: z.string().optional(),
  tag: z.string().optional(),
  commit: CommitId,
  /** Grows with every release of the application: the greater is the newer. */
  sequence: z.int(),
  /** `plan`: looked at only, then cleaned up; nothing is executed. */
  mode: z.enum(['deploy', 'plan']),
  author: z.object({ name: z.string(), email: z.string() }),
  /** Who pushed it, where the event says so: they count as an author too. */
  pushedBy: z.string().optional(),
  message: z.string(),
  createdAt: z.iso.datetime(),
  attempt: z.int(),
  registryVersion: z.int(),
  state: z.enum(['running', 'ended']),
  outcome: Outcome.optional(),
  /** One sentence: what was being done, why it failed, what to do. */
  reason: z.string().optional(),
  buildId: z.string().optional(),
  configuration: Configuration.optional(),
  artifact: Artifact.optional(),
});
export type Release = z.infer<typeof Release>;

/** How an environment of a release stands. */
export const EnvironmentRecord = z.object({
  release: ReleaseId,
  environment: EnvironmentName,
  state: z.enum(['planning', 'waiting', 'executing', 'ended']),
  attempt: Attempt,
  digest: Sha256.optional(),
  verdict: Verdict.optional(),
  approval: z.string().optional(),
  outcome: Outcome.optional(),
  reason: z.string().optional(),
  updatedAt: z.iso.datetime(),
});
export type EnvironmentRecord = z.infer<typeof EnvironmentRecord>;
