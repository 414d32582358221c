import { posix } from 'node:path';
import { isZip } from '../equal-zip.ts';
import type { Place } from '../packaging/json.ts';
import { BrokenTemplate, type LocalPath, replaceLocalPaths } from '../packaging/local-paths.ts';
import { writeZip, type ZipFile } from '../zip.ts';
import type { Archive } from './archive.ts';
import { filesOf, longest, refused } from './ready-list.ts';

/** What a reference in S3 could not hold is written as in an address. */
const escaped = (path: string): string => path.replaceAll(/[^\w./-]/gu, (sign) => [...Buffer.from(sign)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''));

/** What is not written like that is the name of nothing. */
function unescaped(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Where a path of a template leads, from the root of the archive; `undefined` where that is outside. */
export function pathFrom(template: string, path: string): string | undefined {
  if (path.startsWith('/') || path.includes('\\')) return undefined;
  const whole = posix.join(posix.dirname(template), path).replace(/\/$/, '');
  return whole === '..' || whole.startsWith('../') ? undefined : whole;
}

const withoutFolder = (folder: string, path: string): string => (folder === '.' ? path : path.slice(folder.length + 1));

/** An upload that is ready, read as if a build had left what it holds at a place in S3. */
export class ReadyUpload {
  readonly #archive: Archive;
  readonly #place: Place;
  readonly #files: ReadonlySet<string>;

  constructor(archive: Archive, place: Place) {
    this.#archive = archive;
    this.#place = place;
    this.#files = new Set(filesOf(archive));
  }

  /** What may be published. */
  get keys(): string[] {
    return [...this.#files].map((path) => `${this.#place.prefix}/published/${path}`);
  }

  /** @throws InvalidInputError naming what is not there, or not as it must be */
  read(key: string): Uint8Array {
    const [as = '', ...parts] = key.slice(this.#place.prefix.length + 1).split('/');
    const path = parts.join('/');
    const content = as === 'published' ? this.#file(path) : this.#referred(as, unescaped(path));
    if (content === undefined) throw refused(this.#archive, `something in it refers to ${path}, but there is no such file in it`, 'Put it in');
    return content;
  }

  #referred(as: string, path: string): Uint8Array | undefined {
    if (as === 'template') return this.#template(path);
    const file = this.#file(path);
    if (file === undefined) return this.#zip(path, this.#below(path));
    return as === 'file' || isZip(file) ? file : this.#zip(posix.dirname(path), [...this.#archive.files].filter(([name]) => name === path));
  }

  #file(path: string): Uint8Array | undefined {
    return this.#files.has(path) ? this.#archive.content(path, longest.file) : undefined;
  }

  #below(folder: string): (readonly [string, ZipFile])[] {
    return [...this.#archive.files].filter(([path]) => folder === '.' || path.startsWith(`${folder}/`));
  }

  #zip(folder: string, entries: readonly (readonly [string, ZipFile])[]): Uint8Array | undefined {
    // They are passed on as they are packed, so what they say of themselves must be true.
    for (const [path] of entries) this.#archive.content(path, longest.file);
    return entries.length === 0 ? undefined : writeZip(entries.map(([path, file]) => ({ ...file, name: Buffer.from(withoutFolder(folder, path)) })));
  }

  #template(path: string): Uint8Array | undefined {
    const text = this.#files.has(path) ? this.#archive.content(path, longest.template)?.toString('utf8') : undefined;
    if (text === undefined) return undefined;
    try {
      return Buffer.from(replaceLocalPaths(text, this.#place, (found) => this.#keyOf(path, found)));
    } catch (error) {
      if (error instanceof BrokenTemplate) throw refused(this.#archive, `${path} is no template, for ${error.message}`, 'Correct it');
      throw error;
    }
  }

  #keyOf(template: string, { path, where, as }: LocalPath): string {
    const says = `${template} refers to ${path} (${where})`;
    const whole = pathFrom(template, path);
    if (whole === undefined) throw refused(this.#archive, `${says}, which leads out of it`, 'Correct the path');
    if (!this.#files.has(whole) && (as === 'template' || this.#below(whole).length === 0)) throw refused(this.#archive, `${says}, but there is no such file in it`, 'Put it in, or correct the path,');
    return `${this.#place.prefix}/${as}/${escaped(whole)}`;
  }
}
