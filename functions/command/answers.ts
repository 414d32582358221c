import { findApproval, listWaiting } from '../../aws/approvals.ts';
import { takeAnswer } from '../../aws/decisions.ts';
import { listDelegations, writeDelegation } from '../../aws/delegations.ts';
import { findHalt } from '../../aws/halts.ts';
import { applicationsOf, readRegistry } from '../../aws/registry.ts';
import { listEnvironments, listTargets } from '../../aws/releases.ts';
import type { Approval, Delegation } from '../../contracts/approval.ts';
import type { DecisionAnswer, DecisionRequest, DelegationRequest, DelegationsAnswer, InboxAnswer } from '../../contracts/commands.ts';
import type { Environments } from '../../contracts/environments.ts';
import type * as z from 'zod';
import { isAuthor, placesOf } from '../../domain/approval.ts';
import { approverOf } from '../../domain/callers.ts';
import { AccessDeniedError, InvalidInputError, NotFoundError } from '../../domain/errors.ts';
import { yesWhileHalted } from '../../domain/halt.ts';
import { personOf, standing } from '../../domain/people.ts';
import { missingYeses, questionOf } from '../../domain/question.ts';
import { registeredOf } from '../../domain/registered-name.ts';
import { known, type Where } from './releases.ts';

/** The approver that IAM says the caller is. */
function callerIn(registry: Environments, doing: string, arn: string): string {
  const approver = approverOf(registry, arn);
  if (approver === undefined) throw new AccessDeniedError(`${doing}: ${arn} is not the principal of a registered approver. Ask the platform team.`);
  return approver;
}

export async function decide(where: Where, id: string, environment: string, { decision, reason, breakGlass, plan }: z.output<typeof DecisionRequest>, from: string): Promise<DecisionAnswer> {
  const doing = `Answering for ${environment} of ${id}`;
  const approver = callerIn((await readRegistry(where.tableName)).content, doing, from);
  await known(where.tableName, id);
  const record = (await listEnvironments(where.tableName, id)).find((it) => it.environment === environment);
  const approval = await findApproval(where.tableName, record?.approval);
  if (approval === undefined) throw new NotFoundError(`${doing}: nothing waits there. "drawbridge inbox" shows what waits for you.`);
  if (plan !== undefined && !approval.digest.startsWith(plan)) throw new InvalidInputError(`${doing}: plan ${plan} is not what waits now. Look at it again with "drawbridge inbox".`);
  const ruling = await takeAnswer(where, approval.id, { approver, decision, reason, digest: approval.digest, channel: 'cli', from, breakGlass }, new Date());
  if (!ruling.accepted) {
    const sentence = `${doing}: ${ruling.sentence}`;
    throw ruling.because === 'author' || ruling.because === 'not-an-approver' ? new AccessDeniedError(sentence) : new InvalidInputError(sentence);
  }
  const { state } = ruling.approval;
  const left = state === 'waiting' ? ` ${String(missingYeses(ruling.approval))} more needed.` : '';
  const frozen = yesWhileHalted(await findHalt(where.tableName, registeredOf(approval)), ruling.approval);
  const said = breakGlass ? 'broke the glass' : decision === 'approve' ? 'said yes' : 'said no';
  return { state, sentence: `${approver} ${said}; ${environment} of ${id} is ${state}.${left}${frozen === undefined ? '' : ` ${frozen}`}` };
}

/** What waits for the caller, in every application and environment. */
export async function inbox({ tableName }: Where, from: string): Promise<InboxAnswer> {
  const registration = await readRegistry(tableName);
  const registry = registration.content;
  const approver = callerIn(registry, 'Looking into the inbox', from);
  const delegations = standing(await listDelegations(tableName), new Date());
  const asked = (await Promise.all(applicationsOf(registration).map((application) => listWaiting(tableName, application)))).flat().filter(({ state }) => state === 'waiting');
  const waiting = await Promise.all(asked.map((approval) => item(tableName, registry, approver, delegations, approval)));
  return { approver, waiting: waiting.filter((it) => it !== undefined).sort((a, b) => a.expiresAt.localeCompare(b.expiresAt)) };
}

async function item(tableName: string, registry: Environments, approver: string, delegations: readonly Delegation[], approval: Approval): Promise<InboxAnswer['waiting'][number] | undefined> {
  const person = personOf(registry, approver, delegations, approval.authors);
  const asked = approval.quorums.some(({ approvers }) => placesOf(approver, person).some((name) => approvers.includes(name)));
  if ((!asked && !approval.breakGlass.includes(approver)) || approval.votes.some((vote) => vote.approver === approver)) return undefined;
  const halt = await findHalt(tableName, registeredOf(approval));
  const { halted, needs, stillNeeds, totals, risks } = questionOf(approval, await listTargets(tableName, approval.release, approval.environment), halt);
  const { id, application, environment, release, digest, createdAt, expiresAt } = approval;
  const may = !asked ? 'break-glass' : isAuthor(approval, person) ? 'reject' : 'answer';
  return { approval: id, application, environment, release, digest, halted: [...halted], needs, stillNeeds, totals, risks: risks.slice(0, 10), may, standsFor: [...person.standsFor], since: createdAt, expiresAt };
}

/** The longest that somebody may answer in another's place. */
const longestDays = 30;

/** Lets another approver answer in the caller's place for a while, or takes that back. */
export async function delegate({ tableName }: Where, { to, until, reason }: z.output<typeof DelegationRequest>, from: string): Promise<DelegationsAnswer> {
  const registry = (await readRegistry(tableName)).content;
  const approver = callerIn(registry, 'Delegating', from);
  const now = new Date();
  if (to !== undefined) {
    if (!Object.hasOwn(registry.approvers, to)) throw new NotFoundError(`Delegating to ${to}: there is no such approver. Registered: ${Object.keys(registry.approvers).join(', ')}.`);
    if (to === approver) throw new InvalidInputError('Delegating: to whom? You answer for yourself already.');
    if (until === undefined) throw new InvalidInputError('Delegating: until when? Give --until, for example "3 days".');
    const days = (Date.parse(until) - now.getTime()) / 86_400_000;
    if (days <= 0 || days > longestDays) throw new InvalidInputError(`Delegating until ${until}: that is not within the next ${String(longestDays)} days.`);
  }
  await writeDelegation(tableName, { approver, ...(to === undefined ? {} : { to }), until: until ?? now.toISOString(), reason, from, at: now.toISOString() });
  return { approver, delegations: standing(await listDelegations(tableName), now) };
}

export async function delegations({ tableName }: Where, from: string): Promise<DelegationsAnswer> {
  const approver = callerIn((await readRegistry(tableName)).content, 'Looking at delegations', from);
  return { approver, delegations: standing(await listDelegations(tableName), new Date()) };
}
