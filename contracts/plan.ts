import * as z from 'zod';
import { AccountId, Attempt, Capability, CodeDeployGroup, EnvironmentName, Region, ReleaseId, Sha256, StackName, StackOrGroup, TargetName } from './names.ts';
import { Outcome } from './outcome.ts';
import { FactCount } from './verdict.ts';

/** One property of a resource that a change touches. Values are never kept: they may be secret. */
export const ChangeDetail = z.object({
  attribute: z.string(),
  name: z.string().optional(),
  recreation: z.enum(['Never', 'Conditionally', 'Always']).optional(),
  /** `Static`: known now; `Dynamic`: known only when it is executed. */
  evaluation: z.enum(['Static', 'Dynamic']).optional(),
  source: z.string().optional(),
  cause: z.string().optional(),
  /** The property differs from what the template says, as it was last detected. */
  drifted: z.boolean().optional(),
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
  /** Where CloudFormation says it: `MODIFIED`, `DELETED`. */
  drift: z.string().optional(),
  /** Listed only because it refers to a resource that changes and stays the one it was. */
  follows: z.boolean().optional(),
});
export type Change = z.infer<typeof Change>;

/** `replace` is certain, `mayReplace` is not. `steps` are those after the stack that would do something. */
export const ChangeCounts = z.object({ add: z.int(), modify: z.int(), replace: z.int(), mayReplace: z.int(), remove: z.int(), steps: z.int().optional() });
export type ChangeCounts = z.infer<typeof ChangeCounts>;

/** A parameter of the stack that gets another value. What CloudFormation calls NoEcho is never shown. */
export const ParameterChange = z.object({ name: z.string(), before: z.string().optional(), after: z.string().optional() });
export type ParameterChange = z.infer<typeof ParameterChange>;

/** What becomes wider or narrower, read from the templates: who may do what, and who is let in. */
export const AccessChange = z.object({ effect: z.enum(['widens', 'narrows']), text: z.string() });
export const NetworkChange = z.object({ effect: z.enum(['opens', 'closes']), text: z.string() });
export type AccessChange = z.infer<typeof AccessChange>;
export type NetworkChange = z.infer<typeof NetworkChange>;

/** What a plan is compared by: kept beside it in S3, for templates are long. */
export const PlanTemplates = z.object({
  stacks: z.array(
    z.object({
      /** `Nested/` before the logical ids of what is in a nested stack. */
      prefix: z.string(),
      /** Missing for a new stack. */
      before: z.string().optional(),
      after: z.string(),
    }),
  ),
  /** Of the stack as it is; what CloudFormation calls NoEcho is masked. */
  parameters: z.record(z.string(), z.string()),
});
export type PlanTemplates = z.infer<typeof PlanTemplates>;

/** A resource that outlives its stack: no stack owns it any more, and it costs what it costs. */
export const KeptResource = z.object({ logicalId: z.string(), type: z.string(), physicalId: z.string().optional(), policy: z.string() });
export type KeptResource = z.infer<typeof KeptResource>;

/** A bucket or repository that AWS deletes only when it is empty. */
export const OwnedStore = z.object({ logicalId: z.string(), type: z.enum(['AWS::S3::Bucket', 'AWS::ECR::Repository']), name: z.string() });
export type OwnedStore = z.infer<typeof OwnedStore>;

/** A step as it would be done after the stack. */
export const PlannedStep = z.object({
  /** Over what is done with which values and content: done once, an equal digest is nothing new. */
  digest: Sha256,
  /** `deletes`: it publishes, and deletes what is not among the files. */
  kind: z.enum(['publishes', 'deletes', 'writes-parameters']),
  /** It was done as it is. */
  done: z.boolean(),
  /** For the person who decides. */
  text: z.string(),
});
export type PlannedStep = z.infer<typeof PlannedStep>;

/** A change set that was looked at, steps alone where the stack does not change, or what deleting the stack would do: kept whole in S3. */
export const Plan = z.object({
  release: ReleaseId,
  environment: EnvironmentName,
  target: TargetName,
  attempt: Attempt,
  operation: z.enum(['CREATE', 'UPDATE', 'DELETE']),
  account: AccountId,
  region: Region,
  stackName: StackName,
  stackArn: z.string(),
  /** Missing where the stack does not change. */
  changeSetArn: z.string().optional(),
  templateSha256: Sha256,
  /** As CloudFormation resolved them; a NoEcho value is what CloudFormation shows of it (`****`). */
  parameters: z.record(z.string(), z.string()),
  tags: z.record(z.string(), z.string()),
  capabilities: z.array(Capability),
  roleArn: z.string(),
  changes: z.array(Change),
  /** Only the Outputs change: executable although no resource is touched (F 2.6). */
  outputsOnly: z.boolean(),
  parameterChanges: z.array(ParameterChange),
  access: z.array(AccessChange),
  network: z.array(NetworkChange),
  /** The stack as a whole, where CloudFormation knows: `DRIFTED`. */
  drift: z.string().optional(),
  steps: z.array(PlannedStep).optional(),
  /** Of a removal: what stays behind, as its DeletionPolicy says. */
  kept: z.array(KeptResource).optional(),
  /** Of a removal: what is emptied first. */
  emptied: z.array(OwnedStore).optional(),
  /** The stack is not the application's yet, but adopted: what it was until now. */
  takesOver: z.string().optional(),
  remarks: z.array(z.string()),
  digest: Sha256,
});
export type Plan = z.infer<typeof Plan>;

