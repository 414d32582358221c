import { findApproval } from '../../aws/approvals.ts';
import { type Content, type Look, storeFor } from '../../aws/emptying.ts';
import { readLock } from '../../aws/locks.ts';
import { readPlan } from '../../aws/plans.ts';
import { readEnvironment, readRelease, readTarget, updateTarget } from '../../aws/releases.ts';
import { report } from '../../aws/reports.ts';
import { listStillOwned } from '../../aws/stack-removal.ts';
import { credentialsFor } from '../../aws/sts.ts';
import { clientFor } from '../../aws/target-client.ts';
import type { OwnedStore } from '../../contracts/plan.ts';
import { LockedTask } from '../../contracts/tasks.ts';
import { isOfRound } from '../../domain/attempt.ts';
import { AccessDeniedError, DeploymentFailedError, StalePlanError } from '../../domain/errors.ts';
import { findTarget } from '../../domain/find-target.ts';
import { mayNotEmpty, stillOwned, staysFull } from '../../domain/removal/emptying.ts';
import { emptyingPolicy } from '../../domain/removal/session.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';

const real = { readRelease, readTarget, readEnvironment, readLock, findApproval, updateTarget, readPlan, clientFor, listStillOwned, credentialsFor, storeFor, report, now: () => new Date() };
type Uses = typeof real;

/** So often a store is looked into in one call: each time up to a thousand objects go. */
const mostLooks = 40;

/**
 * Empties what the stack owns and AWS would refuse to delete full, as far as there is time for it.
 * @returns `empty` where nothing had to be emptied, now or in a call before
 */
export async function emptyStack(uses: Uses, where: { tableName: string; busName: string; bucket: string }, input: LockedTask): Promise<{ answer: 'more' | 'emptied' | 'empty' }> {
  const { tableName } = where;
  const { environment, target: name, attempt, fence } = input;
  const doing = `Emptying what the stack of ${name} in ${environment} owns`;
  const release = await uses.readRelease(tableName, input.release);
  const target = findTarget(release, environment, name);
  const record = await uses.readTarget(tableName, release.id, environment, name);
  const lock = await uses.readLock(tableName, target);
  if (lock?.owner === undefined || lock.fence !== fence || !isOfRound(record, attempt)) throw new StalePlanError(`${doing}: the lock was taken over by another execution. It is planned again.`);
  const plan = record?.planKey === undefined ? undefined : await uses.readPlan(where.bucket, record.planKey);
  if (plan?.operation !== 'DELETE' || plan.digest !== record?.digest) throw new StalePlanError(`${doing}: its plan is not there any more. It is planned again.`);

  const approval = await uses.findApproval(tableName, (await uses.readEnvironment(tableName, release.id, environment))?.approval);
  const approvers = (approval?.votes ?? []).filter(({ decision }) => decision === 'approve').map(({ approver }) => approver);
  const context = { release: release.id, environment, application: release.application, commit: release.commit, approvers };
  const allowed = async <T>(store: OwnedStore, call: () => Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (error) {
      throw error instanceof AccessDeniedError ? new DeploymentFailedError(mayNotEmpty(store, target, error.message), { cause: error }) : error;
    }
  };
  const { emptied = [] } = plan;
  // A try before this one may have deleted some of them.
  const owned = emptied.length === 0 ? [] : await uses.listStillOwned(await uses.clientFor('execute', { release, environment, target, approvers }), plan.stackArn);
  // All of them are looked into before the first is emptied: what is not allowed is said while everything is still there.
  const full: { readonly store: OwnedStore; readonly look: Look; readonly content: Content }[] = [];
  for (const store of stillOwned(emptied, owned)) {
    const look = uses.storeFor(await uses.credentialsFor(target, 'execute', context, emptyingPolicy(store, target)), target.region, store);
    const content = await allowed(store, look);
    if (content !== undefined) full.push({ store, look, content });
  }
  if (full.length === 0) return { answer: record.state === 'executing' ? 'emptied' : 'empty' };
  if (record.state !== 'executing') {
    await uses.updateTarget(tableName, { release: release.id, environment, target: name }, { state: 'executing' }, uses.now());
    const text = `Emptying ${full.map(({ store }) => `${store.logicalId} (${store.name})`).join(', ')} of ${target.stackName} in ${environment}.`;
    await uses.report(where, { kind: 'executing', about: 'target', release: release.id, environment, target: name, application: release.application, text }, uses.now());
  }
  let looks = 0;
  for (const { store, look, content: first } of full) {
    let content: Content | undefined = first;
    while (content !== undefined) {
      if ((looks += 1) > mostLooks) return { answer: 'more' };
      const refused = await allowed(store, content.remove);
      if (refused !== undefined) throw new DeploymentFailedError(staysFull(store, target, refused));
      content = await allowed(store, look);
    }
  }
  return { answer: 'emptied' };
}

export const handler = task({
  name: 'empty-stack',
  input: LockedTask,
  run: (input) => {
    const { TABLE_NAME, BUS_NAME, ARTIFACT_BUCKET } = env('TABLE_NAME', 'BUS_NAME', 'ARTIFACT_BUCKET');
    return emptyStack(real, { tableName: TABLE_NAME, busName: BUS_NAME, bucket: ARTIFACT_BUCKET }, input);
  },
});
