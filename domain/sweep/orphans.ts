import type { BranchEnvironment } from '../../contracts/branch-environment.ts';
import type { Environment, Environments } from '../../contracts/environments.ts';
import type { FoundStack } from '../../contracts/sweep.ts';
import { branchEnvironmentName } from '../branch-name.ts';
import { removalTreatment } from '../removal/treatment.ts';
import { stackPatterns } from '../stack-patterns.ts';
import { fits } from '../wildcard.ts';
import type { StackPlace } from './seen.ts';
import { olderThan } from './young.ts';

/** A stack of a branch's environment in a sandbox of which neither the branch nor any note is left. */
export interface Orphan {
  readonly application: string;
  readonly environment: string;
  readonly branch: string;
  readonly repository: string;
  /** The sandbox. */
  readonly registered: string;
  readonly place: StackPlace;
  readonly stackArn: string;
}

export interface Knows {
  readonly registry: Environments;
  /** Branch environments of the application. */
  readonly rows: readonly BranchEnvironment[];
  /** What is deployed, of any application, or on its way. */
  readonly noted: readonly StackPlace[];
  /** Branches of the application's repository, or `undefined` where nobody could look. */
  readonly branches: readonly string[] | undefined;
}

/** What a person looks at, or somebody else is about to note, is given this time. */
const settledSeconds = 24 * 3600;

/** The one that a machine may remove: everything says that it is a branch's, nobody knows it, and no environment that is no sandbox could have it. */
export function orphanOf(stack: FoundStack, { account, region }: Pick<StackPlace, 'account' | 'region'>, { registry, rows, noted, branches }: Knows, now: Date): Orphan | undefined {
  const { application, environment, branch, stackName, stackArn } = stack;
  if (application === undefined || environment === undefined || branch === undefined) return undefined;
  const registered = registry.applications[application];
  const sandbox = sandboxIn(registry, { account, region }, application);
  if (registered?.repository === undefined || sandbox === undefined || Object.hasOwn(registry.environments, environment)) return undefined;
  // A tag that could not hold the branch's name as it is gives another name, and is left to people.
  if (branchEnvironmentName(branch) !== environment || !stackName.includes(environment)) return undefined;
  if (!stackPatterns(application, registered).some((pattern) => fits(pattern, stackName))) return undefined;
  const { repository } = registered;
  const row = rows.find((it) => it.application === application && it.name === environment);
  if (row !== undefined && (row.state !== 'removed' || row.registered !== sandbox || row.branch !== branch || row.repository !== repository)) return undefined;
  if (noted.some((it) => it.account === account && it.region === region && it.stackName === stackName)) return undefined;
  if (branches?.includes(branch) !== false || removalTreatment(stack.status) !== 'delete' || !olderThan(stack.changedAt ?? stack.createdAt, settledSeconds, now)) return undefined;
  return { application, environment, branch, repository, registered: sandbox, place: { account, region, stackName }, stackArn };
}

/** The sandbox that has the place for the application, unless another environment could have stacks of the application there. */
function sandboxIn(registry: Environments, place: Pick<StackPlace, 'account' | 'region'>, application: string): string | undefined {
  const there = Object.entries(registry.environments).filter(([, it]) => it.applications?.includes(application) !== false && isIn(registry, it, place));
  return there.every(([, { disposable }]) => disposable) ? there[0]?.[0] : undefined;
}

const isIn = ({ accounts }: Environments, { targets }: Pick<Environment, 'targets'>, place: Pick<StackPlace, 'account' | 'region'>): boolean =>
  targets.some(({ account, region }) => region === place.region && accounts[account]?.id === place.account);
