import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildReason } from '../../../domain/build-answer.ts';
import { lastWords, printable } from '../../../domain/build-log.ts';

const container = (text: string) => `[Container] 2026/01/01 00:00:00.000000 ${text}`;

describe('the last words of a build', () => {
  it.each([
    ['the line that says what is wrong', [container('Running command npm ci'), 'npm error code E404', 'npm error A complete log of this run can be found in: /root/.npm/x.log', container('Phase complete: BUILD State: FAILED')], 'npm error code E404'],
    ['not the announcement of it', ['Building codeuri: src', 'Build Failed', 'Error: NodejsNpmBuilder:NpmPack - it is broken'], 'Error: NodejsNpmBuilder:NpmPack - it is broken'],
    ['a Python exception', ['Traceback (most recent call last):', '  File "x.py", line 1', 'ModuleNotFoundError: No module named x'], 'ModuleNotFoundError: No module named x'],
    ['the last lines where none speaks of trouble', ['one', 'two', 'three', 'four'], 'two / three / four'],
    ['several lines of one message', ['first\nfatal: one\nfatal: two\n'], 'fatal: one / fatal: two'],
    ['no colours', ['\u001B[31mError:\u001B[0m red'], 'Error: red'],
    ['nothing of a log without words of the build', [container('Entering phase BUILD'), '', '  '], undefined],
  ] as const)('are %s', (_, log, words) => {
    expect(lastWords(log)).toBe(words);
  });

  it('are one short line without control characters, whatever the build wrote', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 200 }), { maxLength: 4 }), (log) => {
        const words = lastWords(log) ?? '';
        expect(words.length).toBeLessThanOrEqual(500);
        expect(words).not.toMatch(/[\p{Cc}\u2028\u2029\u202A-\u202E]/u);
      }),
    );
  });
});

describe('a message of a build’s log', () => {
  it.each([
    ['without its end', 'one\n', ['one']],
    ['line by line, the empty ones too', 'one\r\n\n  two\n', ['one', '', '  two']],
    ['without colours', '\u001B[1;31mred\u001B[0m', ['red']],
    ['without the title that it would give the window, or a link', '\u001B]0;mine\u0007a \u001B]8;;https://evil\u001B\\b', ['a b']],
    ['without moving the cursor or clearing the screen', '\u001B[2J\u001B[Hgone\u001B[1A', ['gone']],
    ['without what turns the direction of writing', 'a\u202Eb', ['a b']],
    ['of a progress bar only as it ended', '10 %\r50 %\r100 %\n', ['100 %']],
    ['cut where it is too long', 'x'.repeat(1001), [`${'x'.repeat(999)}…`]],
  ] as const)('is shown %s', (_, message, lines) => {
    expect(printable(message)).toEqual(lines);
  });

  it('holds nothing that a terminal would obey, whatever the build wrote', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.oneof(fc.constantFrom('\u001B', '[', ']', '\r', '\n', '\u0007', '\u009B', 'm', '1'), fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })), maxLength: 300 }), (message) => {
        for (const line of printable(message)) {
          expect(line).not.toMatch(/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u);
          expect(line.length).toBeLessThanOrEqual(1000);
        }
      }),
    );
  });
});

describe('why a build failed', () => {
  const failed = { id: 'p:1', status: 'FAILED', trouble: 'BUILD: Error while executing command: set -e\n  sam build.\n Reason: exit status 1', logs: 'https://logs' };

  it.each([
    ['with the words of the build', failed, 'It is broken.', 'Building: p:1 ended as FAILED in BUILD: It is broken. Log: https://logs'],
    ['with the words of CodeBuild on one line', failed, undefined, 'Building: p:1 ended as FAILED in BUILD: Error while executing command: set -e sam build. Reason: exit status 1. Log: https://logs'],
    ['without any', { ...failed, trouble: undefined, logs: undefined }, undefined, 'Building: p:1 ended as FAILED. Its log says more.'],
  ] as const)('is said %s', (_, build, words, reason) => {
    expect(buildReason(build, words)).toBe(reason);
  });
});
