import type { Approval, Vote } from '../contracts/approval.ts';
import { approvalOperation, decide, type Ruling } from '../domain/approval.ts';
import { TransientError } from '../domain/errors.ts';
import { findApproval, writeApproval } from './approvals.ts';
import { updateEnvironment } from './releases.ts';
import { report } from './reports.ts';
import { completeWait } from './waits.ts';

interface Where {
  readonly tableName: string;
  readonly keyArn: string;
  readonly busName: string;
}

/**
 * Takes a person's answer. It is written on the condition that no other came between, so of two
 * simultaneous last answers exactly one ends the wait.
 */
export async function takeAnswer(where: Where, id: string, vote: Vote, email: string | undefined, now: Date): Promise<Ruling> {
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const before = await findApproval(where.tableName, id);
    if (before === undefined) return { accepted: false, because: 'ended', sentence: 'There is no such question.' };
    const ruling = decide(before, vote, { email }, now);
    if (!ruling.accepted) return await finishInterrupted(where, before, ruling);
    if (!(await writeApproval(where.tableName, ruling.approval, before.version))) continue;
    await follow(where, ruling.approval, vote, now);
    return ruling;
  }
  throw new TransientError('Taking an answer: others answered in the same moment. Answer again.');
}

/** An answer whose function died between the record and the wait is finished by the next click. */
async function finishInterrupted(where: Where, approval: Approval, ruling: Ruling): Promise<Ruling> {
  if (approval.state === 'approved' || approval.state === 'rejected') await completeWait(where, approvalOperation(approval.id), { answer: approval.state });
  return ruling;
}

async function follow(where: Where, approval: Approval, vote: Vote, now: Date): Promise<void> {
  const { release, environment, application, state, required } = approval;
  const yeses = approval.votes.filter(({ decision }) => decision === 'approve').length;
  const said = vote.reason === '' ? '' : `: ${vote.reason}`;
  const text = vote.decision === 'reject' ? `${vote.approver} said no to ${environment}${said}` : `${vote.approver} said yes to ${environment} (${String(yeses)} of ${String(required)})${said}`;
  await report(where, { kind: vote.decision === 'reject' ? 'rejected' : 'approved', about: 'environment', release, environment, application, text }, now, vote.approver);
  if (state === 'waiting') return;
  await updateEnvironment(where.tableName, { release, environment }, { state: state === 'approved' ? 'executing' : 'waiting' }, now);
  await completeWait(where, approvalOperation(approval.id), { answer: state });
}
