import { type ApprovalRow, findApproval, writeApproval } from '../../aws/approvals.ts';
import { changeBranchEnvironment, readBranchEnvironment } from '../../aws/branch-environments.ts';
import { listTargets, readEnvironment, readRelease, updateEnvironment } from '../../aws/releases.ts';
import { report } from '../../aws/reports.ts';
import { forgetWait } from '../../aws/waits.ts';
import type { Outcome } from '../../contracts/outcome.ts';
import { CaughtError, EnvironmentTask } from '../../contracts/tasks.ts';
import { approvalOperation, withdraw } from '../../domain/approval.ts';
import { attemptOf, isOfRound } from '../../domain/attempt.ts';
import { sentenceOf } from '../../domain/caught.ts';
import { environmentOutcome } from '../../domain/environment-outcome.ts';
import { TransientError } from '../../domain/errors.ts';
import { findEnvironment } from '../../domain/find-target.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';
import { noteBranch } from './branch.ts';

const Input = EnvironmentTask.extend({ error: CaughtError.optional() });

const real = { readRelease, readEnvironment, listTargets, findApproval, writeApproval, forgetWait, updateEnvironment, readBranchEnvironment, changeBranchEnvironment, report, now: () => new Date() };
type Uses = typeof real;

/** Records how an environment ended and says so, once. */
export async function reportEnvironment(uses: Uses, where: { tableName: string; busName: string }, input: ReturnType<typeof Input.parse>): Promise<{ outcome: Outcome }> {
  const { tableName } = where;
  const { environment: name } = input;
  const before = await uses.readEnvironment(tableName, input.release, name);
  // Ended already: closed when it was taken up, or a failure was recorded before the plans were discarded.
  if (before?.state === 'ended' && before.outcome !== undefined && before.attempt.split('-')[0] === String(input.attempt)) return { outcome: before.outcome };

  const release = await uses.readRelease(tableName, input.release);
  const attempt = attemptOf(input);
  const records = (await uses.listTargets(tableName, input.release, name)).filter((record) => isOfRound(record, attempt));
  const approval = await uses.findApproval(tableName, before?.approval);
  const error = input.error === undefined ? undefined : sentenceOf(input.error);
  const { outcome, reason, halted } = environmentOutcome({ mode: release.mode, records, approval, refusal: before?.verdict === 'refuse' ? before.reason : undefined, error });
  const now = uses.now();
  if (before?.approval !== undefined) await endQuestion(uses, tableName, before.approval, approval);
  await uses.updateEnvironment(tableName, { release: release.id, environment: name }, { state: 'ended', outcome, halted, reason, attempt }, now);
  const { branch } = findEnvironment(release, name);
  const url = branch === undefined ? undefined : await noteBranch(uses, tableName, release, name, records);
  const text = [`${name}: ${outcome}.`, ...(reason === undefined ? [] : [reason]), ...(url === undefined ? [] : [`It is at ${url}.`])].join(' ');
  await uses.report(where, { kind: 'ended', about: 'environment', release: release.id, application: release.application, environment: name, branch, outcome, text }, now);
  return { outcome };
}

/** Nobody waits for an answer any more: an error may have left the question open, or whoever completed the wait died. */
async function endQuestion(uses: Uses, tableName: string, id: string, approval: ApprovalRow | undefined): Promise<void> {
  if (approval?.state === 'waiting' && !(await uses.writeApproval(tableName, withdraw(approval), approval.version))) throw new TransientError('Ending a question: it was answered in this moment. It is looked at again.');
  await uses.forgetWait(tableName, approvalOperation(id));
}

export const handler = task({
  name: 'report-environment',
  input: Input,
  run: (input) => {
    const { TABLE_NAME, BUS_NAME } = env('TABLE_NAME', 'BUS_NAME');
    return reportEnvironment(real, { tableName: TABLE_NAME, busName: BUS_NAME }, input);
  },
});
