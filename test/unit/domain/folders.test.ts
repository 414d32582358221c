import { describe, expect, it } from 'vitest';
import { Packed } from '../../../contracts/packed.ts';
import { foldersOf, mostFiles } from '../../../domain/folders.ts';

const prefix = 'incoming/orders/AROAX:AWSCodeBuild-1/';
const packed = { folders: [{ folder: 'web/dist', prefix: 'folders/0' }] };
const keys = (...names: string[]) => names.map((name) => `${prefix}folders/0/${name}`);

describe('a folder that a build left', () => {
  it('is every file below its own prefix, in one order', () => {
    expect(foldersOf(packed, [...keys('index.html', 'assets/a b.js', 'ä.txt'), `${prefix}folders/01/x`, `${prefix}packed/-.yaml`], prefix)).toEqual([
      { folder: 'web/dist', files: ['assets/a b.js', 'index.html', 'ä.txt'].map((path) => ({ path, key: `${prefix}folders/0/${path}` })) },
    ]);
  });

  it.each(['../x', 'a/../../x', './x', 'a//x', '/x', 'a\\..\\x', 'a\nx', 'a\u0000', 'a/', 'x'.repeat(513)])('with a file named %j is refused', (name) => {
    expect(() => foldersOf(packed, keys('index.html', name), prefix)).toThrow(/Sealing the folder web\/dist: the name .* cannot be taken/);
  });

  it('without a file, or with too many, is refused', () => {
    expect(() => foldersOf(packed, [], prefix)).toThrow(/there is no file in it/);
    expect(() => foldersOf(packed, keys(...Array.from({ length: mostFiles + 1 }, (_, index) => String(index))), prefix)).toThrow(/there are 2001 files, of which 2000 can be published/);
  });

  it('lies below the prefix of its own build, whatever its list says', () => {
    for (const at of ['../other', '/folders', 'folders/../..']) expect(Packed.safeParse({ version: 1, templates: [], folders: [{ folder: 'x', prefix: at }] }).success, at).toBe(false);
  });
});
