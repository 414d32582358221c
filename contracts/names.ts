import * as z from 'zod';

/**
 * Names become parts of execution names (at most 80 characters, F 4.3), stack names and S3 keys,
 * so they are lower-case, short, and never hold a character that one of those refuses.
 */
const name = (longest: number, what: string) =>
  z
    .string()
    .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, `${what}: lower-case letters, digits and single hyphens, starting with a letter`)
    .max(longest, `${what}: at most ${String(longest)} characters`);

export const ApplicationName = name(24, 'an application name');
export const EnvironmentName = name(16, 'an environment name');
export const TargetName = name(12, 'a target name');
export const ApproverName = name(32, 'an approver name');
export const GroupName = name(32, 'a group name');

/** One of several stacks of an application, as `drawbridge.yaml` or the build calls it. */
export const StackKey = name(24, 'a stack of the application');

export const AccountId = z.string().regex(/^\d{12}$/, 'an AWS account id: 12 digits, in quotation marks');
export const Region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'an AWS Region such as eu-west-1');
/** Rule of CloudFormation: at most 128 characters, no slash, no underscore (F 2.24). */
export const StackName = z
  .string()
  .regex(/^[a-zA-Z][a-zA-Z0-9-]*$/, 'a stack name: letters, digits and hyphens, starting with a letter')
  .max(128);
/** Rule of CodeDeploy for applications and deployment groups: at most 100 of these characters (CodeDeploy User Guide, "CodeDeploy quotas"). */
export const CodeDeployName = z.string().regex(/^[\w.+=,@-]{1,100}$/, 'a name of CodeDeploy: 1 to 100 letters, digits and . _ + = , @ -');
/** Where a revision is deployed to. */
export const CodeDeployGroup = z.strictObject({ application: CodeDeployName, group: CodeDeployName });
export type CodeDeployGroup = z.infer<typeof CodeDeployGroup>;
/** What moves as one in an account and Region: a stack by its name, or `<application>/<group>` of CodeDeploy, which no stack can be called. */
export const StackOrGroup = z.union([StackName, z.string().regex(/^[\w.+=,@-]{1,100}\/[\w.+=,@-]{1,100}$/, 'a stack name, or application/group of CodeDeploy')]);
export const CommitId = z.string().regex(/^[0-9a-f]{40}$/, 'a full commit id: 40 hexadecimal digits');
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256: 64 hexadecimal digits');
/** `<application>-<sequence>-<first 8 of the commit>`, at most 40 characters. */
export const ReleaseId = z.string().regex(/^[a-z][a-z0-9-]*-\d+-[0-9a-f]{8}$/, 'a release id').max(42);
/** The try at a release (`1`, `2` after a retry), with the round of planning inside it (`1-2`). */
export const Attempt = z.string().regex(/^\d+(-\d+)?$/, 'an attempt such as 1 or 1-2');
/** By the tags that begin with `drawbridge:` a machine tells whose a stack is, so nobody else may give one. */
export const Tags = z.record(z.string().min(1).max(128), z.string().max(256)).refine((tags) => !Object.keys(tags).some((name) => name.startsWith('drawbridge:')), 'tags that begin with drawbridge: are given by Drawbridge alone');
export const Time = z.string().regex(/^\d+ (second|minute|hour|day)s?$/, 'a time such as "90 minutes", "12 hours" or "3 days"');
export const Capability = z.enum(['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND']);
export type Capability = z.infer<typeof Capability>;
