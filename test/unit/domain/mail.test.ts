import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { approvalMail, oneLine, subjectOf } from '../../../domain/mail.ts';
import { at } from '../../../domain/utc.ts';
import { questionOf } from '../../../domain/question.ts';
import { anApproval, aRecord, aVote } from '../../fakes/samples.ts';

const url = 'https://drawbridge.example.com/approvals/a?token=b';
const hostile = 'Fix\r\nBcc: everybody@example.com\r\n\r\n<b>hello</b>\u2028\u0000\u001b[31m\u202e';
/** What could end a line, start a header or turn the text around. */
const control = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
/** Printable text with what does harm mixed in. */
const anyText = fc.array(fc.oneof(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.constantFrom(hostile, '\r\n', '\n', '\u0085', '\u2029', '😀'.repeat(60))), { maxLength: 8 }).map((parts) => parts.join(''));

describe('the subject of a mail', () => {
  it('is one that SNS takes, whatever it is made of', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const subject = subjectOf(text);
        expect(subject.length).toBeLessThan(100);
        expect(subject).not.toMatch(control);
        expect(subject).toBe(subject.trim());
        expect(subject.isWellFormed()).toBe(true);
      }),
    );
  });

  it.each([
    ['orders: prod waits', 'orders: prod waits'],
    ['orders:\r\nBcc: x@example.com', 'orders: Bcc: x@example.com'],
    ['a'.repeat(99), 'a'.repeat(99)],
    ['a'.repeat(100), `${'a'.repeat(96)}…`],
  ])('of %j is %j', (text, subject) => {
    expect(subjectOf(text)).toBe(subject);
  });
});

describe('a text from outside', () => {
  it('stays on its line and as long as it may be', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 2, max: 300 }), (text, longest) => {
        const line = oneLine(text, longest);
        expect(line.length).toBeLessThanOrEqual(longest);
        expect(line).not.toMatch(control);
        expect(line.isWellFormed()).toBe(true);
      }),
    );
  });
});

it('a time is written as a person reads it', () => {
  expect(at('2026-01-04T09:30:00.000Z')).toBe('2026-01-04 at 09:30 UTC');
});

describe('the mail that asks', () => {
  const question = questionOf(
    anApproval({ votes: [aVote({ reason: hostile })], otherCommits: 3, commits: [{ commit: 'c'.repeat(40), author: hostile, message: hostile }] }),
    [aRecord({ risks: [hostile, 'Deletes Data.'] })],
  );

  it('says what would happen, who answered, what is new, and where to answer', () => {
    const { subject, text } = approvalMail(questionOf(anApproval({ votes: [aVote()], atLeast: 2, otherCommits: 3 }), [aRecord({ risks: ['Deletes Data.'], counts: { add: 0, modify: 0, replace: 0, mayReplace: 0, remove: 1 } })]), url, 'waiting');
    expect(subject).toBe('orders: dev waits for you (orders-12-3f2a9c1b)');
    expect(text.split('\n')).toEqual([
      'orders wants to go to dev.', '', 'Release: orders-12-3f2a9c1b', `Plan:    ${'a'.repeat(16)}`, 'Needs:   1 of alex, robin, at least 2 people', 'So far:', '- alex: yes, by link', '',
      'What would happen: 1 deleted', '- orders-dev in 222222222222, eu-west-1: 1 deleted', '', 'Look at these first:', '- Deletes Data.', '',
      'First release here, with 4 commits:', '- 3f2a9c1b Kim: Add a table', '- and 3 more', '',
      'Look at the plan and answer here. This link is yours alone; do not pass it on:', url, '', 'It expires on 2026-01-04 at 00:00 UTC.',
    ]);
  });

  it('says in its subject when it is a reminder', () => {
    expect(approvalMail(question, url, 'reminder').subject).toBe('Reminder: orders: dev waits for you (orders-12-3f2a9c1b)');
  });

  it('has no line that somebody else wrote', () => {
    const { subject, text } = approvalMail(question, url, 'waiting');
    expect(text.split('\n').filter((line) => control.test(line) || line.startsWith('Bcc:') || line === '.')).toEqual([]);
    expect(subject).not.toMatch(control);
    expect(text.split('\n').filter((line) => line.startsWith('https:'))).toEqual([url]);
  });

  it('fits into a message of SNS, however much there is to say', () => {
    const long = '😀'.repeat(2000);
    const huge = questionOf(
      anApproval({ votes: Array.from({ length: 40 }, () => aVote({ reason: long })), commits: Array.from({ length: 50 }, () => ({ commit: 'c'.repeat(40), author: long, message: long })), otherCommits: 250 }),
      Array.from({ length: 30 }, (_, index) => aRecord({ target: `t${String(index)}`, risks: Array.from({ length: 51 }, () => long) })),
    );
    const { text } = approvalMail(huge, url, 'waiting');
    // 256 KB (SNS API: Publish).
    expect(Buffer.byteLength(text)).toBeLessThan(256 * 1024);
    expect(text).toContain('- and 1505 more');
    expect(text).toContain(url);
  });
});
