import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pullRequestComment } from '../../../domain/pull-request-comment.ts';
import { whatToDo } from '../../../domain/release-summary.ts';
import { aRelease } from '../../fakes/samples.ts';

const hostile = '<img src=x onerror=alert(1)> [Approve](https://evil.example.com) ![x](y) | **bold** `code` @everyone\n\n# Title\n| a | b |';
const line = (fields: object = {}) => ({ environment: 'dev', state: 'failed', urls: [], ...fields });

describe('the comment on a pull request', () => {
  it('is how the release stands everywhere', () => {
    const release = aRelease({ outcome: 'failed', reason: 'prod: Queue: refused.' });
    expect(pullRequestComment(release, [line({ state: 'deployed', urls: ['https://dev.example.com', 'https://two.example.com', 'https://three.example.com'] }), line({ environment: 'prod' })]).split('\n')).toEqual([
      '**orders** `3f2a9c1b`: failed', '',
      '| Environment | State | Where |', '| --- | --- | --- |',
      '| dev | deployed | https://dev.example.com https://two.example.com |', '| prod | failed |  |', '',
      'prod: Queue: refused.', '',
      '`Mend it and push again, or try it again: drawbridge retry orders-12-3f2a9c1b`', '',
      'Release orders-12-3f2a9c1b. Drawbridge keeps this comment up to date.',
    ]);
    expect(pullRequestComment(aRelease(), [])).toContain('on its way');
  });

  it('has no markup of anybody else, and no line', () => {
    const comment = pullRequestComment(aRelease({ outcome: 'failed', reason: hostile }), [line({ state: hostile, urls: [hostile, 'https://evil.example.com/|<b>', 'https://evil.example.com/) [x](y'] })]);
    expect(comment).not.toMatch(/<|@|evil\.example\.com\/|(?<![\\&])[[\]!#]/);
    expect(comment.split('\n')).toHaveLength(11);
    // Four lines of the table, and each has its three cells.
    expect(comment.split('\n').filter((row) => row.startsWith('|')).map((row) => row.match(/(?<!\\)\|/g)?.length)).toEqual([4, 4, 4]);
  });

  it('is never longer than CodeCommit takes', () => {
    const anyText = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 2000 }), fc.constantFrom('&'.repeat(2000), '@'.repeat(2000), '😀'.repeat(1000), hostile));
    fc.assert(
      fc.property(anyText, fc.integer({ min: 0, max: 100 }), (text, many) => {
        const comment = pullRequestComment(aRelease({ outcome: 'failed', reason: text }), Array.from({ length: many }, () => line({ state: text, urls: [text, `https://example.com/${'a'.repeat(900)}`] })));
        expect(comment.length).toBeLessThanOrEqual(10_240);
      }),
    );
  });
});

it.each([
  ['failed', /push again, or try it again: drawbridge retry r$/],
  ['rolled-back', /push again, or try it again: drawbridge retry r$/],
  ['expired', /^Try it again: drawbridge retry r$/],
  ['stale', /^Try it again: drawbridge retry r$/],
  ['frozen', /^Try it again: drawbridge retry r$/],
])('what can be done about %s is said', (outcome, expected) => {
  expect(whatToDo(outcome, 'r')).toMatch(expected);
});

it.each(['deployed', 'no-changes', 'rejected', 'superseded', 'planned', undefined])('nothing is to be done about %s', (outcome) => {
  expect(whatToDo(outcome, 'r')).toBeUndefined();
});
