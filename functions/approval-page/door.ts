import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import * as z from 'zod';
import { type Approval, Decision } from '../../contracts/approval.ts';
import type { Halt } from '../../contracts/halt.ts';
import type { Plan, TargetRecord } from '../../contracts/plan.ts';
import type { Release } from '../../contracts/release.ts';
import { isAuthor, type Person, type Ruling } from '../../domain/approval.ts';
import { AccessDeniedError } from '../../domain/errors.ts';
import { yesWhileHalted } from '../../domain/halt.ts';
import { endSentence, missingYeses } from '../../domain/question.ts';
import { oneLine } from '../../domain/mail.ts';
import { registeredOf } from '../../domain/registered-name.ts';
import { logger } from '../../runtime/logger.ts';
import { style } from './style.ts';
import { notice, question } from './views.ts';

interface Given {
  readonly approver: string;
  readonly decision: Decision;
  readonly reason: string;
  readonly digest: string;
  readonly from: string;
}

export interface Uses {
  findLink(link: string): Promise<{ approval: string; approver: string } | undefined>;
  findApproval(id: string): Promise<Approval | undefined>;
  findRelease(id: string): Promise<Release | undefined>;
  /** Of a registered environment. */
  findHalt(environment: string): Promise<Halt | undefined>;
  listTargets(release: string, environment: string): Promise<TargetRecord[]>;
  readPlan(key: string): Promise<Plan | undefined>;
  /** As registered now; `undefined` when they are not an approver any more. */
  person(approver: string, authors: readonly string[]): Promise<Person | undefined>;
  makeForm(form: { link: string; digest: string }): Promise<string>;
  takeForm(nonce: string, form: { link: string; digest: string }): Promise<boolean>;
  takeAnswer(id: string, given: Given): Promise<Ruling>;
}

const Form = z.object({
  decision: Decision,
  reason: z.string().max(1000).default(''),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  nonce: z.string().min(1).max(100),
});

const styleHash = `'sha256-${createHash('sha256').update(style).digest('base64')}'`;

const unknown = notice('This link leads nowhere', 'It is not complete, or it is older than we remember. Ask for the newest mail, or use the command line: drawbridge inbox.');
const replanned = notice('This plan is no longer the newest', 'It was planned again, and what waits now is another question. Use the newest mail, or the command line: drawbridge inbox.');
const elsewhere = notice('That answer came from another page', 'Nothing was decided. Open the link again and answer on the page itself.');
const broken = notice('That answer did not arrive whole', 'It did not count. The page can be answered once and within an hour: open the link again, and it says whether you have answered.');

