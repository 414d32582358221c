import { InvalidInputError } from './errors.ts';
import { reachesOutside } from './archive-path.ts';
import { BrokenZip, readZip, writeZip, type ZipFile } from './zip.ts';

const most = { entries: 50_000, bytes: 512 * 1024 * 1024 };

/** Does it begin like a zip? */
export const isZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);

function filesOf(bytes: Uint8Array): ZipFile[] {
  try {
    return readZip(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (error) {
    if (error instanceof BrokenZip) throw new InvalidInputError(`Sealing the artifact: an archive cannot be read, for ${error.message}. Package the sources again and push.`);
    throw error;
  }
}

/**
 * The same archive whatever tool made it, when and in which order: entries by name, one time, permissions kept,
 * compressed bytes passed through.
 * @throws InvalidInputError for an archive that cannot be read, reaches outside itself or is far larger than Lambda takes
 */
export function equalZip(bytes: Uint8Array): Uint8Array {
  const files = filesOf(bytes).sort((a, b) => a.name.compare(b.name));
  const size = files.reduce((sum, file) => sum + file.size, 0);
  if (files.length > most.entries || size > most.bytes) throw new InvalidInputError(`Sealing the artifact: an archive holds ${String(files.length)} files of ${String(size)} bytes, more than Lambda takes. Make it smaller and push again.`);
  for (const [index, { name }] of files.entries()) {
    if (reachesOutside(name.toString())) throw new InvalidInputError(`Sealing the artifact: an archive holds ${name.toString()}, which reaches outside it. Package the sources again and push.`);
    // Which of two would win depends on who unpacks it.
    if (files[index + 1]?.name.equals(name) === true) throw new InvalidInputError(`Sealing the artifact: an archive holds ${name.toString()} twice. Package the sources again and push.`);
  }
  return writeZip(files);
}
