import { findApproval } from '../../aws/approvals.ts';
import { createDeployment, describeGroup, findDeployment } from '../../aws/code-deploy.ts';
import { codeDeployFor } from '../../aws/code-deploy-client.ts';
import { readDeploymentOutcome } from '../../aws/deployment-outcome.ts';
import { readLock } from '../../aws/locks.ts';
import { readEnvironment, readRelease, readTarget, updateTarget } from '../../aws/releases.ts';
import { report } from '../../aws/reports.ts';
import { completeToken, storeWait } from '../../aws/waits.ts';
import { LockedWait } from '../../contracts/tasks.ts';
import { isOfRound } from '../../domain/attempt.ts';
import { deploymentDescription, deploymentOperation, groupArn } from '../../domain/code-deploy.ts';
import { StalePlanError } from '../../domain/errors.ts';
import { bucketFor, findTarget } from '../../domain/find-target.ts';
import { clientRequestToken } from '../../domain/lock.ts';
import { groupOf, revisionOf } from '../../domain/revision-plan.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';

const real = { readRelease, readTarget, readEnvironment, findApproval, readLock, updateTarget, codeDeployFor, describeGroup, createDeployment, findDeployment, readDeploymentOutcome, storeWait, completeToken, report, now: () => new Date() };
type Uses = typeof real;

/** Deploys what was approved. That it was meant is written before CodeDeploy is asked, which knows no idempotency token (F 8.3). */
export async function deployRevision(uses: Uses, where: { tableName: string; keyArn: string; busName: string }, { token, ...input }: LockedWait): Promise<void> {
  const { tableName } = where;
  const { environment, target: name, attempt, fence } = input;
  const doing = `Deploying the revision to ${name} in ${environment}`;
  const release = await uses.readRelease(tableName, input.release);
  const target = groupOf(findTarget(release, environment, name));
  const record = await uses.readTarget(tableName, release.id, environment, name);
  const lock = await uses.readLock(tableName, target);
  if (lock?.owner === undefined || lock.fence !== fence || lock.nonce === undefined) throw new StalePlanError(`${doing}: the lock was taken over by another execution. It is planned again.`);
  if (record === undefined || !isOfRound(record, attempt)) throw new StalePlanError(`${doing}: the plan is not the newest one. It is planned again.`);

  const id = { release: release.id, environment, target: name };
  await uses.storeWait(where, { operation: deploymentOperation(groupArn(target)), about: { ...id, attempt } }, token, uses.now());
  const meant = record.intendedAt ?? uses.now().toISOString();
  if (record.intendedAt === undefined) {
    await uses.updateTarget(tableName, id, { state: 'executing', intendedAt: meant }, uses.now());
    await uses.report(where, { ...id, kind: 'executing', about: 'target', application: release.application, text: `${doing}.` }, uses.now());
  }
  const approval = await uses.findApproval(tableName, (await uses.readEnvironment(tableName, release.id, environment))?.approval);
  const approvers = (approval?.votes ?? []).filter(({ decision }) => decision === 'approve').map(({ approver }) => approver);
  const client = await uses.codeDeployFor('execute', { release, environment, target, approvers });
  const requestToken = clientRequestToken({ fence, nonce: lock.nonce });
  // An earlier try may have created it and never had the answer.
  const before = record.deploymentId ?? (record.intendedAt === undefined ? undefined : await uses.findDeployment(client, target.codeDeploy, requestToken, new Date(meant)));
  const revision = { bucket: bucketFor(release, target), revision: revisionOf(release, target) };
  const created = before === undefined ? await uses.createDeployment(client, target.codeDeploy, revision, deploymentDescription({ release: release.id, environment, commit: release.commit, token: requestToken })) : { id: before };
  if (created === 'busy') {
    // Its event wakes us; it may have come before our wait was stored.
    if (!(await uses.describeGroup(client, target.codeDeploy)).running) await uses.completeToken(token, { answer: 'again' });
    return;
  }
  await uses.updateTarget(tableName, id, { executed: true, deploymentId: created.id }, uses.now());
  const { end } = await uses.readDeploymentOutcome(client, created.id, uses.now());
  if (end !== undefined) await uses.completeToken(token, end);
}

export const handler = task({
  name: 'deploy-revision',
  input: LockedWait,
  run: (input) => {
    const { TABLE_NAME, WAIT_KEY_ARN, BUS_NAME } = env('TABLE_NAME', 'WAIT_KEY_ARN', 'BUS_NAME');
    return deployRevision(real, { tableName: TABLE_NAME, keyArn: WAIT_KEY_ARN, busName: BUS_NAME }, input);
  },
});
