import { beforeEach, describe, expect, it } from 'vitest';
import { fieldsOf, aPageThatAsks } from '../../fakes/approval-page.ts';
import type { ApprovalWorld } from '../../fakes/approval-world.ts';
import { throughTheApi } from '../../fakes/api-event.ts';
import { aRelease, aVote } from '../../fakes/samples.ts';

let world: ApprovalWorld;
let page: ReturnType<typeof aPageThatAsks>['page'];
let link: string;

beforeEach(() => {
  ({ world, page, link } = aPageThatAsks());
});

const second = { id: 'e'.repeat(32), environment: 'prod', digest: 'b'.repeat(64) };
const statusOf = async (response: Promise<Response>): Promise<number> => (await response).status;
/** Nobody's answer was taken, nothing goes on. */
const nothingDecided = () => {
  expect(world.votes).toEqual([]);
  expect(world.completed).toEqual([]);
  expect(world.reports).toEqual([]);
  expect(world.question()).toMatchObject({ state: 'waiting', version: 1 });
};

describe('a link that is only opened', () => {
  it('decides nothing, however often a scanner fetches it and whatever it looks like', async () => {
    for (let time = 0; time < 50; time += 1) expect(await statusOf(page.get(link, { 'user-agent': `scanner ${String(time)}` }))).toBe(200);
    for (const query of ['?decision=approve', '?decision=approve&nonce=nonce-2', '?reason=x#yes']) expect((await page.app.request(`/approvals/${link}${query}`)).status).toBe(200);
    for (const method of ['HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) await page.app.request(`/approvals/${link}`, { method });
    expect(page.called).not.toContain('takeAnswer');
    expect(page.called).not.toContain('takeForm');
    nothingDecided();
  });

  it('still takes the person’s answer after a scanner followed every link and sent the form without what was typed', async () => {
    const found = await page.open(link);
    expect(await statusOf(page.post(link, found))).toBe(400);
    expect(await statusOf(page.post(link, {}))).toBe(400);
    nothingDecided();
    expect(await statusOf(page.answer(link, 'approve'))).toBe(200);
    expect(world.resumed()).toEqual([{ answer: 'approved' }]);
  });
});

describe('an answer on the page', () => {
  it('is recorded with who, why, what and from where, and the workflow goes on once', async () => {
    const fields = await page.open(link);
    const answer = await throughTheApi(page.app, { path: `/approvals/${link}`, headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-source-ip': '198.51.100.9' }, body: new URLSearchParams({ ...fields, decision: 'approve', reason: 'looks good ☕' }).toString() });
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toContain('orders-12-3f2a9c1b goes to dev now.');
    expect(world.votes).toMatchObject([{ vote: { approver: 'alex', decision: 'approve', reason: 'looks good ☕', digest: 'a'.repeat(64), channel: 'link', from: '192.0.2.1', breakGlass: false } }]);
    expect(world.resumed()).toEqual([{ answer: 'approved' }]);
  });

  it('no ends the question at once, and is thanked for', async () => {
    const response = await page.answer(link, 'reject', 'not on a Friday');
    expect(await response.text()).toContain('does not go to dev');
    expect(world.resumed()).toEqual([{ answer: 'rejected' }]);
  });

  it('that is not the last one says how many are missing', async () => {
    world.change({ quorums: [{ from: 'approvers', approvers: ['alex', 'robin', 'sam'], required: 3 }] });
    expect(await (await page.answer(link, 'approve')).text()).toContain('2 more yeses are needed.');
    expect(await (await page.answer(world.link('robin'), 'approve')).text()).toContain('1 more yes is needed.');
    expect(world.completed).toEqual([]);
  });

  it('cannot break the glass, whatever the form says', async () => {
    world.change({ breakGlass: ['lee', 'sam'] });
    for (const name of ['lee', 'sam']) {
      const mine = world.link(name);
      expect(await statusOf(page.post(mine, { ...(await page.open(mine)), decision: 'approve', reason: 'it is an emergency', breakGlass: 'true' }))).toBe(409);
    }
    expect(world.votes).toEqual([]);
  });

  it('is whose the link is, whoever the form says', async () => {
    await page.post(link, { ...(await page.open(link)), decision: 'approve', approver: 'robin', from: '203.0.113.1' });
    expect(world.votes[0]?.vote).toMatchObject({ approver: 'alex', from: 'unknown' });
  });
});

describe('a form', () => {
  it('is good for one answer', async () => {
    world.change({ quorums: [{ from: 'approvers', approvers: ['alex', 'robin'], required: 2 }] });
    const fields = await page.open(link);
    expect(await statusOf(page.post(link, { ...fields, decision: 'approve' }))).toBe(200);
    expect(await statusOf(page.post(link, { ...fields, decision: 'approve' }))).toBe(409);
    expect(await statusOf(page.post(link, { ...fields, decision: 'reject' }))).toBe(409);
    expect(world.votes).toHaveLength(1);
  });

  it('sent twice in the same moment is one answer', async () => {
    const fields = { ...(await page.open(link)), decision: 'approve' };
    const statuses = await Promise.all([statusOf(page.post(link, fields)), statusOf(page.post(link, fields))]);
    expect(statuses.toSorted()).toEqual([200, 400]);
    expect(world.votes).toHaveLength(1);
    expect(world.resumed()).toHaveLength(1);
  });

  it.each([
    ['missing', { nonce: undefined }],
    ['empty', { nonce: '' }],
    ['invented', { nonce: 'nonce-999' }],
    ['far too long', { nonce: 'n'.repeat(5000) }],
    ['not text', { nonce: '\u0000\uffff{"$ne":""}' }],
    ['for another plan', { digest: 'b'.repeat(64) }],
    ['without its plan', { digest: undefined }],
    ['with half a plan', { digest: 'a'.repeat(16) }],
    ['with another answer than yes or no', { decision: 'approved' }],
    ['with too long a reason', { reason: 'r'.repeat(1001) }],
  ])('that is %s is refused and decides nothing', async (_, wrong) => {
    const fields = Object.entries({ ...(await page.open(link)), decision: 'approve', ...wrong }).filter((entry): entry is [string, string] => entry[1] !== undefined);
    expect(await statusOf(page.post(link, Object.fromEntries(fields)))).toBe(400);
    nothingDecided();
  });

  it('that is old is refused; the page opened again is not', async () => {
    const fields = await page.open(link);
    world.clock = new Date(world.clock.getTime() + 3_600_001);
    expect(await statusOf(page.post(link, { ...fields, decision: 'approve' }))).toBe(400);
    nothingDecided();
    expect(await statusOf(page.answer(link, 'approve'))).toBe(200);
  });

  it('of one approver does not fit the link of another, nor the page of another question', async () => {
    world.ask(second);
    const [robins, other] = [world.link('robin'), world.link('alex', second.id)];
    const [mine, theirs] = [await page.open(link), await page.open(robins)];
    expect(await statusOf(page.post(robins, { ...mine, decision: 'approve' }))).toBe(400);
    expect(await statusOf(page.post(link, { ...theirs, decision: 'approve' }))).toBe(400);
    expect(await statusOf(page.post(other, { ...mine, decision: 'approve' }))).toBe(400);
    expect(await statusOf(page.post(other, { ...mine, digest: second.digest, decision: 'approve' }))).toBe(400);
    nothingDecided();
    expect(await statusOf(page.post(link, { ...mine, decision: 'approve' })), 'and it is still good where it was shown').toBe(200);
  });

  it('shown for a plan that is not the one that waits now does not count', async () => {
    const fields = await page.open(link);
    world.change({ digest: 'c'.repeat(64) });
    const response = await page.post(link, { ...fields, decision: 'approve' });
    expect(response.status).toBe(409);
    expect(await response.text()).toContain('What was shown is not what waits now');
    expect(world.votes).toEqual([]);
  });

  it.each(['cross-site', 'same-site', 'CROSS-SITE', ''])('sent by another page (%s) is refused before anything is looked up', async (site) => {
    const fields = await page.open(link);
    page.called.length = 0;
    expect(await statusOf(page.post(link, { ...fields, decision: 'approve' }, { 'sec-fetch-site': site, origin: 'https://evil.example' }))).toBe(403);
    expect(page.called).toEqual([]);
    nothingDecided();
  });

  it('sent by the page itself is taken', async () => {
    expect(await statusOf(page.post(link, { ...(await page.open(link)), decision: 'approve' }, { 'sec-fetch-site': 'same-origin' }))).toBe(200);
  });

  it.each(['10 MB', 'one byte too many'])('of %s is refused before it is read', async (size) => {
    const fields = { ...(await page.open(link)), decision: 'approve' };
    page.called.length = 0;
    const long = new URLSearchParams({ ...fields, reason: '' }).toString();
    const body = long.padEnd(size === '10 MB' ? 10_000_000 : 16 * 1024 + 1, 'x');
    const response = await page.app.request(`/approvals/${link}`, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body });
    expect(response.status).toBe(413);
    const answer = await throughTheApi(page.app, { path: `/approvals/${link}`, headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(body.length) }, body });
    expect(answer.statusCode).toBe(413);
    expect(page.called).toEqual([]);
    nothingDecided();
  });

  it.each([
    ['JSON', 'application/json', (fields: object) => JSON.stringify(fields)],
    ['plain text', 'text/plain', (fields: object) => new URLSearchParams(fields as Record<string, string>).toString()],
    ['a broken multipart body', 'multipart/form-data; boundary=x', () => '--y\r\nrubbish'],
    ['nothing at all', 'application/x-www-form-urlencoded', () => ''],
  ])('that is %s decides nothing', async (_, type, coded) => {
    const fields = { ...(await page.open(link)), decision: 'approve', reason: '' };
    const response = await page.app.request(`/approvals/${link}`, { method: 'POST', headers: { 'content-type': type }, body: coded(fields) });
    expect(response.status).toBe(400);
    nothingDecided();
  });
});

describe('who may not answer', () => {
  it('with a guessed link learns nothing, neither by looking nor by answering', async () => {
    for (const guess of ['x', 'link-of-alex-2', '..%2f..%2fetc', '%00', 'a'.repeat(4000), encodeURIComponent('<script>alert(1)</script>'), '__proto__']) {
      const looked = await page.get(guess);
      expect(looked.status).toBe(404);
      const text = await looked.text();
      for (const secret of ['orders', 'alex', 'script>', guess === 'x' ? 'drawbridge inbox ' : guess]) expect(text).not.toContain(secret);
      expect(await statusOf(page.post(guess, { decision: 'approve', digest: 'a'.repeat(64), nonce: 'nonce-1' }))).toBe(404);
    }
    nothingDecided();
  });

  it('sees no Approve button as an author, and is refused when the form is made by hand', async () => {
    world.change({ quorums: [{ from: 'approvers', approvers: ['alex', 'kim'], required: 1 }] });
    const kims = world.link('kim');
    const text = await page.shown(kims);
    expect(text).not.toContain('value="approve"');
    expect(text).toContain('value="reject"');
    expect(text).toContain('so you can only say no');
    const response = await page.post(kims, { ...fieldsOf(text), decision: 'approve' });
    expect(response.status).toBe(409);
    expect(world.votes).toEqual([]);
    expect(await statusOf(page.answer(kims, 'reject', 'a mistake of mine'))).toBe(200);
    expect(world.resumed()).toEqual([{ answer: 'rejected' }]);
  });

  it('and is not registered any more is told so, and neither sees the plan nor decides', async () => {
    const fields = await page.open(link);
    world.registry = { ...world.registry, approvers: { robin: { email: 'robin@example.com' } } };
    const looked = await page.get(link);
    expect(looked.status).toBe(403);
    expect(await looked.text()).toContain('alex is not a registered approver now');
    const response = await page.post(link, { ...fields, decision: 'approve' });
    expect(response.status).toBe(403);
    expect(await response.text()).toContain('is not a registered approver any more');
    nothingDecided();
  });
});

describe('a link that comes late', () => {
  const newer = 'orders-13-aaaaaaaa';
  it.each([
    ['approved', { state: 'approved', votes: [aVote({ approver: 'robin' })] }, ['Approved.']],
    ['rejected', { state: 'rejected', votes: [aVote({ approver: 'robin', decision: 'reject', reason: 'too late' })] }, ['Rejected by robin: too late']],
    ['expired', { state: 'expired' }, ['Nobody answered in time']],
    ['superseded', { state: 'superseded', supersededBy: newer }, [`${newer} took its place`, 'It holds aaaaaaaa by Robin: Mend the table', 'you have a newer mail']],
    ['answered by the same person', { state: 'approved', votes: [aVote()] }, ['You said yes on 2026-01-01 at 01:00 UTC']],
  ] as const)('to a question that was %s explains it calmly, and takes no answer', async (_, fields, sentences) => {
    const before = await page.open(link);
    world.releases.set(newer, aRelease({ id: newer, commit: 'a'.repeat(40), author: { name: 'Robin', email: 'robin@example.com' }, message: 'Mend the table' }));
    world.change({ ...fields, votes: 'votes' in fields ? [...fields.votes] : [] });
    const looked = await page.get(link);
    expect(looked.status).toBe(410);
    const text = await looked.text();
    for (const sentence of [...sentences, 'orders to dev, orders-12-3f2a9c1b']) expect(text).toContain(sentence);
    expect(text).not.toContain('<form');
    const late = await page.post(link, { ...before, decision: 'approve' });
    expect(late.status).toBe(409);
    expect(await late.text()).toContain('did not count');
    expect(await statusOf(page.post(link, { ...before, decision: 'approve' })), 'the form is used up').toBe(410);
    expect(world.votes).toEqual([]);
  });
});
