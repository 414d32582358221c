import { findDeployment } from '../../aws/code-deploy.ts';
import { codeDeployFor } from '../../aws/code-deploy-client.ts';
import { readDeploymentOutcome } from '../../aws/deployment-outcome.ts';
import { noteEvent } from '../../aws/events-seen.ts';
import { readLock } from '../../aws/locks.ts';
import { readRelease, readTarget } from '../../aws/releases.ts';
import { completeWait, findWait } from '../../aws/waits.ts';
import type { DeploymentEnd } from '../../contracts/outcome.ts';
import { DeploymentStateChange } from '../../contracts/source-events.ts';
import { TargetTask } from '../../contracts/tasks.ts';
import { deploymentOperation, groupArn } from '../../domain/code-deploy.ts';
import { TransientError } from '../../domain/errors.ts';
import { findTarget } from '../../domain/find-target.ts';
import { clientRequestToken } from '../../domain/lock.ts';
import { groupOf } from '../../domain/revision-plan.ts';
import { env } from '../../runtime/env.ts';
import { listener } from '../../runtime/listener.ts';

const real = { findWait, completeWait, readRelease, readTarget, readLock, codeDeployFor, findDeployment, readDeploymentOutcome, noteEvent, now: () => new Date() };
type Uses = typeof real;

/** Wakes whoever waits for a group. The event only wakes: how our own deployment ended is read from the target itself. */
export async function onDeploymentEvent(uses: Uses, where: { tableName: string; keyArn: string }, event: DeploymentStateChange): Promise<void> {
  const { account, region, detail } = event;
  // EventBridge vouches for account and Region of the envelope, so nobody can speak of another account's group.
  const operation = deploymentOperation(groupArn({ account, region, codeDeploy: { application: detail.application, group: detail.deploymentGroup } }));
  const about = await uses.findWait(where.tableName, operation);
  if (about !== undefined) {
    const answer = await readAnswer(uses, where.tableName, TargetTask.parse(about), detail.deploymentId);
    if (answer !== undefined) await uses.completeWait(where, operation, answer);
  }
  await uses.noteEvent(where.tableName, { account, region }, uses.now());
}

/** How ours ended, or that another one is out of the way, or nothing while a rollback is on its way. */
async function readAnswer(uses: Uses, tableName: string, input: TargetTask, ended: string): Promise<DeploymentEnd | { readonly answer: 'again' } | undefined> {
  const release = await uses.readRelease(tableName, input.release);
  const target = groupOf(findTarget(release, input.environment, input.target));
  const record = await uses.readTarget(tableName, input.release, input.environment, input.target);
  const lock = await uses.readLock(tableName, target);
  const client = await uses.codeDeployFor('plan', { release, environment: input.environment, target });
  const find = async () =>
    lock?.nonce === undefined || record?.intendedAt === undefined ? undefined : await uses.findDeployment(client, target.codeDeploy, clientRequestToken({ fence: lock.fence, nonce: lock.nonce }), new Date(record.intendedAt));
  const ours = record?.deploymentId ?? (await find());
  if (ours === undefined) return { answer: 'again' };
  const { status, end, rollsBack } = await uses.readDeploymentOutcome(client, ours, uses.now());
  // CodeDeploy may not say so yet, or has still to make the rollback; of one that is there another event will tell.
  if (end === undefined && ended === ours && !rollsBack) throw new TransientError(`Reading how ${ours} ended: its event came, and CodeDeploy says ${status}. It is tried again.`);
  return end;
}

export const handler = listener({
  name: 'on-deployment-event',
  event: DeploymentStateChange,
  run: (event) => {
    const { TABLE_NAME, WAIT_KEY_ARN } = env('TABLE_NAME', 'WAIT_KEY_ARN');
    return onDeploymentEvent(real, { tableName: TABLE_NAME, keyArn: WAIT_KEY_ARN }, event);
  },
});
