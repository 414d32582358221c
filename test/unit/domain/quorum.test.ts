import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Quorum } from '../../../contracts/approval.ts';
import { approversOf, isMet, missing, quorumSentence, type Yes } from '../../../domain/quorum.ts';

const quorum = (from: string, required: number, ...approvers: string[]): Quorum => ({ from, approvers, required });
const platform = quorum('platform', 2, 'alex', 'robin', 'sam');
const security = quorum('security', 1, 'sam', 'kim');
const yes = (person: string, ...standsFor: string[]): Yes => ({ person, places: [person, ...standsFor] });

/** As many places as can be filled, found by trying everything. */
function mostFilled(seats: readonly (readonly string[])[], people: readonly Yes[]): number {
  const [first, ...rest] = people;
  if (first === undefined) return 0;
  const without = mostFilled(seats, rest);
  return seats.reduce((best, approvers, index) => (first.places.some((place) => approvers.includes(place)) ? Math.max(best, 1 + mostFilled(seats.toSpliced(index, 1), rest)) : best), without);
}

describe('places', () => {
  it.each<[string, Quorum[], Yes[], number]>([
    ['nobody fills them', [platform, security], [], 3],
    ['one person in both groups fills one', [platform, security], [yes('sam')], 2],
    ['somebody moves to where another cannot', [platform, security], [yes('sam'), yes('alex'), yes('robin')], 0],
    ['they move also where all came in another order', [platform, security], [yes('alex'), yes('sam'), yes('robin')], 0],
    ['two of one group fill one of the other', [quorum('a', 1, 'alex'), quorum('b', 1, 'alex', 'robin')], [yes('alex'), yes('robin')], 0],
    ['a stranger fills none', [platform], [yes('eve'), yes('alex')], 1],
    ['who stands for two fills one', [platform], [yes('eve', 'alex', 'robin')], 1],
    ['the same person twice fills one', [platform], [yes('alex'), yes('alex')], 1],
    ['more than enough fill no more', [platform], [yes('alex'), yes('robin'), yes('sam')], 0],
  ])('%s', (_, quorums, yeses, left) => {
    expect(missing(quorums, yeses)).toBe(left);
    expect(isMet(quorums, 1, yeses)).toBe(left === 0);
  });

  it('filled are not enough where more people are asked for', () => {
    const one = [quorum('approvers', 1, 'alex', 'robin')];
    expect([isMet(one, 2, [yes('alex')]), isMet(one, 2, [yes('alex'), yes('alex')]), isMet(one, 2, [yes('alex'), yes('robin')])]).toEqual([false, false, true]);
  });

  it('that all people together cannot fill are never filled', () => {
    const everybody = (quorums: Quorum[]) => approversOf(quorums).map((person) => yes(person));
    const tight = [quorum('a', 1, 'alex'), quorum('b', 1, 'alex')];
    expect([isMet([platform, security], 1, everybody([platform, security])), isMet(tight, 1, everybody(tight))]).toEqual([true, false]);
  });

  it('are given out as well as can be, however people stand in groups and for each other', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const some = fc.subarray(names, { minLength: 1 });
    const anyQuorums = fc.array(fc.record({ from: fc.constant('group'), approvers: some, required: fc.integer({ min: 1, max: 2 }) }), { maxLength: 3 });
    const anyYeses = fc.uniqueArray(fc.record({ person: fc.constantFrom(...names), places: some }), { maxLength: 5, selector: ({ person }) => person });
    fc.assert(
      fc.property(anyQuorums, anyYeses, (quorums, yeses) => {
        const seats = quorums.flatMap(({ approvers, required }) => Array.from({ length: required }, () => approvers));
        expect(missing(quorums, yeses)).toBe(seats.length - mostFilled(seats, yeses));
      }),
      { numRuns: 400 },
    );
  });
});

describe('the sentence', () => {
  it.each<[string, Quorum[], number]>([
    ['2 of alex, robin', [quorum('approvers', 2, 'alex', 'robin')], 1],
    ['2 of platform (alex, robin, sam) and 1 of security (sam, kim)', [platform, security], 2],
    ['1 of alex, robin, at least 2 people', [quorum('approvers', 1, 'alex', 'robin')], 2],
  ])('is "%s"', (sentence, quorums, atLeast) => {
    expect(quorumSentence(quorums, atLeast)).toBe(sentence);
  });

  it('names everybody once', () => {
    expect(approversOf([platform, security])).toEqual(['alex', 'robin', 'sam', 'kim']);
  });
});
