import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Approval, Vote } from '../../../contracts/approval.ts';
import { decide, expire, supersede } from '../../../domain/approval.ts';

const digest = 'a'.repeat(64);
const now = new Date('2026-11-21T10:00:00.000Z');

const approval = (more: Partial<Approval> = {}): Approval => ({
  id: '0'.repeat(32),
  release: 'orders-1-0123abcd',
  application: 'orders',
  environment: 'prod',
  attempt: '1',
  sequence: 1,
  digest,
  changeSets: [],
  approvers: ['alex', 'robin', 'sam'],
  required: 2,
  authors: ['author@example.com'],
  state: 'waiting',
  votes: [],
  createdAt: '2026-11-21T09:00:00.000Z',
  expiresAt: '2026-11-22T09:00:00.000Z',
  ...more,
});
const vote = (approver: string, more: Partial<Vote> = {}): Vote => ({ approver, decision: 'approve', reason: '', digest, channel: 'cli', from: 'here', at: now.toISOString(), ...more });

describe('one answer', () => {
  it.each([
    ['who is no approver', approval(), vote('kim'), {}, 'not-an-approver'],
    ['who wrote a commit', approval(), vote('alex'), { email: 'Author@Example.com' }, 'author'],
    ['for another plan', approval(), vote('alex', { digest: 'b'.repeat(64) }), {}, 'other-digest'],
    ['a second time', approval({ votes: [vote('alex')] }), vote('alex'), {}, 'voted'],
    ['after it was superseded', supersede(approval(), 'orders-2-0123abcd'), vote('alex'), {}, 'ended'],
    ['after it was rejected', approval({ state: 'rejected' }), vote('alex'), {}, 'ended'],
    ['after its time', approval({ expiresAt: '2026-11-21T09:59:59.000Z' }), vote('alex'), {}, 'expired'],
  ] as const)('%s does not count', (_, asked, answer, person, because) => {
    expect(decide(asked, answer, person, now)).toMatchObject({ accepted: false, because });
  });

  it('of no ends the wait at once, also from the author', () => {
    const ruling = decide(approval(), vote('alex', { decision: 'reject' }), { email: 'author@example.com' }, now);
    expect(ruling).toMatchObject({ accepted: true, approval: { state: 'rejected' } });
  });
});

it('what was decided stays decided when the time is up', () => {
  expect(expire(approval({ state: 'approved' })).state).toBe('approved');
  expect(expire(approval()).state).toBe('expired');
});

const anyVote = fc.record({
  approver: fc.constantFrom('alex', 'robin', 'sam', 'kim'),
  decision: fc.constantFrom('approve' as const, 'reject' as const),
  digest: fc.constantFrom(digest, digest, digest, 'b'.repeat(64)),
  email: fc.constantFrom(undefined, 'author@example.com'),
});

it('whatever people answer: never approved by fewer than asked, never by the author, and an end is an end', () => {
  fc.assert(
    fc.property(fc.array(anyVote, { maxLength: 12 }), fc.integer({ min: 1, max: 3 }), (answers, required) => {
      let current = approval({ required });
      for (const { email, ...answer } of answers) {
        const before = current;
        const ruling = decide(current, vote(answer.approver, answer), { email }, now);
        if (ruling.accepted) current = ruling.approval;
        if (before.state !== 'waiting') expect(current).toEqual(before);
        if (email !== undefined && answer.decision === 'approve') expect(current).toEqual(before);
      }
      const yeses = new Set(current.votes.filter(({ decision }) => decision === 'approve').map(({ approver }) => approver));
      expect(yeses.has('kim')).toBe(false);
      expect(current.state === 'approved').toBe(yeses.size >= required && !current.votes.some(({ decision }) => decision === 'reject'));
    }),
  );
});
