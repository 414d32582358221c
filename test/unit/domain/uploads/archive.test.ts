import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { most, openArchive } from '../../../../domain/uploads/archive.ts';
import { writeZip, type ZipFile } from '../../../../domain/zip.ts';
import { archiveOf } from '../../../fakes/archives.ts';

const name = 's3://uploads/orders/source.zip (version v1)';
const open = (bytes: Uint8Array) => openArchive(bytes, name);
const refuses = (bytes: Uint8Array, why: string | RegExp) => {
  expect(() => open(bytes)).toThrow(expect.objectContaining({ name: 'InvalidInputError', message: expect.stringMatching(/^Reading s3:\/\/uploads\/orders\/source\.zip \(version v1\): .+\. Upload another archive\.$/) as string }));
  expect(() => open(bytes)).toThrow(why);
};

describe('an archive', () => {
  it('gives its files as they were, whatever is in them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.stringMatching(/^[a-z]{1,8}\.yaml$/), fc.string({ unit: 'grapheme', maxLength: 500 }), { minKeys: 1, maxKeys: 5, noNullPrototype: true }), async (files) => {
        const archive = open(await archiveOf(files));
        for (const [path, text] of Object.entries(files)) expect(archive.read(path)).toBe(text);
        expect(archive.read('none.yaml')).toBeUndefined();
      }),
      { numRuns: 25 },
    );
  });

  it('with ./ before its names is the same', async () => {
    expect(open(await archiveOf({ './drawbridge.yaml': 'a', './src/./x': 'b' })).read('drawbridge.yaml')).toBe('a');
  });

  it.each(['../out', 'a/../../out', '/etc/passwd', 'C:\\out', '\\\\host\\out', 'a\\..\\..\\out', 'nul\0byte'])('that holds %j reaches outside itself', async (path) => {
    refuses(await archiveOf({ 'drawbridge.yaml': 'version: 1', [path]: 'x' }), 'which reaches outside it');
  });

  it('that holds a path twice, also in other words, is refused: which one wins depends on who unpacks it', async () => {
    refuses(await archiveOf({ './drawbridge.yaml': 'a', 'drawbridge.yaml': 'b' }), 'it holds drawbridge.yaml twice');
  });

  it('that holds something below a file is refused, for the file may be a link', async () => {
    refuses(await archiveOf({ link: '/etc', 'link/passwd': 'x' }), 'it holds link/passwd and, as a file, a folder of that path');
  });

  it.each([
    ['a letter', Buffer.from('This is a letter.')],
    ['nothing', Buffer.alloc(0)],
    ['an archive of another kind', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0])],
  ])('that is %s is none', (_, bytes) => {
    refuses(bytes, 'it is no zip archive that can be read, for it has no directory');
  });

  it('that was cut off is none, wherever', async () => {
    const whole = await archiveOf({ 'a.yaml': 'a', 'b.yaml': 'b' });
    for (let length = 0; length < whole.length; length += 1) expect(() => open(whole.subarray(0, length))).toThrow(/is no zip archive that can be read/);
  });
});

describe('what is packed to fill a memory', () => {
  const packed = (fields: Partial<ZipFile>, content = Buffer.from('version: 1')): ZipFile => ({ name: Buffer.from('drawbridge.yaml'), utf8: true, method: 8, crc: 0, size: content.length, attributes: 0, compressed: deflateRawSync(content), ...fields });

  it('is refused by what it says of itself', () => {
    refuses(writeZip([packed({ size: most.unpacked }), packed({ name: Buffer.from('b'), size: 1 })]), `more than ${String(most.unpacked)}`);
    const many = Array.from({ length: 60 }, (_, index) => packed({ name: Buffer.from(`f${String(index)}`), size: 20 * 1024 * 1024 }));
    refuses(writeZip(many), 'unpacks to');
  });

  it('is never unpacked further than it says, and what it says must be true', () => {
    const bomb = Buffer.alloc(50 * 1024 * 1024);
    for (const size of [1, 100]) expect(() => open(writeZip([packed({ size, compressed: deflateRawSync(bomb) })])).read('drawbridge.yaml')).toThrow(/drawbridge\.yaml in it cannot be unpacked to the size that its directory says\. Upload another archive\.$/);
    expect(() => open(writeZip([packed({ size: 3 * 1024 })])).read('drawbridge.yaml')).toThrow('is not what its directory says it is');
    expect(() => open(writeZip([packed({})])).read('drawbridge.yaml')).toThrow('is not what its directory says it is');
  });

  it('is not read where one file alone is larger than any that says what is asked for', () => {
    expect(() => open(writeZip([packed({ size: most.file + 1 })])).read('drawbridge.yaml')).toThrow(`drawbridge.yaml in it has ${String(most.file + 1)} bytes`);
  });

  it('is refused where it is packed in a way that nobody reads', () => {
    expect(() => open(writeZip([packed({ method: 12 })])).read('drawbridge.yaml')).toThrow('is packed in a way that nobody reads here (12)');
  });
});
