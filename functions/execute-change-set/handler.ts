import { executeChangeSet } from '../../aws/change-sets.ts';
import { findApproval } from '../../aws/approvals.ts';
import { readLock } from '../../aws/locks.ts';
import { readEnvironment, readRelease, readTarget, updateTarget } from '../../aws/releases.ts';
import { report } from '../../aws/reports.ts';
import { readOutcome } from '../../aws/stack-outcome.ts';
import { clientFor } from '../../aws/target-client.ts';
import { completeToken, storeWait } from '../../aws/waits.ts';
import { LockedWait } from '../../contracts/tasks.ts';
import { isOfRound } from '../../domain/attempt.ts';
import { StalePlanError } from '../../domain/errors.ts';
import { findTarget } from '../../domain/find-target.ts';
import { clientRequestToken, stackOperation } from '../../domain/lock.ts';
import { isFinalStatus } from '../../domain/stack-end.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';

const real = {
  readRelease,
  readTarget,
  readEnvironment,
  findApproval,
  readLock,
  updateTarget,
  clientFor,
  executeChangeSet,
  readOutcome,
  storeWait,
  completeToken,
  report,
  now: () => new Date(),
};
type Uses = typeof real;

/** Executes what was approved. The token is stored before CloudFormation is asked: a fast event can beat a later write. */
export async function executePlan(uses: Uses, where: { tableName: string; keyArn: string; busName: string }, { token, ...input }: LockedWait): Promise<void> {
  const { tableName } = where;
  const { environment, target: name, attempt, fence } = input;
  const doing = `Executing the plan of ${name} in ${environment}`;
  const release = await uses.readRelease(tableName, input.release);
  const target = findTarget(release, environment, name);
  const record = await uses.readTarget(tableName, release.id, environment, name);
  const lock = await uses.readLock(tableName, target);
  if (lock?.owner === undefined || lock.fence !== fence || lock.nonce === undefined) throw new StalePlanError(`${doing}: the lock was taken over by another execution. It is planned again.`);
  if (record?.stackArn === undefined || record.changeSetArn === undefined || !isOfRound(record, attempt)) throw new StalePlanError(`${doing}: the plan is not the newest one. It is planned again.`);

  const requestToken = clientRequestToken({ fence, nonce: lock.nonce });
  const id = { release: release.id, environment, target: name };
  await uses.storeWait(where, { operation: stackOperation(record.stackArn, requestToken), about: { ...id, attempt } }, token, uses.now());
  const first = record.state !== 'executing';
  await uses.updateTarget(tableName, id, { state: 'executing' }, uses.now());
  if (first) {
    const text = `Executing the plan of ${name} in ${environment}.`;
    await uses.report(where, { ...id, kind: 'executing', about: 'target', application: release.application, text }, uses.now());
  }
  const approval = await uses.findApproval(tableName, (await uses.readEnvironment(tableName, release.id, environment))?.approval);
  const approvers = (approval?.votes ?? []).filter(({ decision }) => decision === 'approve').map(({ approver }) => approver);
  const client = await uses.clientFor('execute', { release, environment, target, approvers });
  const started = await uses.executeChangeSet(client, { stackName: target.stackName, changeSet: record.changeSetArn }, requestToken);

  // An event may have met the token of an earlier try, so what is over already is found here.
  const outcome = await uses.readOutcome(client, { stackArn: record.stackArn, operation: record.createdShell === true ? 'CREATE' : 'UPDATE', token: requestToken });
  if (started === 'perhaps-started' && !outcome.started) throw new StalePlanError(`${doing}: the change set is not executable any more, and nothing of it was started. It is planned again.`);
  await uses.updateTarget(tableName, id, { executed: true, outputs: outcome.end?.outcome === 'deployed' ? { ...outcome.outputs } : undefined }, uses.now());
  if (outcome.end !== undefined && isFinalStatus(outcome.end.stackStatus)) await uses.completeToken(token, outcome.end);
}

export const handler = task({
  name: 'execute-change-set',
  input: LockedWait,
  run: (input) => {
    const { TABLE_NAME, WAIT_KEY_ARN, BUS_NAME } = env('TABLE_NAME', 'WAIT_KEY_ARN', 'BUS_NAME');
    return executePlan(real, { tableName: TABLE_NAME, keyArn: WAIT_KEY_ARN, busName: BUS_NAME }, input);
  },
});
