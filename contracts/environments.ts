import * as z from 'zod';
import { AccountId, ApplicationName, ApproverName, EnvironmentName, Region, StackName, TargetName } from './names.ts';

/** `environments.yaml`: what the platform team registers. The people who push code cannot change it. */

const Account = z.strictObject({
  id: AccountId,
  /** Not a secret; it keeps somebody else's use of the tools account from reaching this account (F 3.7). */
  externalId: z.string().regex(/^[\w+=,.@:/-]{2,1224}$/, 'an external id of 2 to 1224 characters'),
});

const Approver = z
  .strictObject({
    email: z.email().optional(),
    principal: z
      .string()
      .regex(/^arn:aws[a-z-]*:iam::\d{12}:(user|role)\/.+$/, 'the ARN of an IAM user or role')
      .optional(),
  })
  .refine((it) => it.email !== undefined || it.principal !== undefined, 'an approver needs an email, a principal, or both');

const Application = z.strictObject({
  /** A CodeCommit repository in the tools account. */
  repository: z.string().regex(/^[\w.-]{1,100}$/, 'a CodeCommit repository name'),
  /** Stack names that this application may use; `*` stands for any run of characters. Default: `<application>` and `<application>-*`. */
  stacks: z.array(z.string().regex(/^[a-zA-Z][a-zA-Z0-9*-]*$/, 'a stack name, with * for any characters')).min(1).optional(),
});

const Target = z.strictObject({
  name: TargetName.optional(),
  account: z.string(),
  region: Region,
  /** Overrides the stack name that the application asks for. */
  stack: StackName.optional(),
  /** Targets with the same wave move together; waves go in order of number. */
  wave: z.int().min(1).max(100).default(1),
});

const Approval = z.strictObject({
  approvers: z.array(ApproverName).min(1),
  required: z.int().min(1).max(20).default(1),
  expires: z.string().regex(/^\d+ (minute|hour|day)s?$/, 'a time such as "90 minutes", "12 hours" or "3 days"').default('3 days'),
  /** May somebody approve a release that holds a commit of their own? */
  authorMayApprove: z.boolean().default(false),
});

const Environment = z.strictObject({
  /** Branches whose releases may come here; `*` stands for any run of characters. */
  branches: z.array(z.string().min(1)).min(1),
  /** Applications that may come here. Default: every registered application. */
  applications: z.array(ApplicationName).min(1).optional(),
  targets: z.array(Target).min(1),
  approval: Approval.optional(),
  tags: z.record(z.string().min(1).max(128), z.string().max(256)).optional(),
});

export const Environments = z.strictObject({
  $schema: z.string().optional(),
  version: z.literal(1),
  accounts: z.record(z.string().min(1), Account),
  approvers: z.record(ApproverName, Approver).default({}),
  applications: z.record(ApplicationName, Application),
  /** The order of this list is the order of promotion unless an application names its own. */
  environments: z.record(EnvironmentName, Environment),
});
export type Environments = z.infer<typeof Environments>;
export type Environment = z.infer<typeof Environment>;
export type Approver = z.infer<typeof Approver>;
