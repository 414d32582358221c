import * as z from 'zod';
import { AccountId, ApplicationName, ApproverName, CodeDeployGroup, EnvironmentName, GroupName, Region, StackName, Tags, TargetName, Time } from './names.ts';
import { RiskRule } from './verdict.ts';

/** `environments.yaml`: what the platform team registers. The people who push code cannot change it. */

const Account = z.strictObject({
  id: AccountId,
  /** Not a secret; it keeps somebody else's use of the tools account from reaching this account (F 3.7). */
  externalId: z.string().regex(/^[\w+=,.@:/-]{2,1224}$/, 'an external id of 2 to 1224 characters'),
});

const Approver = z
  .strictObject({
    email: z.email().optional(),
    /** Other addresses that this person's commits carry. */
    commits: z.array(z.email()).min(1).optional(),
    slack: z.string().regex(/^[UW][A-Z0-9]{4,20}$/, 'a Slack user id such as U012ABCDEF').optional(),
    principal: z
      .string()
      .regex(/^arn:aws[a-z-]*:iam::\d{12}:(user|role)\/.+$/, 'the ARN of an IAM user or role')
      .optional(),
  })
  .refine((it) => it.email !== undefined || it.principal !== undefined || it.slack !== undefined, 'an approver needs an email, a Slack user id, a principal, or several of them');

const notUp = (path: string) => !path.split('/').some((part) => part === '.' || part === '..');
/** `*` within a folder, `**` across folders; without a star it is a file or a whole folder. */
const PathPattern = z
  .string()
  .regex(/^[^/\\]+(\/[^/\\]+)*\/?$/, 'a path from the root of the repository, such as services/orders/** or shared')
  .max(512)
  .refine(notUp, 'a path from the root of the repository, without . and ..')
  .refine((pattern) => pattern.split('/').every((part) => part === '**' || !part.includes('**')), '** stands alone between two slashes');
const Folder = z
  .string()
  .regex(/^[\w.-]+(\/[\w.-]+)*\/?$/, 'a folder from the root of the repository, such as services/orders')
  .max(256)
  .refine(notUp, 'a folder from the root of the repository, without . and ..')
  .transform((path) => path.replace(/\/$/, ''));

/** `*` stands for any run of characters. */
const Patterns = z.array(z.string().min(1).max(256)).min(1);

/** Releases come from archives below `<application>/` in the upload bucket. Who may write there is IAM's business; what an archive counts as is decided here. */
const Upload = z.strictObject({
  /** The branch that an archive counts as where its uploader names neither branch nor tag. */
  branch: z.string().min(1).max(256),
  /** `upload`: every archive is released. `request`: only those that a "Drawbridge Release Requested" event names. */
  starts: z.enum(['upload', 'request']).default('upload'),
  /** What an uploader may name instead. Nobody can check it: allow what everybody who may upload may release. Default: nothing. */
  claims: z.strictObject({ branches: Patterns.optional(), tags: Patterns.optional() }).optional(),
  /** An archive holds no sources, but what a build of them has left. It is deployed as it is. */
  ready: z.boolean().optional(),
});

/** What AWS takes as the value of a tag (Tag Editor User Guide, "Tag naming limits and requirements"). */
const TagValue = z.string().min(1).max(256).regex(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/u, 'the value of a tag: letters, digits, spaces and _ . : / = + - @');

const ApplicationFields = z.strictObject({
  /** A CodeCommit repository in the tools account; several applications may share one. */
  repository: z.string().regex(/^[\w.-]{1,100}$/, 'a CodeCommit repository name').optional(),
  /** Or archives that somebody uploads. */
  upload: Upload.optional(),
  /** Where its drawbridge.yaml, samconfig.toml or template is. Default: the root of the repository. */
  folder: Folder.optional(),
  /** A push that changes none of these, nor anything in its folder, does not release it. Default: every push does. */
  paths: z.array(PathPattern).min(1).max(100).optional(),
  /** Whom its stacks belong to: the tag `drawbridge:owner`. */
  owner: TagValue.optional(),
  /** Stack names that this application may use; `*` stands for any run of characters. Default: `<application>` and `<application>-*`. */
  stacks: z.array(z.string().regex(/^[a-zA-Z][a-zA-Z0-9*-]*$/, 'a stack name, with * for any characters')).min(1).optional(),
});
const Application = ApplicationFields.refine((it) => (it.repository === undefined) !== (it.upload === undefined), 'releases of an application come either from a repository or from uploads; name one of them').refine(
  (it) => it.upload === undefined || it.paths === undefined,
  'an upload is a whole, so there are no paths to compare; leave them away',
).refine((it) => it.upload?.ready !== true || it.folder === undefined, 'an upload that is ready has everything at its root, so it has no folder; leave it away');

