import { findDeployment } from '../../aws/code-deploy.ts';
import { codeDeployFor } from '../../aws/code-deploy-client.ts';
import { readDeploymentOutcome } from '../../aws/deployment-outcome.ts';
import { readLock } from '../../aws/locks.ts';
import { readRelease, readTarget } from '../../aws/releases.ts';
import { completeToken, storeWait } from '../../aws/waits.ts';
import { LockedWait } from '../../contracts/tasks.ts';
import { deploymentOperation, groupArn } from '../../domain/code-deploy.ts';
import { StalePlanError } from '../../domain/errors.ts';
import { findTarget } from '../../domain/find-target.ts';
import { clientRequestToken } from '../../domain/lock.ts';
import { groupOf } from '../../domain/revision-plan.ts';
import { env } from '../../runtime/env.ts';
import { stuckWait } from '../../runtime/metrics.ts';
import { task } from '../../runtime/task.ts';

const real = { readRelease, readTarget, readLock, codeDeployFor, findDeployment, readDeploymentOutcome, storeWait, completeToken, stuckWait, now: () => new Date() };
type Uses = typeof real;

/** The event did not come in time: looks once, and waits again if nothing is over. */
export async function lookAtDeployment(uses: Uses, where: { tableName: string; keyArn: string }, { token, ...input }: LockedWait): Promise<void> {
  const { environment, target: name, attempt, fence } = input;
  const release = await uses.readRelease(where.tableName, input.release);
  const target = groupOf(findTarget(release, environment, name));
  const record = await uses.readTarget(where.tableName, release.id, environment, name);
  const lock = await uses.readLock(where.tableName, target);
  if (record?.intendedAt === undefined || lock?.nonce === undefined || lock.fence !== fence) {
    throw new StalePlanError(`Looking at the deployment to ${target.stackName}: the lock was taken over by another execution. It is planned again.`);
  }
  const id = { release: release.id, environment, target: name };
  await uses.storeWait(where, { operation: deploymentOperation(groupArn(target)), about: { ...id, attempt } }, token, uses.now());
  const client = await uses.codeDeployFor('plan', { release, environment, target });
  const requestToken = clientRequestToken({ fence, nonce: lock.nonce });
  const deploymentId = record.deploymentId ?? (await uses.findDeployment(client, target.codeDeploy, requestToken, new Date(record.intendedAt)));
  if (deploymentId === undefined) {
    // Somebody else's deployment was in the way: it is tried once more.
    await uses.completeToken(token, { answer: 'again' });
    return;
  }
  const { end } = await uses.readDeploymentOutcome(client, deploymentId, uses.now());
  if (end === undefined) uses.stuckWait();
  else await uses.completeToken(token, end);
}

export const handler = task({
  name: 'look-at-deployment',
  input: LockedWait,
  run: (input) => {
    const { TABLE_NAME, WAIT_KEY_ARN } = env('TABLE_NAME', 'WAIT_KEY_ARN');
    return lookAtDeployment(real, { tableName: TABLE_NAME, keyArn: WAIT_KEY_ARN }, input);
  },
});
