import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pathFits } from '../../../domain/path-pattern.ts';
import { watchedPaths } from '../../../domain/watched-paths.ts';

it.each([
  ['services/orders/**', 'services/orders/src/api.ts', true],
  ['services/orders/**', 'services/orders/template.yaml', true],
  // A folder that became a file or a submodule is a change of it.
  ['services/orders/**', 'services/orders', true],
  ['services/orders/**', 'services/orders-old/src/api.ts', false],
  ['services/orders', 'services/orders/src/api.ts', true],
  ['services/orders/', 'services/orders/src/api.ts', true],
  ['services/orders', 'services/orders-old/api.ts', false],
  ['package.json', 'package.json', true],
  ['package.json', 'services/package.json', false],
  ['**/package.json', 'package.json', true],
  ['**/package.json', 'services/orders/package.json', true],
  ['services/*', 'services/README.md', true],
  ['services/*', 'services/orders/api.ts', false],
  ['services/*/', 'services/orders/api.ts', true],
  ['services/*/src/**', 'services/orders/src/a/b.ts', true],
  ['services/*/src/**', 'services/src/b.ts', false],
  ['**/*.sql', 'db/migrations/001.sql', true],
  ['**/*.sql', 'db/migrations/001.sql.bak', false],
  ['a/**/b/**/c', 'a/b/x/b/c', true],
  ['a/**/b/**/c', 'a/x/c', false],
  ['**', 'anything/at/all', true],
  ['*', 'README.md', true],
  ['*', 'docs/README.md', false],
  ['src/[ab].ts', 'src/a.ts', false],
  ['src/a.ts', 'src/axts', false],
  ['Src/*', 'src/a.ts', false],
] as const)('%s and %s: %s', (pattern, path, expected) => {
  expect(pathFits(pattern, path)).toBe(expected);
});

const name = fc.string({ unit: fc.constantFrom('a', 'b', '.', '-', '_', ' ', 'é', '😀'), minLength: 1, maxLength: 6 });
const path = fc.array(name, { minLength: 1, maxLength: 5 });
/** The same rules as a regular expression, which is slow where a name is long. */
const slowly = (pattern: string) => {
  const one = (part: string) => part.split('*').map((text) => text.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`)).join('[^/]*');
  return new RegExp(`^/${pattern.split('/').map((part) => (part === '**' ? '(?:[^/]+/)*' : `${one(part)}/`)).join('')}$`, 'u');
};

describe('any pattern', () => {
  it('of a folder is the same as all that is in it', () => {
    fc.assert(fc.property(path, path, (folder, below) => {
      expect(pathFits(folder.join('/'), [...folder, ...below].join('/'))).toBe(true);
      expect(pathFits(`${folder.join('/')}/**`, [...folder, ...below].join('/'))).toBe(true);
    }));
  });

  it('with stars means what a regular expression would mean', () => {
    const part = fc.oneof(fc.constant('**'), fc.string({ unit: fc.constantFrom('a', 'b', '*'), minLength: 1, maxLength: 4 }).filter((text) => !text.includes('**')));
    const short = fc.array(fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 });
    const pattern = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/')).filter((text) => text.includes('*'));
    fc.assert(fc.property(pattern, short, (text, parts) => {
      expect(pathFits(text, parts.join('/'))).toBe(slowly(text).test(`/${parts.join('/')}/`));
    }), { numRuns: 2000 });
  });

  // Tried every way that there is, this would not end.
  it('comes to an end, whatever name somebody pushes', () => {
    expect(pathFits('**/*a*a*a*a*a*a*a*b', `${'a/'.repeat(1000)}${'a'.repeat(2000)}`)).toBe(false);
  });
});

describe('what an application watches', () => {
  it('is everything where it says nothing', () => {
    expect(watchedPaths({})).toBeUndefined();
    expect(watchedPaths({ folder: 'services/orders' })).toBeUndefined();
  });

  it('is its paths, and its folder with them', () => {
    const watches = watchedPaths({ folder: 'services/orders', paths: ['shared/**'] });
    expect(['shared/a.ts', 'services/orders/drawbridge.yaml', 'services/carts/a.ts'].map((it) => watches?.(it))).toEqual([true, true, false]);
  });
});
