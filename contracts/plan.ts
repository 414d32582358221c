import * as z from 'zod';
import { AccountId, Attempt, Capability, EnvironmentName, Region, ReleaseId, Sha256, StackName, TargetName } from './names.ts';
import { Outcome } from './outcome.ts';

/** One property of a resource that a change touches. Values are never kept: they may be secret. */
export const ChangeDetail = z.object({
  attribute: z.string(),
  name: z.string().optional(),
  recreation: z.enum(['Never', 'Conditionally', 'Always']).optional(),
  /** `Static`: known now; `Dynamic`: known only when it is executed. */
  evaluation: z.enum(['Static', 'Dynamic']).optional(),
  source: z.string().optional(),
  cause: z.string().optional(),
});

/** What would happen to one resource, in one shape whatever order and page AWS gave it in. */
export const Change = z.object({
  action: z.enum(['Add', 'Modify', 'Remove', 'Import', 'Dynamic', 'SyncWithActual']),
  /** `Nested/Logical` for a resource of a nested stack. */
  logicalId: z.string(),
  physicalId: z.string().optional(),
  type: z.string(),
  replacement: z.enum(['True', 'False', 'Conditional']).optional(),
  policyAction: z.string().optional(),
  scope: z.array(z.string()),
  details: z.array(ChangeDetail),
});
export type Change = z.infer<typeof Change>;

export const ChangeCounts = z.object({ add: z.int(), modify: z.int(), replace: z.int(), remove: z.int() });
export type ChangeCounts = z.infer<typeof ChangeCounts>;

/** A change set that was looked at: kept whole in S3. */
export const Plan = z.object({
  release: ReleaseId,
  environment: EnvironmentName,
  target: TargetName,
  attempt: Attempt,
  operation: z.enum(['CREATE', 'UPDATE']),
  account: AccountId,
  region: Region,
  stackName: StackName,
  stackArn: z.string(),
  changeSetArn: z.string(),
  templateSha256: Sha256,
  /** As CloudFormation resolved them; a NoEcho value is what CloudFormation shows of it (`****`). */
  parameters: z.record(z.string(), z.string()),
  tags: z.record(z.string(), z.string()),
  capabilities: z.array(Capability),
  roleArn: z.string(),
  changes: z.array(Change),
  /** Only the Outputs change: executable although no resource is touched (F 2.6). */
  outputsOnly: z.boolean(),
  remarks: z.array(z.string()),
  digest: Sha256,
});
export type Plan = z.infer<typeof Plan>;

/** How one target of one attempt stands: the row in the table. The plan itself is at `planKey`. */
export const TargetRecord = z.object({
  release: ReleaseId,
  environment: EnvironmentName,
  target: TargetName,
  attempt: Attempt,
  account: AccountId,
  region: Region,
  stackName: StackName,
  state: z.enum(['planning', 'planned', 'executing', 'ended']),
  planKey: z.string().optional(),
  digest: Sha256.optional(),
  changeSetArn: z.string().optional(),
  stackArn: z.string().optional(),
  /** This change set made the empty stack, so it goes when the plan is discarded (F 2.4). */
  createdShell: z.boolean().optional(),
  /** CloudFormation was asked to execute the change set, so there is nothing left to discard. */
  executed: z.boolean().optional(),
  counts: ChangeCounts.optional(),
  /** Lines for the approver, most dangerous first. */
  risks: z.array(z.string()).optional(),
  outcome: Outcome.optional(),
  clean: z.boolean().optional(),
  reason: z.string().optional(),
  outputs: z.record(z.string(), z.string()).optional(),
  updatedAt: z.iso.datetime(),
});
export type TargetRecord = z.infer<typeof TargetRecord>;

/** What runs in an account, Region and stack now. It outlives releases. */
export const Deployed = z.object({
  application: z.string(),
  environment: EnvironmentName,
  target: TargetName,
  account: AccountId,
  region: Region,
  stackName: StackName,
  release: ReleaseId,
  commit: z.string(),
  branch: z.string(),
  sequence: z.int(),
  fence: z.int(),
  deployedAt: z.iso.datetime(),
  outputs: z.record(z.string(), z.string()),
});
export type Deployed = z.infer<typeof Deployed>;
