import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import * as z from 'zod';
import type { Approval, Vote } from '../../contracts/approval.ts';
import { Decision } from '../../contracts/approval.ts';
import type { Plan, TargetRecord } from '../../contracts/plan.ts';
import type { Release } from '../../contracts/release.ts';
import type { Ruling } from '../../domain/approval.ts';
import { notice, question, styleSource } from './views.ts';

export interface Uses {
  findLink(link: string): Promise<{ approval: string; approver: string } | undefined>;
  findApproval(id: string): Promise<Approval | undefined>;
  readRelease(id: string): Promise<Release>;
  listTargets(release: string, environment: string): Promise<TargetRecord[]>;
  readPlan(key: string): Promise<Plan | undefined>;
  emailOf(approver: string): Promise<string | undefined>;
  takeAnswer(id: string, vote: Vote, email: string | undefined): Promise<Ruling>;
  now(): Date;
}

const Form = z.object({
  decision: Decision,
  reason: z.string().max(1000).default(''),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  nonce: z.string().max(100),
});

/** Bound to the link and to what was shown: a form from another page does not fit. */
const nonceOf = (link: string, digest: string): string => createHash('sha256').update(`form ${link} ${digest}`).digest('base64url');

const styleHash = `'sha256-${createHash('sha256').update(styleSource).digest('base64')}'`;

const endings: Readonly<Record<Exclude<Approval['state'], 'waiting'>, string>> = {
  approved: 'This was approved.',
  rejected: 'This was rejected.',
  expired: 'Nobody answered in time, so this question has expired. Retry the release to ask again.',
  superseded: 'A newer release took the place of this one, so there is nothing to answer any more.',
};

const unknown = notice('This link leads nowhere', 'It is not complete, or it is older than we remember. Ask for the newest mail, or use the command line.');

/** The door for approvers: a GET shows, only a POST decides. */
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
  app.use(bodyLimit({ maxSize: 16 * 1024, onError: (c) => c.html(notice('That is too long', 'A reason has at most a thousand characters.'), 413) }));

  app.get('/approvals/:link', async (c) => {
    const link = c.req.param('link');
    const found = await uses.findLink(link);
    const approval = found === undefined ? undefined : await uses.findApproval(found.approval);
    if (found === undefined || approval === undefined) return c.html(unknown, 404);
    if (approval.state !== 'waiting') return c.html(notice('Nothing to answer', ended(approval)), 410);
    const [release, records] = await Promise.all([uses.readRelease(approval.release), uses.listTargets(approval.release, approval.environment)]);
    const targets = await Promise.all(records.map(async (record) => ({ record, plan: record.planKey === undefined || record.outcome === 'no-changes' ? undefined : await uses.readPlan(record.planKey) })));
    return c.html(question({ approval, approver: found.approver, release, targets, nonce: nonceOf(link, approval.digest) }));
  });

  app.post('/approvals/:link', async (c) => {
    const link = c.req.param('link');
    const found = await uses.findLink(link);
    if (found === undefined) return c.html(unknown, 404);
    const form = Form.safeParse(await c.req.parseBody());
    if (!form.success || form.data.nonce !== nonceOf(link, form.data.digest)) return c.html(notice('That answer did not arrive whole', 'Open the link again and answer on the page.'), 400);
    const { decision, reason, digest } = form.data;
    const from = c.req.header('x-source-ip') ?? 'unknown';
    const vote: Vote = { approver: found.approver, decision, reason, digest, channel: 'link', from, at: uses.now().toISOString() };
    const ruling = await uses.takeAnswer(found.approval, vote, await uses.emailOf(found.approver));
    if (!ruling.accepted) return c.html(notice('Your answer did not count', ruling.sentence), 409);
    return c.html(notice(decision === 'approve' ? 'Thank you: yes' : 'Thank you: no', said(ruling.approval)));
  });

  app.notFound((c) => c.html(unknown, 404));
  app.onError((error, c) => {
    console.error(JSON.stringify({ level: 'ERROR', message: 'answering at the door', error: { name: error.name, message: error.message } }));
    return c.html(notice('That did not work', 'Something is broken on our side, and nothing was decided. Try again in a minute, or use the command line.'), 500);
  });
  return app;
}

function ended(approval: Approval): string {
  if (approval.state === 'superseded' && approval.supersededBy !== undefined) return `${approval.supersededBy} took the place of ${approval.release}, so there is nothing to answer any more.`;
  return approval.state === 'waiting' ? '' : endings[approval.state];
}

function said(approval: Approval): string {
  const yeses = approval.votes.filter(({ decision }) => decision === 'approve').length;
  if (approval.state === 'approved') return `${approval.release} goes to ${approval.environment} now.`;
  if (approval.state === 'rejected') return `${approval.release} does not go to ${approval.environment}.`;
  return `${String(yeses)} of ${String(approval.required)} have said yes.`;
}
