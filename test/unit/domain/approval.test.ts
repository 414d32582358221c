import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Approval, Quorum, Vote } from '../../../contracts/approval.ts';
import { decide, expire, isApproved, mayAnswer, type Person, supersede, wasBroken } from '../../../domain/approval.ts';
import { anApproval, aVote } from '../../fakes/samples.ts';

const now = new Date('2026-01-02T00:00:00.000Z');
const why = 'The shop is down, see incident 7.';
const someone: Person = { identities: [], standsFor: [] };
const kim: Person = { identities: ['arn:aws:iam::1:user/kim', 'Kim@Example.com'], standsFor: [] };

const named = (...approvers: string[]): Quorum[] => [{ from: 'approvers', approvers, required: 1 }];
const groups = (platform: number, security: number): Quorum[] => [
  { from: 'platform', approvers: ['alex', 'robin', 'sam'], required: platform },
  { from: 'security', approvers: ['sam', 'pat'], required: security },
];
const no = (fields: Partial<Vote> = {}) => aVote({ decision: 'reject', ...fields });
const broken = (approver: string, fields: Partial<Vote> = {}) => aVote({ approver, breakGlass: true, reason: why, ...fields });

/** One answer after the other; what is refused changes nothing. */
function after(approval: Approval, ...answers: (readonly [Vote, Person?])[]): Approval {
  return answers.reduce((current, [vote, person = someone]) => {
    const ruling = decide(current, vote, person, now);
    return ruling.accepted ? ruling.approval : current;
  }, approval);
}
const yes = (approver: string, ...standsFor: string[]) => [aVote({ approver }), { identities: [], standsFor }] as const;

describe('one answer', () => {
  const glass = anApproval({ breakGlass: ['alex', 'pat'] });

  it.each<[string, Approval, Vote, Person, string]>([
    ['who is no approver', anApproval(), aVote({ approver: 'eve' }), someone, 'not-an-approver'],
    ['who stands for somebody who is not asked', anApproval(), aVote({ approver: 'eve' }), { identities: [], standsFor: ['sam'] }, 'not-an-approver'],
    ['who wrote a commit', anApproval(), aVote(), kim, 'author'],
    ['who wrote a commit, in the place of somebody who did not', anApproval(), aVote({ approver: 'kim' }), { ...kim, standsFor: ['alex'] }, 'author'],
    ['who pushed it', anApproval({ authors: ['arn:aws:iam::1:user/kim'] }), aVote(), kim, 'author'],
    ['for another plan', anApproval(), aVote({ digest: 'b'.repeat(64) }), someone, 'other-digest'],
    ['of no for another plan', anApproval(), no({ digest: 'b'.repeat(64) }), someone, 'other-digest'],
    ['a second time', anApproval({ votes: [aVote()] }), aVote(), someone, 'voted'],
    ['after it was superseded', supersede(anApproval(), 'orders-13-0123abcd'), aVote(), someone, 'ended'],
    ['after it was rejected', anApproval({ state: 'rejected' }), aVote(), someone, 'ended'],
    ['after it was approved', anApproval({ state: 'approved' }), no(), someone, 'ended'],
    ['after its time', anApproval({ expiresAt: now.toISOString() }), aVote(), someone, 'expired'],
    ['breaking the glass, who may not', glass, broken('robin'), someone, 'not-an-approver'],
    ['breaking the glass without a reason', glass, broken('alex', { reason: '' }), someone, 'no-reason'],
    ['breaking the glass with a reason of blanks', glass, broken('alex', { reason: ' '.repeat(40) }), someone, 'no-reason'],
    ['breaking the glass for another plan', glass, broken('alex', { digest: 'b'.repeat(64) }), someone, 'other-digest'],
    ['breaking the glass a second time', { ...glass, votes: [broken('alex')] }, broken('alex'), someone, 'voted'],
    ['that is a plain yes, who may only break the glass', glass, aVote({ approver: 'pat' }), someone, 'not-an-approver'],
  ])('%s does not count', (_, asked, answer, person, because) => {
    expect(decide(asked, answer, person, now)).toMatchObject({ accepted: false, because });
  });

  it('says what became of the question', () => {
    expect(decide(supersede(anApproval(), 'orders-13-0123abcd'), aVote(), someone, now)).toMatchObject({ sentence: 'It was superseded by orders-13-0123abcd.' });
  });

  it.each<[string, Vote, Person]>([
    ['of an approver', no(), someone],
    ['of an author', no(), kim],
    ['of somebody who stands for an approver', no({ approver: 'sam' }), { identities: [], standsFor: ['robin'] }],
    ['of somebody who may only break the glass', no({ approver: 'pat' }), someone],
    ['of somebody who said yes before', no({ approver: 'robin' }), someone],
  ])('of no %s ends the wait at once', (_, answer, person) => {
    const asked = anApproval({ breakGlass: ['alex', 'pat'], quorums: groups(2, 2), votes: [aVote({ approver: 'robin' })] });
    expect(decide(asked, answer, person, now)).toMatchObject({ accepted: true, approval: { state: 'rejected' } });
  });

  it('keeps for whom it stands and whether it is an author’s, whatever the vote itself says', () => {
    const forged = aVote({ standsFor: ['robin', 'sam'], authored: false });
    const ruling = decide(anApproval({ quorums: groups(2, 1), authors: [] }), forged, { identities: [], standsFor: ['pat'] }, now);
    expect(ruling.accepted && ruling.approval.votes[0]).toMatchObject({ standsFor: ['pat'], authored: false });
    const author = decide(anApproval({ breakGlass: ['alex', 'pat'] }), broken('alex', { standsFor: ['robin'] }), kim, now);
    expect(author.accepted && author.approval.votes[0]).toMatchObject({ standsFor: [], authored: true });
  });
});

