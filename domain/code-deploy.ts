import type { CodeDeployGroup } from '../contracts/names.ts';

interface GroupPlace {
  readonly account: string;
  readonly region: string;
  readonly codeDeploy: CodeDeployGroup;
}

export const nameOfGroup = ({ application, group }: CodeDeployGroup): string => `${application}/${group}`;

/** CodeDeploy takes these to the letter: a colon before the name, a slash before the group (CodeDeploy User Guide, "permissions reference"). */
export const applicationArn = ({ account, region, codeDeploy }: GroupPlace): string => `arn:aws:codedeploy:${region}:${account}:application:${codeDeploy.application}`;
export const groupArn = ({ account, region, codeDeploy }: GroupPlace): string => `arn:aws:codedeploy:${region}:${account}:deploymentgroup:${nameOfGroup(codeDeploy)}`;

/**
 * Waited for under the lock, so one at most waits for a group. The id of the deployment is not known before it is
 * created, and an event may come before the answer: any end of a deployment of the group wakes, and whoever wakes looks.
 */
export const deploymentOperation = (arn: string): string => `deployment:${arn}`;

interface Described {
  readonly release: string;
  readonly environment: string;
  readonly commit: string;
  /** Of the lock: nobody else can know it, so what carries it is ours. */
  readonly token: string;
}

/** CreateDeployment knows no idempotency token, so the description is one (F 8.3). */
export const deploymentDescription = ({ release, environment, commit, token }: Described): string => `Drawbridge: release ${release} to ${environment}, commit ${commit.slice(0, 8)} (${token})`;
export const isOurs = (description: string | undefined, token: string): boolean => description?.endsWith(`(${token})`) ?? false;