/** The door for approvers: a GET shows, only a POST from the page itself decides. */
export function door(uses: Uses): Hono {
  const app = new Hono();
  app.use(
    secureHeaders({
      contentSecurityPolicy: { defaultSrc: ["'none'"], styleSrc: [styleHash], formAction: ["'self'"], frameAncestors: ["'none'"], baseUri: ["'none'"] },
      referrerPolicy: 'no-referrer',
      xFrameOptions: 'DENY',
    }),
  );
  app.use(async (c, next) => {
    await next();
    c.header('Cache-Control', 'no-store');
  });
  app.use(bodyLimit({ maxSize: 16 * 1024, onError: (c) => c.html(notice('That is too long', 'Nothing was decided. A reason has at most a thousand characters.'), 413) }));

  app.get('/approvals/:link', async (c) => {
    const link = c.req.param('link');
    const found = await uses.findLink(link);
    const approval = found === undefined ? undefined : await uses.findApproval(found.approval);
    if (found === undefined || approval === undefined) return c.html(unknown, 404);
    if (approval.state !== 'waiting') return c.html(await ended(uses, approval, found.approver), 410);
    const [release, halt, records, person] = await Promise.all([uses.findRelease(approval.release), uses.findHalt(registeredOf(approval)), uses.listTargets(approval.release, approval.environment), uses.person(found.approver, approval.authors)]);
    if (release === undefined) return c.html(unknown, 404);
    if (person === undefined) return c.html(notice('You are not asked any more', `${found.approver} is not a registered approver now. Ask the platform team if that is wrong.`), 403);
    // An interrupted release may leave a question behind; what a later try planned is not what it asks.
    if (records.some(({ attempt }) => attempt !== approval.attempt)) return c.html(replanned, 410);
    const targets = await Promise.all(records.map(async (record) => ({ record, plan: record.planKey === undefined || record.revision !== undefined || record.outcome === 'no-changes' ? undefined : await uses.readPlan(record.planKey) })));
    const nonce = await uses.makeForm({ link, digest: approval.digest });
    return c.html(question({ approval, approver: found.approver, standsFor: person.standsFor, author: isAuthor(approval, person), release, targets, nonce, halt }));
  });

  app.post('/approvals/:link', async (c) => {
    // Browsers say where a form was sent from; only our own page is, and what cannot be a browser says nothing.
    const site = c.req.header('sec-fetch-site');
    if (site !== undefined && site !== 'same-origin' && site !== 'none') return c.html(elsewhere, 403);
    const link = c.req.param('link');
    const found = await uses.findLink(link);
    if (found === undefined) return c.html(unknown, 404);
    const form = Form.safeParse(await c.req.parseBody().catch(() => undefined));
    if (!form.success) return c.html(broken, 400);
    const { decision, reason, digest, nonce } = form.data;
    if (!(await uses.takeForm(nonce, { link, digest }))) {
      const approval = await uses.findApproval(found.approval);
      if (approval !== undefined && approval.state !== 'waiting') return c.html(await ended(uses, approval, found.approver), 410);
      // A second click, or a page that was loaded again after the answer: the first one counted.
      const own = approval?.votes.findLast((vote) => vote.approver === found.approver);
      return own === undefined ? c.html(broken, 400) : c.html(notice('You have answered already', `You said ${own.decision === 'approve' ? 'yes' : 'no'}. To say something else, open the link again.`), 409);
    }
    const ruling = await uses.takeAnswer(found.approval, { approver: found.approver, decision, reason, digest, from: c.req.header('x-source-ip') ?? 'unknown' });
    if (!ruling.accepted) return c.html(notice('Your answer did not count', ruling.sentence), 409);
    return c.html(notice(decision === 'approve' ? 'Thank you: yes' : 'Thank you: no', said(ruling.approval, await uses.findHalt(registeredOf(ruling.approval)))));
  });

  app.notFound((c) => c.html(unknown, 404));
  app.onError((error, c) => {
    if (error instanceof AccessDeniedError) return c.html(notice('Your answer did not count', error.message), 403);
    // Its message may name what a person wrote; the link is never in it.
    logger.error('answering at the door', { error: { name: error.name, message: error.message } });
    return c.html(notice('That did not work', 'Something is broken on our side. Whether your answer counted, the page says when you open the link again in a minute.'), 500);
  });
  return app;
}

/** What became of a question, for a link that comes late. */
async function ended(uses: Uses, approval: Approval, approver: string) {
  const own = approval.votes.findLast((vote) => vote.approver === approver);
  const mine = own === undefined ? '' : ` You said ${own.decision === 'approve' ? 'yes' : 'no'} on ${own.at.slice(0, 16).replace('T', ' at ')} UTC.`;
  const newer = approval.supersededBy === undefined ? undefined : await uses.findRelease(approval.supersededBy);
  const by = newer === undefined ? '' : ` It holds ${newer.commit.slice(0, 8)} by ${oneLine(newer.author.name, 60)}: ${oneLine(newer.message, 200)}. If it needs you, you have a newer mail.`;
  return notice('Nothing to answer', `${approval.removes === true ? `Removing ${approval.application} from` : `${approval.application} to`} ${approval.environment}, ${approval.release}: ${endSentence(approval)}${by}${mine}`);
}

function said(approval: Approval, halt: Halt | undefined): string {
  const frozen = yesWhileHalted(halt, approval);
  if (frozen !== undefined) return oneLine(frozen, 2000);
  if (approval.removes === true && approval.state !== 'waiting') return approval.state === 'approved' ? `${approval.application} is removed from ${approval.environment} now.` : `${approval.application} stays in ${approval.environment}.`;
  if (approval.state === 'approved') return `${approval.release} goes to ${approval.environment} now.`;
  if (approval.state === 'rejected') return `${approval.release} does not go to ${approval.environment}.`;
  const left = missingYeses(approval);
  return `${String(left)} more ${left === 1 ? 'yes is' : 'yeses are'} needed.`;
}
