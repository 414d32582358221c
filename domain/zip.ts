import { crc32, inflateRawSync } from 'node:zlib';

// The layout of an archive: PKWARE, "APPNOTE: .ZIP File Format Specification", 4.3.7 (local header), 4.3.12 (directory), 4.3.16 (its end).
const signature = { local: 0x04034b50, entry: 0x02014b50, end: 0x06054b50 };
const length = { local: 30, entry: 46, end: 22, comment: 0xffff };
const flag = { encrypted: 0x0001, utf8: 0x0800 };

/** A file in an archive, as it lies there: its bytes stay compressed. */
export interface ZipFile {
  readonly name: Buffer;
  readonly utf8: boolean;
  readonly method: number;
  readonly crc: number;
  readonly size: number;
  readonly attributes: number;
  readonly compressed: Buffer;
}

/** Why an archive cannot be read. Whoever reads it says what was being done and what to do. */
export class BrokenZip extends Error {
  override readonly name = 'BrokenZip';
}

const broken = (why: string) => new BrokenZip(why);

function endOf(zip: Buffer): number {
  const first = Math.max(0, zip.length - length.end - length.comment);
  for (let at = zip.length - length.end; at >= first; at -= 1) if (zip.readUInt32LE(at) === signature.end) return at;
  throw broken('it has no directory');
}

function fileAt(zip: Buffer, entry: number, name: Buffer): ZipFile {
  const [flags, compressedSize, local] = [zip.readUInt16LE(entry + 8), zip.readUInt32LE(entry + 20), zip.readUInt32LE(entry + 42)];
  const size = zip.readUInt32LE(entry + 24);
  // Larger than Lambda takes: sizes that need the 64-bit form are not worth reading it.
  if ([compressedSize, size, local].includes(0xffffffff)) throw broken('it is in the 64-bit form, for more than Lambda takes');
  if ((flags & flag.encrypted) !== 0) throw broken('it is encrypted');
  if (zip.readUInt32LE(local) !== signature.local) throw broken('its directory leads nowhere');
  const start = local + length.local + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  if (start + compressedSize > zip.length) throw broken('it ends too early');
  return {
    name,
    utf8: (flags & flag.utf8) !== 0,
    method: zip.readUInt16LE(entry + 10),
    crc: zip.readUInt32LE(entry + 16),
    size,
    attributes: zip.readUInt32LE(entry + 38),
    compressed: zip.subarray(start, start + compressedSize),
  };
}

/**
 * Files of an archive in the order of its directory; folders are left out.
 * @throws BrokenZip when it is not an archive that can be read
 */
export function readZip(zip: Buffer): ZipFile[] {
  try {
    const end = endOf(zip);
    const files: ZipFile[] = [];
    let entry = zip.readUInt32LE(end + 16);
    for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
      if (zip.readUInt32LE(entry) !== signature.entry) throw broken('its directory is damaged');
      const name = zip.subarray(entry + length.entry, entry + length.entry + zip.readUInt16LE(entry + 28));
      if (name.at(-1) !== 0x2f) files.push(fileAt(zip, entry, name));
      entry += length.entry + name.length + zip.readUInt16LE(entry + 30) + zip.readUInt16LE(entry + 32);
    }
    return files;
  } catch (error) {
    if (error instanceof RangeError) throw broken('it ends too early');
    throw error;
  }
}

/** How an entry is packed; others are rare, and neither Lambda nor CodeBuild promises them (APPNOTE 4.4.5). */
const method = { stored: 0, deflated: 8 };

/**
 * What is in a file, unpacked.
 * @param most more is never unpacked, whatever the archive says of its size
 * @throws BrokenZip when it is larger, packed in another way, or not what the archive says it is
 */
export function contentOf(file: ZipFile, most: number): Buffer {
  const name = file.name.toString();
  if (file.size > most) throw broken(`${name} in it has ${String(file.size)} bytes, more than ${String(most)}`);
  const content = unpacked(file, name);
  if (content.length !== file.size || crc32(content) !== file.crc) throw broken(`${name} in it is not what its directory says it is`);
  return content;
}

function unpacked({ compressed, size, method: packed }: ZipFile, name: string): Buffer {
  if (packed === method.stored) return compressed;
  if (packed !== method.deflated) throw broken(`${name} in it is packed in a way that nobody reads here (${String(packed)})`);
  try {
    // Not a byte more than it says: an archive that lies about its sizes is how a small one fills a memory.
    return inflateRawSync(compressed, { maxOutputLength: Math.max(1, size) });
  } catch {
    throw broken(`${name} in it cannot be unpacked to the size that its directory says`);
  }
}

/** What the local header and the directory say alike: made by version 2.0, on the first day that a zip can tell. */
function common({ name, utf8, method, crc, size, compressed }: ZipFile): Buffer {
  const bytes = Buffer.alloc(26);
  bytes.writeUInt16LE(20, 0);
  bytes.writeUInt16LE(utf8 ? flag.utf8 : 0, 2);
  bytes.writeUInt16LE(method, 4);
  bytes.writeUInt16LE((1 << 5) | 1, 8);
  bytes.writeUInt32LE(crc, 10);
  bytes.writeUInt32LE(compressed.length, 14);
  bytes.writeUInt32LE(size, 18);
  bytes.writeUInt16LE(name.length, 22);
  return bytes;
}

/** Lambda reads Unix permissions; an archive from elsewhere has none, and its files would be nobody's to read. */
const permissions = (attributes: number): number => (attributes >>> 16 === 0 ? (0o100644 << 16) >>> 0 : attributes);

/** An archive of these files in this order; equal files make equal bytes. */
export function writeZip(files: readonly ZipFile[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const local = Buffer.alloc(4);
    local.writeUInt32LE(signature.local);
    const content = [local, common(file), file.name, file.compressed];
    const head = Buffer.alloc(6);
    head.writeUInt32LE(signature.entry);
    // Made on Unix.
    head.writeUInt16LE(0x0314, 4);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(permissions(file.attributes), 6);
    tail.writeUInt32LE(offset, 10);
    directory.push(head, common(file), tail, file.name);
    parts.push(...content);
    offset += content.reduce((sum, part) => sum + part.length, 0);
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(length.end);
  end.writeUInt32LE(signature.end);
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, listed, end]);
}
