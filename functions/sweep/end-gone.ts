import { closing } from '../../domain/closing.ts';
import type { Release } from '../../contracts/release.ts';
import { findEnvironment, findTarget } from '../../domain/find-target.ts';
import { buildOperation } from '../../domain/build-answer.ts';
import { executionArn, nestedExecutionName } from '../../domain/release-id.ts';
import type { ReleaseRemedy } from '../../domain/sweep/releases.ts';
import type { Uses, Where } from './uses.ts';
import { wakeNext } from './wake-next.ts';

/** Says in the place of an execution that is gone how its release ended, and gives up what it held. What it had begun below it, and what still runs there, goes on to its end. */
export async function endGone(uses: Uses, where: Where, { release: id, attempt, reason }: Extract<ReleaseRemedy, { kind: 'end-release' }>): Promise<boolean> {
  const { tableName } = where;
  const release = await uses.findRelease(tableName, id);
  if (release === undefined || !(await uses.endRelease(tableName, id, attempt, reason))) return false;
  const { application, sequence, createdAt } = release;
  for (const record of await uses.listEnvironments(tableName, id)) {
    if (record.state === 'ended') continue;
    await uses.withdrawQuestion(where, record.approval);
    await closeTargets(uses, where, release, record.environment, reason);
    const nested = executionArn(where.environmentMachine, nestedExecutionName(id, record.environment, attempt));
    if ((await uses.executionStands(nested)) === 'runs' || !(await uses.endGoneEnvironment(tableName, record, reason, uses.now()))) continue;
    const branch = release.configuration?.environments.find(({ name }) => name === record.environment)?.branch;
    await uses.report(where, { kind: 'ended', about: 'environment', release: id, application, environment: record.environment, branch, outcome: 'failed', text: `${record.environment}: failed. ${reason}` }, uses.now());
  }
  await uses.leaveBuildLine(tableName, { release: id, attempt, application, sequence, since: createdAt });
  await uses.completeWait(where, buildOperation(id, attempt), { answer: 'failed' });
  await uses.report(where, { kind: 'ended', about: 'release', release: id, application, outcome: 'failed', text: `${id}: failed: ${reason}` }, uses.now());
  return true;
}

/** What it was changing in an account is noted as half changed, so that a removal of a branch's environment finds it, and the lock goes with that. */
async function closeTargets(uses: Uses, where: Where, release: Release, environment: string, reason: string): Promise<void> {
  const { tableName } = where;
  for (const record of await uses.listTargets(tableName, release.id, environment)) {
    if (record.state !== 'executing') continue;
    const lock = await uses.readLock(tableName, record);
    // Whoever lets it go, or a newer one that has it, looks at the account itself.
    if (lock?.owner?.endsWith(`:${release.id}-${environment}-${record.target}-${record.attempt}`) !== true || (await uses.executionStands(lock.owner)) === 'runs') continue;
    const target = findTarget(release, environment, record.target);
    const begun = { ...record, executed: true };
    const closed = closing({ release, environment: findEnvironment(release, environment), target, record: begun, input: { outcome: 'failed', clean: false, reason }, fence: lock.fence, now: uses.now() });
    const lockSeen = { owner: lock.owner, fence: lock.fence };
    if ((await uses.closeUnderLock(tableName, { record, ended: closed.ended, deployed: closed.deployed, lock: lockSeen })) === 'closed') await wakeNext(uses, where, record);
  }
}
