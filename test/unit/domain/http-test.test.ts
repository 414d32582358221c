import { describe, expect, it } from 'vitest';
import { failedTest, problemOf, refusedUrl, testSentence } from '../../../domain/http-test.ts';

describe('an address that a test names', () => {
  it.each([
    ['https://api.example.com/health', undefined],
    ['http://api.example.com/health', 'is not asked, for it does not begin with https://'],
    ['ftp://api.example.com', 'is not asked, for it does not begin with https://'],
    ['https://user:secret@api.example.com', 'is not asked, for it holds a user name or a password'],
    ['api.example.com', 'is not an address'],
  ])('%s: %s', (url, refusal) => {
    expect(refusedUrl(url, 'public')).toBe(refusal);
  });

  it('may be http in the local cloud, but nothing else', () => {
    expect(refusedUrl('http://127.0.0.1:4566/x', 'any')).toBeUndefined();
    expect(refusedUrl('file:///etc/passwd', 'any')).toBe('is not asked, for it does not begin with https://');
  });
});

it.each([
  ['the status and the text', { status: 200, body: 'ok' }, { status: 200, body: '{"state":"ok"}' }, undefined],
  ['another status', { status: 200 }, { status: 301, body: '' }, 'answered 301 where 200 was expected'],
  ['another text', { status: 200, body: 'ok' }, { status: 200, body: 'down' }, 'answered 200, but its body does not hold ok'],
  ['a regular expression', { status: 200, body: '/^version \\d+$/' }, { status: 200, body: 'version 12' }, undefined],
  ['a regular expression that does not fit', { status: 200, body: '/^version \\d+$/' }, { status: 200, body: 'version x' }, 'answered 200, but its body does not hold /^version \\d+$/'],
])('an answer with %s', (_, test, answered, problem) => {
  expect(problemOf(test, answered)).toBe(problem);
});

describe('a test that does not pass', () => {
  const trouble = { test: { withinSeconds: 120 }, url: 'https://x.example', problem: 'answered 500 where 200 was expected', final: false };

  it('fails when its time is over, or at once where asking again cannot help', () => {
    expect(failedTest([trouble], 119)).toBeUndefined();
    expect(failedTest([trouble], 120)).toBe(trouble);
    expect(failedTest([{ ...trouble, final: true }], 0)?.final).toBe(true);
  });

  it('says that it is deployed, what was wrong, and what follows', () => {
    expect(testSentence('dev', 'orders-1-00000000', trouble)).toBe(
      'What is deployed in dev fails its test: https://x.example answered 500 where 200 was expected (asked for 120 seconds). The release stops before the next environment. Mend it and push again, or test it again with drawbridge retry orders-1-00000000.',
    );
  });
});
