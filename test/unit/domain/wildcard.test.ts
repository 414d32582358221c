import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fits } from '../../../domain/wildcard.ts';

it.each([
  ['main', 'main', true],
  ['main', 'maintenance', false],
  ['main', 'a/main', false],
  ['feature/*', 'feature/a/b', true],
  ['feature/*', 'feature', false],
  ['*', 'anything', true],
  ['orders-*', 'orders', false],
  ['a.c', 'abc', false],
  ['v(1)', 'v(1)', true],
  ['ma*', 'main\nmain', true],
] as const)('%s and %j: %s', (pattern, text, expected) => {
  expect(fits(pattern, text)).toBe(expected);
});

it('a pattern without a star fits itself and nothing else', () => {
  const plain = fc.string().filter((text) => !text.includes('*'));
  fc.assert(fc.property(plain, plain, (pattern, text) => {
    expect(fits(pattern, text)).toBe(pattern === text);
  }));
});

it('a star stands for any run of characters', () => {
  fc.assert(fc.property(fc.string(), fc.string(), fc.string(), (before, between, after) => {
    expect(fits(`${before.replaceAll('*', '')}*${after.replaceAll('*', '')}`, before.replaceAll('*', '') + between + after.replaceAll('*', ''))).toBe(true);
  }));
});