describe('enough', () => {
  it.each<[string, Approval, (readonly [Vote, Person?])[], Approval['state']]>([
    ['is one where one is asked', anApproval(), [yes('robin')], 'approved'],
    ['is two people where the verdict asks for two', anApproval({ atLeast: 2 }), [yes('alex'), yes('alex')], 'waiting'],
    ['is two people where the verdict asks for two', anApproval({ atLeast: 2 }), [yes('alex'), yes('robin')], 'approved'],
    ['is three people for two of platform and one of security', anApproval({ quorums: groups(2, 1) }), [yes('alex'), yes('sam')], 'waiting'],
    ['is three people for two of platform and one of security', anApproval({ quorums: groups(2, 1) }), [yes('alex'), yes('robin')], 'waiting'],
    ['is three people for two of platform and one of security', anApproval({ quorums: groups(2, 1) }), [yes('sam'), yes('alex'), yes('robin')], 'approved'],
    ['moves who is in both groups to where they are needed', anApproval({ quorums: groups(2, 1) }), [yes('sam'), yes('alex'), yes('pat')], 'approved'],
    ['is a deputy in the place of another', anApproval({ quorums: named('alex') }), [yes('eve', 'alex')], 'approved'],
    ['is never one person for two places, by standing for others', anApproval({ quorums: groups(2, 0) }), [yes('alex', 'robin', 'sam')], 'waiting'],
    ['is never one person for two people', anApproval({ atLeast: 2 }), [yes('alex', 'robin')], 'waiting'],
    ['fills no place by two deputies of the same person', anApproval({ quorums: [{ from: 'approvers', approvers: ['alex', 'robin'], required: 2 }] }), [yes('eve', 'alex'), yes('pat', 'alex')], 'waiting'],
    ['fills no place by a person and by their deputy', anApproval({ quorums: [{ from: 'approvers', approvers: ['alex', 'robin'], required: 2 }] }), [yes('eve', 'alex'), yes('alex')], 'waiting'],
    ['is two who break the glass', anApproval({ quorums: groups(2, 1), atLeast: 2, breakGlass: ['alex', 'pat'] }), [[broken('alex')], [broken('pat')]], 'approved'],
    ['is not one who breaks the glass and one who says yes', anApproval({ quorums: groups(2, 1), breakGlass: ['alex', 'pat'] }), [[broken('alex')], yes('robin')], 'waiting'],
    ['is not one who breaks it and says yes too', anApproval({ quorums: groups(2, 0), breakGlass: ['alex', 'pat'] }), [[broken('alex')], yes('alex')], 'waiting'],
    ['is an author and another who break the glass', anApproval({ breakGlass: ['kim', 'pat'] }), [[broken('kim'), kim], [broken('pat')]], 'approved'],
    ['is not two authors who break the glass', anApproval({ breakGlass: ['kim', 'pat'] }), [[broken('kim'), kim], [broken('pat'), kim]], 'waiting'],
  ])('%s (%#)', (_, approval, answers, state) => {
    expect(after(approval, ...answers).state).toBe(state);
  });

  it('is said to be by breaking the glass only where it was', () => {
    const asked = anApproval({ breakGlass: ['alex', 'pat'] });
    expect(wasBroken(after(asked, [broken('alex')], [broken('pat')]))).toBe(true);
    expect(wasBroken(after(asked, [broken('alex')], yes('robin')))).toBe(false);
    expect(wasBroken(after(asked, [broken('alex')]))).toBe(false);
  });
});

