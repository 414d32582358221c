import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { equalZip } from '../domain/equal-zip.ts';
import { writeZip, type ZipFile } from '../domain/zip.ts';

/** Of a gzip without a name (RFC 1952): ten bytes, the compressed ones, checksum and size. */
const frame = { head: 10, tail: 8 };

function fileOf(path: string, name: string): ZipFile {
  const bytes = readFileSync(path);
  const zipped = gzipSync(bytes);
  const mode = (statSync(path).mode & 0o111) === 0 ? 0o100644 : 0o100755;
  return {
    name: Buffer.from(name),
    utf8: true,
    method: 8,
    crc: zipped.readUInt32LE(zipped.length - frame.tail),
    size: bytes.length,
    // Of what a checkout keeps, only whether it can be run; the rest is the machine's.
    attributes: (mode << 16) >>> 0,
    compressed: zipped.subarray(frame.head, zipped.length - frame.tail),
  };
}

function filesIn(folder: string, links: boolean, below = ''): ZipFile[] {
  return readdirSync(join(folder, below)).flatMap((entry) => {
    const name = below === '' ? entry : `${below}/${entry}`;
    const path = join(folder, name);
    if (!links && lstatSync(path).isSymbolicLink()) return [];
    return statSync(path).isDirectory() ? filesIn(folder, links, name) : [fileOf(path, name)];
  });
}

/**
 * A folder as an archive: equal files make equal bytes.
 * @param links whether what they lead to is taken; it may lie outside
 */
export const zipFolder = (folder: string, { links = true } = {}): Uint8Array => equalZip(writeZip(filesIn(folder, links)));
