import { type CodeDeployClient, type DeploymentTarget, GetDeploymentTargetCommand, ListDeploymentTargetsCommand } from '@aws-sdk/client-codedeploy';
import type { DeploymentEnd } from '../contracts/outcome.ts';
import { deploymentEnd, type Diagnosis, failureSentence } from '../domain/deployment-end.ts';
import { readDeployment } from './code-deploy.ts';
import { calling } from './errors.ts';

export interface DeploymentOutcome {
  /** Of our own deployment, whatever its rollback does. */
  readonly status: string;
  /** Missing while the deployment or its rollback still moves. */
  readonly end: DeploymentEnd | undefined;
  /** A rollback was made, whose own events tell of it. */
  readonly rollsBack: boolean;
}

/** How a deployment ended, with its rollback where CodeDeploy made one, read from the target itself. */
export async function readDeploymentOutcome(client: CodeDeployClient, deploymentId: string, now: Date): Promise<DeploymentOutcome> {
  const deployment = await readDeployment(client, deploymentId);
  const rollback = deployment.rollbackId === undefined ? undefined : await readDeployment(client, deployment.rollbackId);
  const end = deploymentEnd(deployment, rollback, now);
  const seen = { status: deployment.status, rollsBack: rollback !== undefined };
  if (end === undefined || end.outcome === 'deployed') return { ...seen, end };
  const why = failureSentence(deployment, await diagnose(client, deploymentId));
  return { ...seen, end: { ...end, reason: [why, end.reason ?? ''].join(' ').trim() } };
}

/** The first target that failed, and the lifecycle event in which it did. */
async function diagnose(client: CodeDeployClient, deploymentId: string): Promise<Diagnosis | undefined> {
  const doing = `reading why the deployment ${deploymentId} failed`;
  const { targetIds = [] } = await calling(doing, () => client.send(new ListDeploymentTargetsCommand({ deploymentId, targetFilters: { TargetStatus: ['Failed'] } })));
  const [targetId] = targetIds;
  if (targetId === undefined) return undefined;
  const { deploymentTarget } = await calling(doing, () => client.send(new GetDeploymentTargetCommand({ deploymentId, targetId })));
  const failed = eventsOf(deploymentTarget).find(({ status }) => status === 'Failed');
  if (failed === undefined) return undefined;
  const { scriptName = '', message = '', logTail = '' } = failed.diagnostics ?? {};
  return { target: targetId, event: failed.lifecycleEventName ?? '', script: scriptName, message, logTail };
}

const eventsOf = (target: DeploymentTarget | undefined) => target?.instanceTarget?.lifecycleEvents ?? target?.lambdaTarget?.lifecycleEvents ?? [];