describe('who may answer', () => {
  it.each<[string, string, string[], boolean]>([
    ['who is asked', 'alex', [], true],
    ['who stands for somebody asked', 'eve', ['robin'], true],
    ['who may break the glass', 'pat', [], true],
    ['nobody else', 'eve', ['pat'], false],
  ])('is %s', (_, name, standsFor, expected) => {
    expect(mayAnswer(anApproval({ breakGlass: ['pat'] }), name, { standsFor })).toBe(expected);
  });
});

it('what was decided stays decided when the time is up', () => {
  expect(expire(anApproval({ state: 'approved' })).state).toBe('approved');
  expect(expire(anApproval()).state).toBe('expired');
});

const people: readonly string[] = ['alex', 'robin', 'sam', 'pat', 'eve'];
const digest = anApproval().digest;
const anyAnswer = fc.record({
  approver: fc.constantFrom(...people),
  decision: fc.constantFrom('approve', 'approve', 'approve', 'reject'),
  digest: fc.constantFrom(digest, digest, digest, 'b'.repeat(64)),
  breakGlass: fc.boolean(),
  reason: fc.constantFrom('', why),
  standsFor: fc.subarray([...people]),
});
const anyQuestion = fc.record({
  platform: fc.integer({ min: 0, max: 3 }),
  security: fc.integer({ min: 0, max: 2 }),
  atLeast: fc.integer({ min: 1, max: 3 }),
  breakGlass: fc.constantFrom<string[]>([], ['alex', 'pat'], ['alex', 'pat', 'eve']),
  authors: fc.subarray([...people]),
});

it('whatever people answer: never approved by fewer than asked, never by an author’s yes, and an end is an end', () => {
  fc.assert(
    fc.property(fc.array(anyAnswer, { maxLength: 14 }), anyQuestion, (answers, { platform, security, ...question }) => {
      const asked = Math.max(platform + security, question.atLeast);
      let current = anApproval({ quorums: groups(platform, security), ...question, authors: question.authors.map((name) => `${name}@example.com`) });
      for (const { standsFor, ...answer } of answers) {
        const before = current;
        const ruling = decide(current, aVote(answer), { identities: [`${answer.approver}@example.com`], standsFor: standsFor.filter((name) => name !== answer.approver) }, now);
        if (ruling.accepted) current = ruling.approval;
        if (before.state !== 'waiting') expect(current).toEqual(before);
      }
      const { votes } = current;
      const plain = votes.filter(({ decision, breakGlass }) => decision === 'approve' && !breakGlass);
      const broke = votes.filter(({ decision, breakGlass }) => decision === 'approve' && breakGlass);
      expect(plain.filter(({ approver }) => question.authors.includes(approver))).toEqual([]);
      expect(votes.filter((vote) => vote.digest !== digest)).toEqual([]);
      expect(current.state === 'rejected').toBe(votes.some(({ decision }) => decision === 'reject'));
      if (current.state !== 'approved') return;
      const enough = new Set(plain.map(({ approver }) => approver)).size >= asked;
      const glassBroken = new Set(broke.map(({ approver }) => approver)).size >= 2 && broke.some(({ approver }) => !question.authors.includes(approver)) && broke.every(({ reason, approver }) => reason === why && question.breakGlass.includes(approver));
      expect(enough || glassBroken).toBe(true);
    }),
    { numRuns: 500 },
  );
});

it('another yes never takes an approval away', () => {
  const anyYes = fc.record({ approver: fc.constantFrom(...people), standsFor: fc.subarray([...people]), breakGlass: fc.boolean() });
  fc.assert(
    fc.property(fc.uniqueArray(anyYes, { maxLength: 5, selector: ({ approver }) => approver }), anyYes, anyQuestion, (list, more, { platform, security, atLeast, breakGlass }) => {
      const counted = { quorums: groups(platform, security), atLeast, breakGlass };
      const votes = list.map((fields) => aVote(fields));
      if (list.some(({ approver }) => approver === more.approver)) return;
      if (isApproved({ ...counted, votes })) expect(isApproved({ ...counted, votes: [...votes, aVote(more)] })).toBe(true);
    }),
    { numRuns: 500 },
  );
});
