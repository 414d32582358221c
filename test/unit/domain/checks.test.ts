import { expect, it } from 'vitest';
import { checkLines } from '../../../domain/checks.ts';

it('what an approver must know of the checks comes first', () => {
  expect(
    checkLines([
      { name: 'tests', required: true, passed: true, seconds: 3 },
      { name: 'scan', required: false, passed: false, seconds: 1.5, words: '2 vulnerabilities' },
    ]),
  ).toEqual(['scan: failed, which is allowed, after 1.5 s: 2 vulnerabilities', 'tests: passed after 3 s']);
});

it('no checks are no lines', () => {
  expect(checkLines()).toEqual([]);
});