const TargetFields = z.strictObject({
  name: TargetName.optional(),
  account: z.string(),
  region: Region,
  /** Overrides the stack name that the application asks for. */
  stack: StackName.optional(),
  /** In place of a stack: a deployment group of CodeDeploy that is there already. */
  codeDeploy: CodeDeployGroup.optional(),
  /** Targets with the same wave move together; waves go in order of number. */
  wave: z.int().min(1).max(100).default(1),
});
const Target = TargetFields.refine((it) => it.stack === undefined || it.codeDeploy === undefined, 'a target is a stack or a group of CodeDeploy, not both');

const Required = z.int().min(1).max(20);
/** A name of an approver or of a group. */
const ApproverOrGroup = ApproverName;

const Approval = z
  .strictObject({
    /** Who may answer, by name or group, and how many of them must say yes. */
    approvers: z.array(ApproverOrGroup).min(1).optional(),
    required: Required.optional(),
    /** Or several groups, each with a number of its own: every one of them must be met, each by other people. */
    groups: z.record(GroupName, Required).optional(),
    expires: Time.default('3 days'),
    /** How long before the end those who have not answered are reminded. Default: a quarter of the time. */
    remind: Time.optional(),
    /** May somebody approve a release that holds a commit of their own? */
    authorMayApprove: z.boolean().default(false),
    /** Any two of these may say yes in an emergency, with a reason; everybody is told. */
    breakGlass: z.array(ApproverOrGroup).min(1).optional(),
  })
  .refine((it) => (it.approvers === undefined) !== (it.groups === undefined), 'an approval names either approvers (and required) or groups')
  .refine((it) => it.groups === undefined || it.required === undefined, 'with groups, each group says how many are required');

const SlackChannel = z.string().regex(/^[CG][A-Z0-9]{4,20}$/, 'a Slack channel id such as C012ABCDEF');

const BranchLimits = z.strictObject({
  /** From when a branch environment is made. */
  timeToLive: Time.optional(),
  /** From its last release. */
  idle: Time.optional(),
  /** Of each application. */
  atOnce: z.int().min(1).max(1000).optional(),
});
export type BranchLimits = z.infer<typeof BranchLimits>;

const EnvironmentFields = z.strictObject({
  /** Branches whose releases may come here; `*` stands for any run of characters. */
  branches: z.array(z.string().min(1)).min(1).optional(),
  /** Tags whose releases may come here, in the same way. */
  gitTags: z.array(z.string().min(1)).min(1).optional(),
  /** A sandbox: what is here may be removed by a machine. */
  disposable: z.boolean().default(false),
  /** The most that `drawbridge.yaml` may give branch environments here. */
  limits: BranchLimits.optional(),
  /** Applications that may come here. Default: every registered application. */
  applications: z.array(ApplicationName).min(1).optional(),
  targets: z.array(Target).min(1),
  approval: Approval.optional(),
  /** What needs whom, where an approval is registered. Default: every change asks. */
  rules: z.array(RiskRule).max(50).optional(),
  /** A Slack channel of its own. */
  slack: SlackChannel.optional(),
  /** Tags of the stacks here, and of what they hold. */
  tags: Tags.optional(),
});
const Environment = EnvironmentFields.refine((it) => it.branches !== undefined || it.gitTags !== undefined, 'an environment takes branches, gitTags, or both')
  .refine((it) => !it.disposable || it.gitTags === undefined, 'a disposable environment takes branches only: a tag has no end that would remove what it made')
  .refine((it) => !it.disposable || it.targets.every(({ stack, codeDeploy }) => stack === undefined && codeDeploy === undefined), 'the targets of a disposable environment name no stack and no group of CodeDeploy: each branch has stacks of its own')
  .refine((it) => it.disposable || it.limits === undefined, 'limits are for branch environments, which only a disposable environment has; add disposable: true');

export const Environments = z.strictObject({
  $schema: z.string().optional(),
  version: z.literal(1),
  accounts: z.record(z.string().min(1), Account),
  approvers: z.record(ApproverName, Approver).default({}),
  groups: z.record(GroupName, z.array(ApproverName).min(1)).default({}),
  /** The Slack workspace that answers are taken from, and the channel that is told. */
  slack: z.strictObject({ workspace: z.string().regex(/^[TE][A-Z0-9]{4,20}$/, 'a Slack workspace id such as T012ABCDEF'), channel: SlackChannel }).optional(),
  applications: z.record(ApplicationName, Application),
  /** What `ssm-tools:` may read. The role that reads it is confined by the stack's own ParameterPrefix besides. */
  parameters: z
    .strictObject({ prefix: z.string().max(900).regex(/^\/((?:[\w.-]|\{application\})+\/)+$/, 'a path that begins and ends with a slash, such as /drawbridge/ or /shared/{application}/') })
    .optional(),
  /** The order of this list is the order of promotion unless an application names its own. */
  environments: z.record(EnvironmentName, Environment),
});
export type Environments = z.infer<typeof Environments>;
export type Environment = z.infer<typeof Environment>;
export type Approver = z.infer<typeof Approver>;
export type RegisteredApproval = NonNullable<Environment['approval']>;
export type RegisteredUpload = NonNullable<Environments['applications'][string]['upload']>;
