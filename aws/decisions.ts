import type { Approval, Vote } from '../contracts/approval.ts';
import type { Report } from '../contracts/report.ts';
import { approvalOperation, decide, type Ruling, wasBroken } from '../domain/approval.ts';
import { sameAttempt } from '../domain/attempt.ts';
import { AccessDeniedError, TransientError } from '../domain/errors.ts';
import { personOf, standing } from '../domain/people.ts';
import { missingYeses } from '../domain/question.ts';
import { findApproval, writeVote } from './approvals.ts';
import { listDelegations } from './delegations.ts';
import { readRegistry } from './registry.ts';
import { readEnvironment, updateEnvironment } from './releases.ts';
import { report } from './reports.ts';
import { completeWait } from './waits.ts';

interface Where {
  readonly tableName: string;
  readonly keyArn: string;
  readonly busName: string;
}

const real = { findApproval, writeVote, listDelegations, readRegistry, readEnvironment, updateEnvironment, report, completeWait };

/** What a channel knows of an answer; the rest is looked up. */
export type Answer = Pick<Vote, 'approver' | 'decision' | 'reason' | 'digest' | 'channel' | 'from'> & { readonly breakGlass?: boolean };

/** How often an answer that met another in the same moment is judged again. */
const tries = 20;

/**
 * Takes a person's answer. It is written on the condition that no other came between, so of two
 * simultaneous last answers exactly one ends the wait. Who may answer is what is registered now.
 */
export async function takeAnswer(where: Where, id: string, answer: Answer, now: Date, uses: typeof real = real): Promise<Ruling> {
  const registry = (await uses.readRegistry(where.tableName)).content;
  if (!Object.hasOwn(registry.approvers, answer.approver)) throw new AccessDeniedError(`Answering: ${answer.approver} is not a registered approver any more. Ask the platform team.`);
  const delegations = standing(await uses.listDelegations(where.tableName), now);
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const before = await uses.findApproval(where.tableName, id);
    if (before === undefined) return { accepted: false, because: 'ended', sentence: 'There is no such question.' };
    // An interrupted try may leave its question behind: a yes to it would be found by a later one that shows other plans.
    const environment = before.state === 'waiting' ? await uses.readEnvironment(where.tableName, before.release, before.environment) : undefined;
    if (environment !== undefined && !sameAttempt(environment.attempt, before.attempt)) return { accepted: false, because: 'ended', sentence: 'The release was tried again since. Look at the newest question.' };
    const vote: Vote = { ...answer, breakGlass: answer.breakGlass ?? false, at: now.toISOString(), standsFor: [], authored: false };
    const ruling = decide(before, vote, personOf(registry, answer.approver, delegations, before.authors), now);
    if (!ruling.accepted) return await finishInterrupted(uses, where, before, ruling);
    const counted = ruling.approval.votes.at(-1) ?? vote;
    if (!(await uses.writeVote(where.tableName, ruling.approval, counted, before.version))) continue;
    await follow(uses, where, ruling.approval, counted, now);
    return ruling;
  }
  throw new TransientError('Taking an answer: others answered in the same moment. Answer again.');
}

/** An answer whose function died between the record and the wait is finished by the next click. */
async function finishInterrupted(uses: typeof real, where: Where, approval: Approval, ruling: Ruling): Promise<Ruling> {
  if (approval.state === 'approved' || approval.state === 'rejected') await uses.completeWait(where, approvalOperation(approval.id), { answer: approval.state });
  return ruling;
}

async function follow(uses: typeof real, where: Where, approval: Approval, vote: Vote, now: Date): Promise<void> {
  const { release, environment, application, state, id } = approval;
  // What moves comes before what is told: a person waits for it, and the record of the answer is written already.
  if (state !== 'waiting') {
    await uses.updateEnvironment(where.tableName, { release, environment }, { state: state === 'approved' ? 'executing' : 'waiting' }, now);
    await uses.completeWait(where, approvalOperation(id), { answer: state });
  }
  const kind: Report['kind'] = vote.breakGlass ? 'break-glass' : vote.decision === 'reject' ? 'rejected' : 'approved';
  await uses.report(where, { kind, about: 'environment', release, environment, application, approval: id, text: sentence(approval, vote) }, now, vote.approver);
}

function sentence(approval: Approval, vote: Vote): string {
  const { environment } = approval;
  const said = vote.reason === '' ? '.' : `: ${vote.reason}`;
  const who = vote.standsFor.length === 0 ? vote.approver : `${vote.approver}, also for ${vote.standsFor.join(', ')},`;
  if (vote.breakGlass) return `${who} BROKE THE GLASS for ${environment}${wasBroken(approval) ? ', the second person: it goes ahead' : ''}${said}`;
  if (vote.decision === 'reject') return `${who} said no to ${environment}${said}`;
  const left = missingYeses(approval);
  return `${who} said yes to ${environment}${approval.state === 'approved' ? '' : ` (${String(left)} more needed)`}${said}`;
}
