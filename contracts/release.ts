import * as z from 'zod';
import { Quorum } from './approval.ts';
import { BuildSteps, CheckResult } from './build.ts';
import { AccountId, ApplicationName, ApproverName, Attempt, Capability, CodeDeployGroup, CommitId, EnvironmentName, Region, ReleaseId, Sha256, StackKey, StackName, StackOrGroup, TargetName } from './names.ts';
import { Outcome } from './outcome.ts';
import { CommandTest, DeclaredStep, HttpTest } from './steps.ts';
import { Verdict } from './verdict.ts';

/** A value that is looked up whenever a change set is opened. */
export const Lookup = z.object({
  /** Parameter Store of the target account or of the tools account, or the outputs of another stack of the application, or of an earlier environment. */
  store: z.enum(['target', 'tools', 'stack', 'environment']),
  /** Of an output: `network.VpcId`, or `environments.dev.outputs.ApiUrl`. */
  path: z.string(),
  /** The file that asks for it, to be named when it is not there. */
  file: z.string(),
});
export type Lookup = z.infer<typeof Lookup>;

/** The target of an earlier environment whose stack has an output. */
export const OutputPlace = z.object({ environment: EnvironmentName, target: TargetName, output: z.string() });
export type OutputPlace = z.infer<typeof OutputPlace>;

/** One target of one environment, with everything decided that CloudFormation will be asked. */
export const Target = z.object({
  name: TargetName,
  account: AccountId,
  /** The name that `environments.yaml` gives the account. */
  accountName: z.string(),
  externalId: z.string(),
  region: Region,
  wave: z.int(),
  /** Which of the application's stacks it is, where there are several. */
  stack: StackKey.optional(),
  /** Targets in the same place that come before it, by the stacks that they are. */
  after: z.record(StackKey, TargetName).optional(),
  stackName: StackOrGroup,
  /** Where the target is no stack but a deployment group. */
  codeDeploy: CodeDeployGroup.optional(),
  parameters: z.record(z.string(), z.string()),
  /** Parameters whose values are kept elsewhere, by their names in the template. */
  lookups: z.record(z.string(), Lookup).optional(),
  /** Where the outputs of earlier environments are that its parameters, steps, tests or its address take, by how they are named there. */
  takes: z.record(z.string(), OutputPlace).optional(),
  tags: z.record(z.string(), z.string()),
  capabilities: z.array(Capability),
  /** What is done after the stack, in order; values take outputs of this stack. */
  steps: z.array(DeclaredStep).optional(),
  tests: z.array(HttpTest).optional(),
  /** What is tested by commands, in order. */
  commands: z.array(CommandTest).optional(),
  /** Where it can be looked at. */
  url: z.string().optional(),
});
export type Target = z.infer<typeof Target>;

/** What the files say of one environment, resolved: the registry decided, the repository asked. */
export const ResolvedEnvironment = z.object({
  name: EnvironmentName,
  /** Of which registered environment it is an instance, where it is a branch environment. */
  registered: EnvironmentName.optional(),
  branch: z.string().optional(),
  /** How long a branch environment may live, and how many of the application may. */
  life: z.object({ timeToLiveSeconds: z.int(), idleSeconds: z.int(), atOnce: z.int() }).optional(),
  targets: z.array(Target),
  approval: z
    .object({ quorums: z.array(Quorum).min(1), breakGlass: z.array(ApproverName), expiresInSeconds: z.int(), remindInSeconds: z.int(), authorMayApprove: z.boolean() })
    .optional(),
});
export type ResolvedEnvironment = z.infer<typeof ResolvedEnvironment>;

export const Configuration = z.object({
  /** Missing where nothing is built: a removal, or an upload that is ready. */
  build: BuildSteps.optional(),
  /** In order of promotion. */
  environments: z.array(ResolvedEnvironment),
  /** Said, but not obeyed: for example a `role_arn` in samconfig.toml that names another account. */
  remarks: z.array(z.string()),
});
export type Configuration = z.infer<typeof Configuration>;