/** The revision that a group has, as far as there is one, and the one that it would get. Ours is named by its SHA-256, anybody else's by where it lies. */
export const RevisionChange = z.object({ before: z.string().optional(), after: Sha256 });
export type RevisionChange = z.infer<typeof RevisionChange>;

/** What CodeDeploy would deploy to a group: kept whole in S3, as a plan of a stack is. */
export const RevisionPlan = z.object({
  release: ReleaseId,
  environment: EnvironmentName,
  target: TargetName,
  attempt: Attempt,
  account: AccountId,
  region: Region,
  codeDeploy: CodeDeployGroup,
  revision: RevisionChange,
  /** Of the group: how many instances at a time, how fast traffic shifts. */
  deploymentConfig: z.string(),
  digest: Sha256,
});
export type RevisionPlan = z.infer<typeof RevisionPlan>;

/** How one target of one attempt stands: the row in the table. The plan itself is at `planKey`. */
export const TargetRecord = z.object({
  release: ReleaseId,
  environment: EnvironmentName,
  target: TargetName,
  attempt: Attempt,
  account: AccountId,
  region: Region,
  stackName: StackOrGroup,
  /** `deferred`: it cannot be planned before another stack of the application is deployed. */
  state: z.enum(['planning', 'planned', 'deferred', 'executing', 'ended']),
  planKey: z.string().optional(),
  digest: Sha256.optional(),
  changeSetArn: z.string().optional(),
  stackArn: z.string().optional(),
  /** This change set made the empty stack, so it goes when the plan is discarded (F 2.4). */
  createdShell: z.boolean().optional(),
  /** The stack is not the application's yet, but adopted: what it was until now, for the person who decides. */
  takesOver: z.string().optional(),
  /** By parameter, how to tell that what was looked up for it is not any more what it was. Never a value. */
  lookedUp: z.record(z.string(), z.string()).optional(),
  /** Outputs of earlier environments as they were when it was planned, by how drawbridge.yaml names them. */
  taken: z.record(z.string(), z.string()).optional(),
  /** The stack does not change: only its steps are to be done. */
  stepsOnly: z.boolean().optional(),
  /** Digests of the steps that are done. */
  steps: z.array(Sha256).optional(),
  /** CloudFormation was asked to execute the change set, so there is nothing left to discard. */
  executed: z.boolean().optional(),
  revision: RevisionChange.optional(),
  /** When it was first meant to be deployed: what CodeDeploy began since may be ours (CreateDeployment knows no token). */
  intendedAt: z.iso.datetime().optional(),
  deploymentId: z.string().optional(),
  counts: ChangeCounts.optional(),
  /** Lines for the approver, most dangerous first. */
  risks: z.array(z.string()).optional(),
  facts: z.array(FactCount).optional(),
  /** Of a removal: what stays behind, a line each. */
  kept: z.array(z.string()).optional(),
  outcome: Outcome.optional(),
  /** It is frozen because the environment is halted. */
  halted: z.boolean().optional(),
  clean: z.boolean().optional(),
  reason: z.string().optional(),
  outputs: z.record(z.string(), z.string()).optional(),
  /** The build that tests it by a command, and which wait it completes. */
  test: z.object({ operation: z.string(), build: z.string() }).optional(),
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
  stackName: StackOrGroup,
  /** Missing in what was noted before there were removals. */
  stackArn: z.string().optional(),
  /** By these it is found when the files do not name it any more. */
  accountName: z.string().optional(),
  externalId: z.string().optional(),
  wave: z.int().optional(),
  codeDeploy: CodeDeployGroup.optional(),
  /** Of which registered environment this one is an instance, where it is one. */
  registered: EnvironmentName.optional(),
  /** Its first creation failed, so nothing works there; a machine removes it with its environment. */
  broken: z.boolean().optional(),
  release: ReleaseId,
  commit: z.string(),
  branch: z.string().optional(),
  tag: z.string().optional(),
  sequence: z.int(),
  fence: z.int(),
  deployedAt: z.iso.datetime(),
  outputs: z.record(z.string(), z.string()),
  /** Digests of the steps that were done. */
  steps: z.array(Sha256).optional(),
});
export type Deployed = z.infer<typeof Deployed>;

/** What was removed last from a target: an older release that still waits must not bring it back. */
export const Removed = z.object({ application: z.string(), environment: EnvironmentName, target: TargetName, release: ReleaseId, sequence: z.int(), at: z.iso.datetime() });
export type Removed = z.infer<typeof Removed>;
