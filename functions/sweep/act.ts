import { approvalOperation, expire, overtake } from '../../domain/approval.ts';
import { overtakenIn } from '../../domain/branch-life.ts';
import { buildOperation } from '../../domain/build-answer.ts';
import { lockOperation } from '../../domain/lock.ts';
import type { BranchEvent } from '../../contracts/source-events.ts';
import { reportDetailType, reportSource } from '../../contracts/report.ts';
import type { BranchRemedy } from '../../domain/sweep/branches.ts';
import type { LineRemedy } from '../../domain/sweep/lines.ts';
import type { QuestionRemedy } from '../../domain/sweep/questions.ts';
import type { Remedy } from '../../domain/sweep/remedies.ts';
import { endGone } from './end-gone.ts';
import type { Uses, Where } from './uses.ts';
import { wakeNext } from './wake-next.ts';

const by = 'drawbridge';

/**
 * Puts one thing right.
 * @returns `false` when it is not any more as it was seen, so that there is nothing to do
 */
export async function act(uses: Uses, where: Where, remedy: Remedy): Promise<boolean> {
  switch (remedy.kind) {
    case 'wake':
      await uses.handOver(where.startReleaseFunction, eventOf(remedy, uses.now()));
      return true;
    case 'end-environment':
      return await endEnvironment(uses, where, remedy);
    case 'start-release':
      await uses.startRelease(where.machine, remedy.release, remedy.attempt);
      return true;
    case 'end-release':
      return await endGone(uses, where, remedy);
    case 'expire':
      return await expireQuestion(uses, where, remedy);
    case 'withdraw':
      return await uses.withdrawQuestion(where, remedy.approval);
    case 'overtake':
      return await overtakeQuestion(uses, where, remedy);
    case 'free-lock':
    case 'leave-lock-line':
    case 'leave-build-line':
      return await giveUp(uses, where, remedy);
  }
}

/** The event that was lost, as far as it is known: whoever it wakes looks everything up. */
function eventOf(remedy: Extract<BranchRemedy, { kind: 'wake' }>, now: Date): BranchEvent {
  const envelope = { id: `sweep-${now.toISOString()}`, account: '', region: '', time: now.toISOString() };
  const { repository: repositoryName, branch: referenceName } = remedy;
  if (remedy.because === 'ended') return { ...envelope, source: reportSource, 'detail-type': reportDetailType, detail: { release: remedy.release, branch: remedy.branch, outcome: 'superseded' } };
  const event = remedy.because === 'pushed' ? 'referenceUpdated' : 'referenceDeleted';
  return { ...envelope, source: 'aws.codecommit', 'detail-type': 'CodeCommit Repository State Change', detail: { event, repositoryName, referenceType: 'branch', referenceName } };
}

/** As `drawbridge env stop` does it: it stays away while the branch stands where it does. */
async function endEnvironment(uses: Uses, where: Where, { application, environment, branch }: Extract<BranchRemedy, { kind: 'end-environment' }>): Promise<boolean> {
  const row = await uses.readBranchEnvironment(where.tableName, application, environment);
  // Released or stopped since it was seen.
  if (row?.state !== 'live' || row.expiresAt > uses.now().toISOString()) return false;
  const head = await uses.readHead(where.tableName, application, { branch });
  if (head !== undefined) await uses.restHead(where.tableName, application, branch, { commit: head.commit, because: 'ended' });
  const { answer } = await uses.endBranchEnvironment(where, row, { reason: `Its time was over at ${row.expiresAt.slice(0, 16)}Z.`, by });
  return answer !== 'changed';
}

async function expireQuestion(uses: Uses, where: Where, { approval: id, release, application, environment }: QuestionRemedy): Promise<boolean> {
  const approval = await uses.findApproval(where.tableName, id);
  if (approval?.state !== 'waiting' || !(await uses.writeApproval(where.tableName, expire(approval), approval.version))) return false;
  await uses.completeWait(where, approvalOperation(id), { answer: 'expired' });
  await uses.report(where, { kind: 'expired', about: 'environment', release, application, environment, approval: id, text: `Nobody answered for ${environment} in time, and no execution waits for it any more.` }, uses.now());
  return true;
}

/** Its release ends as it would after a yes: what is deployed there now is not for it any more. */
async function overtakeQuestion(uses: Uses, where: Where, { approval: id, release, application, environment }: QuestionRemedy): Promise<boolean> {
  const [approval, row] = [await uses.findApproval(where.tableName, id), await uses.readBranchEnvironment(where.tableName, application, environment)];
  const why = approval === undefined || row === undefined ? undefined : overtakenIn(row, approval.sequence);
  if (approval?.state !== 'waiting' || why === undefined || !(await uses.writeApproval(where.tableName, overtake(approval, why), approval.version))) return false;
  await uses.completeWait(where, approvalOperation(id), { answer: 'superseded' });
  await uses.report(where, { kind: 'superseded', about: 'environment', release, application, environment, approval: id, text: `The question about ${release} ended. ${why}` }, uses.now());
  return true;
}

async function giveUp(uses: Uses, where: Where, remedy: LineRemedy): Promise<boolean> {
  const { tableName } = where;
  switch (remedy.kind) {
    case 'leave-build-line': {
      const waiter = (await uses.readBuildLine(tableName)).waiters.find((it) => it.release === remedy.release && it.attempt === remedy.attempt && it.renewed === remedy.renewed);
      if (waiter === undefined) return false;
      await uses.leaveBuildLine(tableName, waiter, waiter);
      await uses.completeWait(where, buildOperation(waiter.release, waiter.attempt), { answer: 'failed' });
      return true;
    }
    case 'leave-lock-line': {
      const waiter = (await uses.waiters(tableName, remedy.place)).find(({ execution }) => execution === remedy.execution);
      if (waiter === undefined) return false;
      await uses.dequeue(tableName, remedy.place, waiter);
      await uses.completeWait(where, lockOperation(remedy.place, remedy.execution), { answer: 'again' });
      return true;
    }
    case 'free-lock': {
      if (!(await uses.freeLock(tableName, remedy.place, remedy))) return false;
      await wakeNext(uses, where, remedy.place);
      return true;
    }
  }
}
