import { describe, expect, it } from 'vitest';
import { Approval } from '../../../contracts/approval.ts';
import type { Deployed } from '../../../contracts/plan.ts';
import type { Commit } from '../../../domain/commit-history.ts';
import { newApproval, oldestOf } from '../../../domain/new-approval.ts';
import { aRecord, aRelease } from '../../fakes/samples.ts';

type Asked = Parameters<typeof newApproval>[0];

const approval = { quorums: [{ from: 'platform', approvers: ['alex', 'robin'], required: 2 }], breakGlass: ['alex', 'robin'], expiresInSeconds: 3600, remindInSeconds: 2700, authorMayApprove: false };
const aCommit = (index: number, email = `author-${String(index)}@example.com`): Commit => {
  const person = { name: `Author ${String(index)}`, email };
  return { id: String(index).padStart(40, '0'), parents: [], author: person, committer: { name: 'GitHub', email: 'noreply@example.com' }, message: `Commit ${String(index)}`, committedAt: index };
};
const ask = (fields: Partial<Asked> = {}) =>
  newApproval({
    id: 'f'.repeat(32), release: aRelease(), environment: 'dev', attempt: '1-1', digest: 'a'.repeat(64), approval, gate: { verdict: 'two', because: ['It deletes.'], demanded: true, atLeast: 2 },
    targets: [aRecord({ changeSetArn: 'arn:set' }), aRecord({ target: 'two', state: 'ended', outcome: 'no-changes' })], history: { commits: [aCommit(2), aCommit(1)], cut: false }, pushers: [], since: undefined, now: new Date('2026-01-01T00:00:00.000Z'), ...fields,
  });
const deployed = (sequence: number) => ({ sequence }) as Deployed;

describe('a new question', () => {
  it('is one that can be kept, and asks what the environment and the rules ask', () => {
    const question = ask({ since: { release: 'orders-9-0123abcd', commit: '9'.repeat(40) } });
    expect(Approval.parse(question)).toEqual(question);
    expect(question).toMatchObject({
      state: 'waiting', votes: [], quorums: approval.quorums, breakGlass: ['alex', 'robin'], atLeast: 2, verdict: 'two', because: ['It deletes.'], sequence: 12,
      changeSets: [{ target: 'main', arn: 'arn:set' }], since: { release: 'orders-9-0123abcd' },
      createdAt: '2026-01-01T00:00:00.000Z', remindAt: '2026-01-01T00:45:00.000Z', expiresAt: '2026-01-01T01:00:00.000Z',
    });
  });

  it('knows everybody who wrote a commit or pushed, each once, in lower case', () => {
    const commits = [aCommit(3, 'KIM@example.com'), aCommit(2, 'Robin@Example.com'), aCommit(1, '')];
    const pushers = ['arn:aws:iam::111111111111:role/Lee'];
    expect(ask({ release: aRelease({ pushedBy: 'arn:aws:iam::111111111111:role/Sam' }), pushers, history: { commits, cut: false } }).authors).toEqual(['kim@example.com', 'noreply@example.com', 'robin@example.com', 'arn:aws:iam::111111111111:role/lee', 'arn:aws:iam::111111111111:role/sam']);
  });

  it('knows also who committed in another’s name', () => {
    const commits = [{ ...aCommit(1, 'bob@example.com'), committer: { name: 'Mallory', email: 'Mallory@example.com' } }];
    expect(ask({ history: { commits, cut: false } }).authors).toContain('mallory@example.com');
  });

  it('counts nobody as an author where authors may approve', () => {
    expect(ask({ approval: { ...approval, authorMayApprove: true } }).authors).toEqual([]);
  });

  it('lists fifty commits, and counts the authors of all', () => {
    const commits = Array.from({ length: 80 }, (_, index) => aCommit(80 - index));
    const question = ask({ history: { commits, cut: true } });
    expect([question.commits.length, question.otherCommits, question.historyCut]).toEqual([50, 30, true]);
    expect(question.commits[0]).toEqual({ commit: aCommit(80).id, author: 'Author 80', message: 'Commit 80' });
    expect(question.authors).toContain('author-1@example.com');
  });

  it('keeps what somebody wrote in a commit on one line, and short', () => {
    const commit = { ...aCommit(1), author: { name: 'K\nim'.repeat(100), email: 'k@example.com' }, message: 'a\u202e\u0000'.repeat(500) };
    const [brought] = ask({ history: { commits: [commit], cut: false } }).commits;
    expect(brought?.author).toHaveLength(100);
    expect(brought?.message).toHaveLength(200);
    expect(`${brought?.author ?? ''}${brought?.message ?? ''}`).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

it('what is new is new since the oldest release in any target, and everything where a target has none', () => {
  expect(oldestOf([deployed(9), deployed(7), deployed(8)])).toEqual({ sequence: 7 });
  expect(oldestOf([deployed(9), undefined])).toBeUndefined();
  expect(oldestOf([])).toBeUndefined();
});
