import { BatchGetDeploymentsCommand, type CodeDeployClient, CreateDeploymentCommand, type DeploymentInfo, GetDeploymentCommand, GetDeploymentGroupCommand, ListDeploymentsCommand } from '@aws-sdk/client-codedeploy';
import type { CodeDeployGroup } from '../contracts/names.ts';
import { isOurs, nameOfGroup } from '../domain/code-deploy.ts';
import { type DescribedDeployment, phaseOf } from '../domain/deployment-end.ts';
import { sha256 } from '../domain/digest.ts';
import { DeploymentFailedError, InvalidInputError } from '../domain/errors.ts';
import type { GroupLook, Revision } from '../domain/revision-plan.ts';
import { calling, isNamed } from './errors.ts';
import { pages } from './pages.ts';

const names = ({ application, group }: CodeDeployGroup) => ({ applicationName: application, deploymentGroupName: group });

export const described = (info: DeploymentInfo): DescribedDeployment => ({
  id: info.deploymentId ?? '',
  status: info.status ?? '',
  description: info.description,
  completedAt: info.completeTime,
  rollbackId: info.rollbackInfo?.rollbackDeploymentId,
  rollbackMessage: info.rollbackInfo?.rollbackMessage,
  rollsBackOn: info.autoRollbackConfiguration?.enabled === true ? (info.autoRollbackConfiguration.events ?? []) : [],
  hasPrevious: info.previousRevision !== undefined,
  error: info.errorInformation?.message,
});

async function readInfo(client: CodeDeployClient, deploymentId: string): Promise<DeploymentInfo> {
  const { deploymentInfo } = await calling(`looking at the deployment ${deploymentId}`, () => client.send(new GetDeploymentCommand({ deploymentId })));
  return deploymentInfo ?? {};
}

export const readDeployment = async (client: CodeDeployClient, deploymentId: string): Promise<DescribedDeployment> => described(await readInfo(client, deploymentId));

function placeOf({ revision }: DeploymentInfo): GroupLook['revision'] {
  const { bucket, key } = revision?.s3Location ?? {};
  if (bucket !== undefined && key !== undefined) return { bucket, key };
  const appSpec = revision?.appSpecContent?.content;
  if (appSpec !== undefined) return { appSpec };
  return revision === undefined ? undefined : { other: `a revision of type ${revision.revisionType ?? 'unknown'}` };
}

/**
 * Reads what the group has: the revision of the last deployment that succeeded, and whether anything was attempted since.
 * @throws InvalidInputError when there is no such group
 */
export async function describeGroup(client: CodeDeployClient, group: CodeDeployGroup): Promise<GroupLook> {
  const doing = `looking at the deployment group ${nameOfGroup(group)}`;
  try {
    const { deploymentGroupInfo: info } = await calling(doing, () => client.send(new GetDeploymentGroupCommand(names(group))));
    const [good, last] = [info?.lastSuccessfulDeployment, info?.lastAttemptedDeployment];
    return {
      deploymentConfig: info?.deploymentConfigName ?? '',
      computePlatform: info?.computePlatform ?? '',
      revision: good?.deploymentId === undefined ? undefined : placeOf(await readInfo(client, good.deploymentId)),
      settled: good?.deploymentId !== undefined && good.deploymentId === last?.deploymentId,
      running: last?.status !== undefined && phaseOf(last.status) === 'moving',
    };
  } catch (error) {
    if (isNamed(error, 'ApplicationDoesNotExistException', 'DeploymentGroupDoesNotExistException')) {
      throw new InvalidInputError(`${doing}: ${error.message.replace(/\.$/, '')}. Make it in the target account, or correct codeDeploy in environments.yaml.`, { cause: error });
    }
    throw error;
  }
}

export interface Place {
  readonly bucket: string;
  readonly revision: Revision;
}

/**
 * Creates a deployment.
 * @returns `busy` when another one of the group runs
 * @throws DeploymentFailedError when CodeDeploy does not take it
 */
export async function createDeployment(client: CodeDeployClient, group: CodeDeployGroup, { bucket, revision }: Place, description: string): Promise<{ readonly id: string } | 'busy'> {
  const doing = `deploying ${revision.key} to ${nameOfGroup(group)}`;
  const location =
    revision.appSpec === undefined
      ? { revisionType: 'S3' as const, s3Location: { bucket, key: revision.key, bundleType: revision.bundleType } }
      : { revisionType: 'AppSpecContent' as const, appSpecContent: { content: revision.appSpec, sha256: sha256(revision.appSpec) } };
  try {
    const { deploymentId } = await calling(doing, () => client.send(new CreateDeploymentCommand({ ...names(group), description, revision: location })));
    return { id: deploymentId ?? '' };
  } catch (error) {
    if (isNamed(error, 'DeploymentLimitExceededException')) return 'busy';
    if (error instanceof Error && error.name.endsWith('Exception')) throw new DeploymentFailedError(`${doing}: ${error.message.replace(/\.$/, '')}. Correct the group or the revision, then retry the release.`, { cause: error });
    throw error;
  }
}

/** BatchGetDeployments takes so many. */
const atOnce = 25;

/** The deployment that carries our token, where an answer to CreateDeployment was lost or has not come yet. */
export async function findDeployment(client: CodeDeployClient, group: CodeDeployGroup, token: string, since: Date): Promise<string | undefined> {
  const doing = `looking for our deployment to ${nameOfGroup(group)}`;
  const list = (nextToken: string | undefined) =>
    calling(doing, () => client.send(new ListDeploymentsCommand({ ...names(group), createTimeRange: { start: since }, ...(nextToken === undefined ? {} : { nextToken }) })));
  for await (const { deployments = [] } of pages(list, ({ nextToken }) => nextToken)) {
    for (let first = 0; first < deployments.length; first += atOnce) {
      const deploymentIds = deployments.slice(first, first + atOnce);
      const { deploymentsInfo = [] } = await calling(doing, () => client.send(new BatchGetDeploymentsCommand({ deploymentIds })));
      const ours = deploymentsInfo.find(({ description }) => isOurs(description, token));
      if (ours?.deploymentId !== undefined) return ours.deploymentId;
    }
  }
  return undefined;
}
