import * as z from 'zod';
import type { Mail } from '../aws/mail.ts';
import type { Memory } from '../aws/told.ts';
import type { Approval } from '../contracts/approval.ts';
import type { EnvironmentReport } from '../contracts/report.ts';
import { approvalMail, haltMail, oneLine, subjectOf } from '../domain/mail.ts';
import { everybodyAsked, quorumsOf } from '../domain/people.ts';
import { questionOf } from '../domain/question.ts';
import { registeredOf } from '../domain/registered-name.ts';
import type { Notifier, Records } from './notifier.ts';

interface Uses {
  readonly records: Records;
  readonly memory: Memory;
  /** A link of the approver's own. */
  readonly makeLink: (approval: Approval, approver: string) => Promise<string>;
  readonly sendMail: (mail: Mail) => Promise<void>;
  readonly doorUrl: string;
  readonly now: () => Date;
}

const Sent = z.object({ at: z.string() });

const name = 'email';

async function ask({ records, memory, makeLink, sendMail, doorUrl, now }: Uses, approval: Approval, kind: 'waiting' | 'reminder'): Promise<void> {
  const [registry, targets, delegations, halt] = await Promise.all([records.registry(), records.targets(approval.release, approval.environment), records.delegations(), records.halt(registeredOf(approval))]);
  const question = questionOf(approval, targets, halt);
  const answered = new Set(approval.votes.map(({ approver }) => approver));
  for (const approver of everybodyAsked(approval, delegations, now())) {
    const about = `${approval.id}#${kind}#${approver}`;
    const address = registry.approvers[approver]?.email;
    if (address === undefined || answered.has(approver)) continue;
    if ((await memory.recall(name, about, Sent)) !== undefined) continue;
    const link = await makeLink(approval, approver);
    await sendMail({ ...approvalMail(question, `${doorUrl}/approvals/${link}`, kind), to: address });
    await memory.keep(name, about, { at: now().toISOString() });
  }
}

/** Whoever is asked there reads that there is nothing to answer for a while, and when there is again. */
async function tellOfHalt({ records, memory, sendMail, now }: Uses, { kind, environment, at, text }: EnvironmentReport): Promise<void> {
  const [registry, delegations] = await Promise.all([records.registry(), records.delegations()]);
  const asks = registry.environments[environment]?.approval;
  if (asks === undefined) return;
  for (const approver of everybodyAsked({ quorums: quorumsOf(registry, asks) }, delegations, now())) {
    const about = `${environment}#${kind}#${at}#${approver}`;
    const address = registry.approvers[approver]?.email;
    if (address === undefined || (await memory.recall(name, about, Sent)) !== undefined) continue;
    await sendMail({ to: address, ...haltMail({ kind, environment, text }) });
    await memory.keep(name, about, { at: now().toISOString() });
  }
}

/** Questions and reminders, to each approver with a link of their own; and to all of them when somebody breaks the glass. That an environment is halted, to those who are asked there. */
export const email: Notifier<Uses> = {
  name,
  wants: ({ kind }) => kind === 'waiting' || kind === 'reminder' || kind === 'break-glass',
  tell: async (uses, { kind, approval: id, application, environment, release, text }) => {
    if (kind === 'break-glass') {
      const about = `${id ?? release}#${kind}#${text.slice(0, 200)}`;
      if ((await uses.memory.recall(name, about, Sent)) !== undefined) return;
      await uses.sendMail({ to: 'everyone', subject: subjectOf(`GLASS BROKEN: ${application}, ${environment ?? ''}`), text: `${oneLine(text, 5000)}\n\nThe whole story: drawbridge show ${release}` });
      await uses.memory.keep(name, about, { at: uses.now().toISOString() });
      return;
    }
    const approval = id === undefined ? undefined : await uses.records.approval(id);
    // Late: nobody waits for an answer any more.
    if (approval?.state === 'waiting' && (kind === 'waiting' || kind === 'reminder')) await ask(uses, approval, kind);
  },
  tellOfEnvironment: tellOfHalt,
};