/** A template as it is deployed. */
export const SealedTemplate = z.object({
  /** Which of the application's stacks it makes, where there are several. */
  stack: StackKey.optional(),
  /** Where the build makes another template for each environment. */
  environment: EnvironmentName.optional(),
  /** The Region that it is for: what it refers to lies in the artifact bucket there. What was sealed before there were several names none. */
  region: Region.optional(),
  /** The stack's name, where the build decides it. */
  name: StackName.optional(),
  /** Stacks that come before it, where the build knows. */
  after: z.array(StackKey).optional(),
  key: z.string(),
  sha256: Sha256,
  /** Names of its parameters; what else the files give is an error. */
  parameters: z.array(z.string()),
  /** Those of them whose values CloudFormation keeps to itself. */
  noEcho: z.array(z.string()),
  /** Names of its outputs, or `undefined` where only CloudFormation can tell. */
  outputs: z.array(z.string()).optional(),
});
export type SealedTemplate = z.infer<typeof SealedTemplate>;

/** A folder of what was built: a listing names its files, sealed one by one. */
export const SealedFolder = z.object({ folder: z.string(), key: z.string(), sha256: Sha256, files: z.int() });
export type SealedFolder = z.infer<typeof SealedFolder>;

/** A folder of what was built in which commands test what is deployed: one zip. */
export const SealedTestFolder = z.object({ folder: z.string(), key: z.string(), sha256: Sha256 });
export type SealedTestFolder = z.infer<typeof SealedTestFolder>;

export const Artifact = z.object({
  /** SHA-256 of the manifest, which names the SHA-256 of every object. */
  digest: Sha256,
  bucket: z.string(),
  /** It was uploaded like this, and not built. */
  ready: z.boolean().optional(),
  /** Where its templates and what they refer to lie, by Region. */
  buckets: z.record(Region, z.string()).optional(),
  manifestKey: z.string(),
  templates: z.array(SealedTemplate),
  folders: z.array(SealedFolder).optional(),
  testFolders: z.array(SealedTestFolder).optional(),
  /** How the checks of the build ended, as it says itself. */
  checks: z.array(CheckResult).optional(),
  /** Values that the build gives to parameters of its templates. */
  exports: z.record(z.string(), z.string()).optional(),
  /** What CodeDeploy deploys, where the build makes it. */
  revision: z
    .object({
      key: z.string(),
      sha256: Sha256,
      bundleType: z.literal('zip'),
      /** For a Lambda function the AppSpec is all there is to deploy. */
      appSpec: z.string().optional(),
    })
    .optional(),
});
export type Artifact = z.infer<typeof Artifact>;

/** Where the source of a release lies. */
export const Source = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('codecommit'), repository: z.string() }),
  /** One version of an archive that was uploaded. */
  z.object({ kind: z.literal('s3'), bucket: z.string(), key: z.string(), version: z.string() }),
]);
export type Source = z.infer<typeof Source>;

export const Release = z.object({
  id: ReleaseId,
  application: ApplicationName,
  source: Source,
  /** What was pushed, or what an upload counts as: a branch, or else a tag. */
  branch: z.string().optional(),
  tag: z.string().optional(),
  /**
   * The commit in the repository. Of an upload it is what the uploader says and nobody can check; where they say none,
   * it is a fingerprint of the version of the object, and no repository knows it.
   */
  commit: CommitId,
  /** Grows with every release of the application: the greater is the newer. */
  sequence: z.int(),
  /** `plan`: looked at only, then cleaned up; nothing is executed. `remove`: nothing is built, and what is deployed there goes. */
  mode: z.enum(['deploy', 'plan', 'remove']),
  /** What a removal removes: of one environment the targets that were deployed. */
  removal: z.object({ environment: EnvironmentName, targets: z.array(TargetName).min(1) }).optional(),
  /** Of an upload: whom the uploader names, with an empty address where they name nobody. */
  author: z.object({ name: z.string(), email: z.string() }),
  /** Who pushed it, where the event says so: they count as an author too. */
  pushedBy: z.string().optional(),
  message: z.string(),
  createdAt: z.iso.datetime(),
  attempt: z.int(),
  registryVersion: z.int(),
  state: z.enum(['running', 'ended']),
  /** An earlier release, to which it goes back: it takes what that one built, and asks for what its files asked for. */
  from: ReleaseId.optional(),
  /** The one environment that it goes to. */
  only: EnvironmentName.optional(),
  /** Environments to which somebody took it on, beside those that its files name. */
  promoted: z.array(EnvironmentName).optional(),
  /** Somebody called it off: what has begun ends, and nothing else begins. */
  cancelled: z.object({ by: z.string(), at: z.iso.datetime(), reason: z.string() }).optional(),
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
  /** It is frozen because the environment is halted, and for no other reason. */
  halted: z.boolean().optional(),
  reason: z.string().optional(),
  updatedAt: z.iso.datetime(),
});
export type EnvironmentRecord = z.infer<typeof EnvironmentRecord>;
