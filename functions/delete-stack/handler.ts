import { findApproval } from '../../aws/approvals.ts';
import { describeStack } from '../../aws/cloudformation.ts';
import { readLock } from '../../aws/locks.ts';
import { readRemoval } from '../../aws/removal-outcome.ts';
import { readEnvironment, readRelease, readTarget, updateTarget } from '../../aws/releases.ts';
import { report } from '../../aws/reports.ts';
import { deleteOwnedStack } from '../../aws/stack-removal.ts';
import { clientFor } from '../../aws/target-client.ts';
import { completeToken, storeWait } from '../../aws/waits.ts';
import { StackWait } from '../../contracts/tasks.ts';
import { isOfRound } from '../../domain/attempt.ts';
import { StalePlanError } from '../../domain/errors.ts';
import { findTarget } from '../../domain/find-target.ts';
import { removalToken, stackOperation } from '../../domain/lock.ts';
import { removalTreatment } from '../../domain/removal/treatment.ts';
import { roleArn } from '../../domain/session.ts';
import { stackEnd } from '../../domain/stack-end.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';

const real = {
  readRelease, readTarget, readEnvironment, findApproval, readLock, updateTarget, clientFor, describeStack, deleteOwnedStack, readRemoval,
  storeWait, completeToken, report, now: () => new Date(),
};
type Uses = typeof real;

/** Deletes the stack that was approved. The token is stored before CloudFormation is asked: a fast event can beat a later write. */
export async function deleteApprovedStack(uses: Uses, where: { tableName: string; keyArn: string; busName: string }, { token, tries = 0, ...input }: StackWait): Promise<void> {
  const { tableName } = where;
  const { environment, target: name, attempt, fence } = input;
  const doing = `Deleting the stack of ${name} in ${environment}`;
  const release = await uses.readRelease(tableName, input.release);
  const target = findTarget(release, environment, name);
  const record = await uses.readTarget(tableName, release.id, environment, name);
  const lock = await uses.readLock(tableName, target);
  if (lock?.owner === undefined || lock.fence !== fence || lock.nonce === undefined) throw new StalePlanError(`${doing}: the lock was taken over by another execution. It is planned again.`);
  if (release.mode !== 'remove' || record?.stackArn === undefined || record.digest === undefined || !isOfRound(record, attempt)) throw new StalePlanError(`${doing}: the plan is not the newest one. It is planned again.`);

  const { stackArn } = record;
  const requestToken = removalToken({ fence, nonce: lock.nonce }, tries);
  const id = { release: release.id, environment, target: name };
  await uses.storeWait(where, { operation: stackOperation(stackArn, requestToken), about: { ...id, attempt } }, token, uses.now());
  const approval = await uses.findApproval(tableName, (await uses.readEnvironment(tableName, release.id, environment))?.approval);
  const approvers = (approval?.votes ?? []).filter(({ decision }) => decision === 'approve').map(({ approver }) => approver);
  const client = await uses.clientFor('execute', { release, environment, target, approvers });
  const stack = await uses.describeStack(client, stackArn);
  const treatment = removalTreatment(stack?.status);
  if (stack === undefined || treatment === 'gone') {
    await uses.completeToken(token, stackEnd('DELETE', 'DELETE_COMPLETE'));
    return;
  }
  // It is being deleted already, perhaps by somebody else: how that ends is found by the event or the look.
  if (stack.status === 'DELETE_IN_PROGRESS') return;
  // What another operation leaves in it nobody was shown.
  if (treatment !== 'delete') throw new StalePlanError(`${doing}: since it was checked somebody moves the stack, which is in ${stack.status}. It is planned again.`);

  const text = tries === 0 ? `Deleting the stack ${target.stackName} of ${environment}.` : `Deleting the stack ${target.stackName} of ${environment} once more: what AWS refused before may be gone by now.`;
  await uses.updateTarget(tableName, id, { state: 'executing', executed: true }, uses.now());
  await uses.report(where, { ...id, kind: 'executing', about: 'target', application: release.application, text }, uses.now());
  await uses.deleteOwnedStack(client, { stackArn, roleArn: roleArn(target.account, 'cloudformation'), token: requestToken });

  // An event may have met the token of an earlier try, so what is over already is found here.
  const end = await uses.readRemoval(client, { stackArn, token: requestToken });
  if (end !== undefined) await uses.completeToken(token, end);
}

export const handler = task({
  name: 'delete-stack',
  input: StackWait,
  run: (input) => {
    const { TABLE_NAME, WAIT_KEY_ARN, BUS_NAME } = env('TABLE_NAME', 'WAIT_KEY_ARN', 'BUS_NAME');
    return deleteApprovedStack(real, { tableName: TABLE_NAME, keyArn: WAIT_KEY_ARN, busName: BUS_NAME }, input);
  },
});
