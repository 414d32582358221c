import { BlobReader, BlobWriter, configure, type FileEntry, ZipReader, ZipWriter } from '@zip.js/zip.js/lib/zip-core-external.js';
import { InvalidInputError } from './errors.ts';

// Lambda and the tests have no browser worker to hand the work to.
configure({ useWebWorkers: false });

/** The first moment that a zip can tell. */
const epoch = new Date(1980, 0, 1);
const most = { entries: 50_000, bytes: 512 * 1024 * 1024 };

/** Does it begin like a zip? */
export const isZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);

/**
 * The same archive whatever tool made it, when and in which order: entries by name, one time, permissions kept,
 * compressed bytes passed through.
 * @throws InvalidInputError for an archive that reaches outside itself or is far larger than Lambda takes
 */
export async function equalZip(bytes: Uint8Array): Promise<Uint8Array> {
  const reader = new ZipReader(new BlobReader(new Blob([new Uint8Array(bytes)])));
  const entries = (await entriesOf(reader)).sort((a, b) => (a.filename < b.filename ? -1 : 1));
  const size = entries.reduce((sum, entry) => sum + entry.uncompressedSize, 0);
  if (entries.length > most.entries || size > most.bytes) throw new InvalidInputError(`Sealing the artifact: an archive holds ${String(entries.length)} files of ${String(size)} bytes, more than Lambda takes. Make it smaller and push again.`);
  const writer = new ZipWriter(new BlobWriter(), { extendedTimestamp: false });
  for (const entry of entries) {
    if (entry.filename.startsWith('/') || entry.filename.split(/[/\\]/).includes('..')) throw new InvalidInputError(`Sealing the artifact: an archive holds ${entry.filename}, which reaches outside it. Package the sources again and push.`);
    const content = await entry.getData(new BlobWriter(), { passThrough: true });
    await writer.add(entry.filename, new BlobReader(content), {
      passThrough: true,
      compressionMethod: entry.compressionMethod,
      uncompressedSize: entry.uncompressedSize,
      ...(entry.crc32 === undefined ? {} : { crc32: entry.crc32 }),
      lastModDate: epoch,
      externalFileAttributes: entry.externalFileAttributes,
      versionMadeBy: 0x0314,
      dataDescriptor: false,
    });
  }
  await reader.close();
  return new Uint8Array(await (await writer.close()).arrayBuffer());
}

/** The files of an archive. What the reader itself refuses (a broken archive, a name that reaches outside) is said as our error. */
async function entriesOf(reader: ZipReader<unknown>): Promise<FileEntry[]> {
  try {
    return (await reader.getEntries()).filter((entry): entry is FileEntry => !entry.directory);
  } catch (error) {
    throw new InvalidInputError(`Sealing the artifact: an archive cannot be read: ${error instanceof Error ? error.message : String(error)}. Package the sources again and push.`, { cause: error });
  }
}
