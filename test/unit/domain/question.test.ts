import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Approval } from '../../../contracts/approval.ts';
import { isApproved } from '../../../domain/approval.ts';
import { endSentence, missingYeses, questionOf } from '../../../domain/question.ts';
import { anApproval, aRecord, aVote } from '../../fakes/samples.ts';

const counts = { add: 1, modify: 0, replace: 0, mayReplace: 1, remove: 2 };
const no = aVote({ approver: 'robin', decision: 'reject', reason: 'not on a Friday', channel: 'slack' });

describe('a question', () => {
  it('adds up what would happen in all targets, and says of several where a risk is', () => {
    const records = [aRecord({ counts, risks: ['Deletes Data.'] }), aRecord({ target: 'two', stackName: 'orders-two', counts: { ...counts, modify: 5 }, risks: ['Opens Group.'] }), aRecord({ target: 'three', stackName: 'orders-three', state: 'ended', outcome: 'no-changes' })];
    expect(questionOf(anApproval(), records)).toMatchObject({
      totals: '2 added, 5 changed, 2 perhaps replaced, 4 deleted',
      risks: ['main: Deletes Data.', 'two: Opens Group.'],
      targets: [{ what: '1 added, 1 perhaps replaced, 2 deleted' }, { what: '1 added, 5 changed, 1 perhaps replaced, 2 deleted' }, { title: 'orders-three in 222222222222, eu-west-1', what: 'nothing changes' }],
    });
    expect(questionOf(anApproval(), [aRecord({ risks: ['Deletes Data.'] })])).toMatchObject({ risks: ['Deletes Data.'], totals: 'only outputs change' });
  });

  it('tells who answered what, for whom and by which channel', () => {
    const votes = [aVote(), aVote({ approver: 'sam', standsFor: ['robin', 'pat'], channel: 'cli', reason: 'looked at it' }), aVote({ approver: 'pat', breakGlass: true, reason: 'The shop is down.' }), no];
    expect(questionOf(anApproval({ votes }), []).answers).toEqual([
      'alex: yes, by link',
      'sam (also for robin, pat): yes, by cli: looked at it',
      'pat: yes, breaking the glass, by link: The shop is down.',
      'robin: no, by slack: not on a Friday',
    ]);
  });

  it.each<[string, Partial<Approval>]>([
    ['1 commit since orders-9-0123abcd', { since: { release: 'orders-9-0123abcd', commit: '0'.repeat(40) } }],
    ['8 commits since orders-9-0123abcd', { since: { release: 'orders-9-0123abcd', commit: '0'.repeat(40) }, otherCommits: 7 }],
    ['more than 251 commits since orders-9-0123abcd', { since: { release: 'orders-9-0123abcd', commit: '0'.repeat(40) }, otherCommits: 250, historyCut: true }],
    ['0 commits since orders-9-0123abcd', { since: { release: 'orders-9-0123abcd', commit: '0'.repeat(40) }, commits: [] }],
    ['First release here, with 1 commit', {}],
    ['s3://uploads/orders/source.zip (version v1), which has no history: the rest is what the uploader says', { upload: 's3://uploads/orders/source.zip (version v1)' }],
    ['First release here, with more than 300 commits', { otherCommits: 299, historyCut: true }],
  ])('says "%s"', (title, fields) => {
    expect(questionOf(anApproval(fields), []).commitsTitle).toBe(title);
  });

  it.each<[string, Partial<Approval>]>([
    ['1 yes more', {}],
    ['2 yeses more', { atLeast: 2 }],
    ['1 yes more', { atLeast: 2, votes: [aVote()] }],
    ['1 yes more', { votes: [aVote({ breakGlass: true })] }],
    ['Approved.', { state: 'approved', votes: [aVote()] }],
    ['Approved by breaking the glass.', { state: 'approved', votes: [aVote({ breakGlass: true }), aVote({ approver: 'robin', breakGlass: true })] }],
    ['Rejected by robin: not on a Friday', { state: 'rejected', votes: [aVote(), no] }],
    ['Rejected by robin.', { state: 'rejected', votes: [{ ...no, reason: '' }] }],
    ['Nobody answered in time, so the question has expired. Retry the release to ask again.', { state: 'expired' }],
    ['orders-13-0123abcd took its place, so there is nothing to answer any more.', { state: 'superseded', supersededBy: 'orders-13-0123abcd' }],
    ['login-k3xq2ab was ended after this release: The branch is gone.', { state: 'superseded', overtaken: 'login-k3xq2ab was ended after this release: The branch is gone.' }],
  ])('needs "%s"', (sentence, fields) => {
    expect(questionOf(anApproval(fields), []).stillNeeds).toBe(sentence);
    if (fields.state !== undefined) expect(endSentence(anApproval(fields))).toBe(sentence);
  });

  it('says that nothing is missing exactly when it is enough, whoever stands for whom', () => {
    const people = ['alex', 'robin', 'sam', 'pat'];
    const anyYes = fc.record({ approver: fc.constantFrom(...people), standsFor: fc.subarray(people), breakGlass: fc.boolean() });
    const anyQuorum = fc.record({ from: fc.constant('group'), approvers: fc.subarray(people, { minLength: 1 }), required: fc.integer({ min: 1, max: 2 }) });
    fc.assert(
      fc.property(fc.uniqueArray(anyYes, { selector: ({ approver }) => approver, maxLength: 4 }), fc.array(anyQuorum, { minLength: 1, maxLength: 2 }), fc.integer({ min: 1, max: 3 }), (yeses, quorums, atLeast) => {
        const asked = { quorums, atLeast, breakGlass: [], votes: yeses.map((fields) => aVote(fields)) };
        expect(missingYeses(asked) === 0).toBe(isApproved(asked));
      }),
      { numRuns: 500 },
    );
  });
});
