import type { Change, Plan, PlannedStep } from '../contracts/plan.ts';
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
  /** The stack as a whole, where CloudFormation says it. */
  readonly drift?: string | undefined;
  /** The change sets of nested stacks, for their templates. */
  readonly nested: readonly NestedChangeSet[];
}

export interface NestedChangeSet {
  /** `Nested/` before the logical ids of what is in it. */
  readonly prefix: string;
  /** ARN of the nested stack; empty while it is not there. */
  readonly stackArn: string;
  readonly changeSetArn: string;
}

export interface PlanFacts {
  readonly release: Pick<Release, 'id'>;
  readonly templateSha256: string;
  /** Parameters whose values are shown to nobody. */
  readonly noEcho: readonly string[];
  readonly environment: string;
  readonly target: Pick<Target, 'name' | 'account' | 'region' | 'stackName'>;
  readonly attempt: string;
  readonly operation: Plan['operation'];
  /** What comes after the stack. */
  readonly steps?: readonly PlannedStep[];
  /** The stack is not the application's yet. */
  readonly takesOver?: string | undefined;
}

/** The plan that a change set stands for. Made again from an equal change set it has the equal digest. */
export function makePlan({ release, templateSha256, noEcho, environment, target, attempt, operation, steps = [], takesOver }: PlanFacts, described: DescribedChangeSet): Plan {
  const changes = normalise(described.changes);
  const shown = masked(described.parameters, noEcho);
  const content = {
    account: target.account,
    region: target.region,
    stackName: target.stackName,
    operation,
    templateSha256,
    parameters: shown,
    tags: { ...described.tags },
    capabilities: [...described.capabilities].sort(),
    roleArn: roleArn(target.account, 'cloudformation'),
    changes,
    outputsOnly: changes.length === 0 && described.arn !== '',
    ...(steps.length === 0 ? {} : { steps: [...steps] }),
    ...(takesOver === undefined ? {} : { takesOver }),
  };
  return {
    ...content,
    release: release.id,
    environment,
    target: target.name,
    attempt,
    stackArn: described.stackArn,
    ...(described.arn === '' ? {} : { changeSetArn: described.arn }),
    parameterChanges: [],
    access: [],
    network: [],
    ...(described.drift === undefined ? {} : { drift: described.drift }),
    remarks: content.outputsOnly ? ['Only outputs change: no resource is touched.'] : [],
    digest: planDigest(content),
  };
}

/** The plan of a target whose stack does not change: only its steps are to be done. */
export const makeStepsPlan = (facts: PlanFacts & { readonly stackArn: string }): Plan =>
  makePlan(facts, { arn: '', stackArn: facts.stackArn, status: '', executionStatus: undefined, reason: undefined, parameters: {}, tags: {}, capabilities: [], changes: [], nested: [] });

/** CloudFormation shows asterisks in place of a NoEcho value; whoever does not is held to it here. */
const hidden = '****';

export function masked(parameters: Readonly<Record<string, string>>, noEcho: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, noEcho.includes(name) ? hidden : value]));
}
