import type { Change, Plan } from '../contracts/plan.ts';
import type { Release, Target } from '../contracts/release.ts';
import { normalise } from './changes.ts';
import { planDigest } from './digest.ts';
import { roleArn } from './session.ts';

/** A change set as CloudFormation describes it, in our words. */
export interface DescribedChangeSet {
  readonly arn: string;
  readonly stackArn: string;
  readonly status: string;
  readonly executionStatus: string | undefined;
  readonly reason: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly capabilities: readonly Plan['capabilities'][number][];
  readonly changes: readonly Change[];
}

export interface PlanFacts {
  readonly release: Pick<Release, 'id'>;
  readonly templateSha256: string;
  readonly environment: string;
  readonly target: Pick<Target, 'name' | 'account' | 'region' | 'stackName'>;
  readonly attempt: string;
  readonly operation: Plan['operation'];
}

/** The plan that a change set stands for. Made again from an equal change set it has the equal digest. */
export function makePlan({ release, templateSha256, environment, target, attempt, operation }: PlanFacts, described: DescribedChangeSet): Plan {
  const changes = normalise(described.changes);
  const content = {
    account: target.account,
    region: target.region,
    stackName: target.stackName,
    operation,
    templateSha256,
    parameters: { ...described.parameters },
    tags: { ...described.tags },
    capabilities: [...described.capabilities].sort(),
    roleArn: roleArn(target.account, 'cloudformation'),
    changes,
    outputsOnly: changes.length === 0,
  };
  return {
    ...content,
    release: release.id,
    environment,
    target: target.name,
    attempt,
    stackArn: described.stackArn,
    changeSetArn: described.arn,
    remarks: content.outputsOnly ? ['Only outputs change: no resource is touched.'] : [],
    digest: planDigest(content),
  };
}
