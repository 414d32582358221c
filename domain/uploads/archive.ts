import { reachesOutside } from '../archive-path.ts';
import { InvalidInputError } from '../errors.ts';
import { BrokenZip, contentOf, readZip, type ZipFile } from '../zip.ts';

/** Held in memory as a whole. A file in which a source says what it asks for is as long as CodeCommit hands one out. */
export const most = { archive: 100 * 1024 * 1024, entries: 50_000, unpacked: 1024 * 1024 * 1024, file: 6 * 1024 * 1024 };

/** An archive that was looked at. */
export interface Archive {
  /** How it is called in a sentence. */
  readonly name: string;
  /** Its files by their paths, packed as they lie in it. */
  readonly files: ReadonlyMap<string, ZipFile>;
  /**
   * @param longest more is not unpacked
   * @returns what is in a file, or `undefined` when the archive has none of that name
   */
  content(path: string, longest: number): Buffer | undefined;
  /** The text of a file that says what a source asks for. */
  read(path: string): string | undefined;
}

/**
 * Looks at an archive that somebody uploaded before anything is made of it.
 * @param name how the archive is called in a sentence
 * @throws InvalidInputError for what is no archive, reaches outside itself, says one thing twice, or is far too large
 */
export function openArchive(bytes: Uint8Array, name: string): Archive {
  const refuse = (why: string) => new InvalidInputError(`Reading ${name}: ${why}. Upload another archive.`);
  const tried = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (error instanceof BrokenZip) throw refuse(`it is no zip archive that can be read, for ${error.message}`);
      throw error;
    }
  };
  const files = tried(() => readZip(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)));
  const wrong = problemOf(files);
  if (wrong !== undefined) throw refuse(wrong);
  const byPath = new Map(files.map((file) => [pathOf(file), file]));
  const content: Archive['content'] = (path, longest) => {
    const file = byPath.get(path);
    return file === undefined ? undefined : tried(() => contentOf(file, longest));
  };
  return { name, files: byPath, content, read: (path) => content(path, most.file)?.toString('utf8') };
}

const pathOf = ({ name }: ZipFile): string => name.toString().replace(/^(\.\/+)+/, '');

function problemOf(files: readonly ZipFile[]): string | undefined {
  const size = files.reduce((sum, file) => sum + file.size, 0);
  if (files.length > most.entries) return `it holds ${String(files.length)} files, more than ${String(most.entries)}`;
  if (size > most.unpacked) return `it unpacks to ${String(size)} bytes, more than ${String(most.unpacked)}`;
  const outside = files.find(({ name }) => reachesOutside(name.toString()));
  if (outside !== undefined) return `it holds ${JSON.stringify(outside.name.toString())}, which reaches outside it`;
  const paths = new Set<string>();
  for (const path of files.map(pathOf)) {
    // Which of two would win depends on who unpacks it, and what is judged here must be what is built.
    if (paths.has(path)) return `it holds ${path} twice`;
    paths.add(path);
  }
  // A link that is unpacked first would lead what comes below it outside.
  const both = [...paths].find((path) => path.split('/').some((_, end, parts) => end > 0 && paths.has(parts.slice(0, end).join('/'))));
  return both === undefined ? undefined : `it holds ${both} and, as a file, a folder of that path`;
}
