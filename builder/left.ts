import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../domain/digest.ts';

/** A file that a build leaves. */
export interface Left {
  readonly path: string;
  /** Where it is uploaded, below the build's own prefix. */
  readonly key: string;
  readonly sha256: string;
}

const left = (folder: string, file: string, prefix: string): Left => {
  const path = join(folder, file);
  return { path, key: `${prefix}/${file}`, sha256: sha256(readFileSync(path)) };
};

/** Everything that lies in a folder of ours. */
export const leftIn = (folder: string, prefix: string): Left[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => statSync(join(folder, file)).isFile())
    .map((file) => left(folder, file, prefix));

/** The files of a folder of the application. No links: what they lead to may lie outside. */
export const leftWithoutLinks = (folder: string, prefix: string): Left[] => filesIn(folder).map((file) => left(folder, file, prefix));

const filesIn = (folder: string, below = ''): string[] =>
  readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const name = `${below}${entry.name}`;
    return entry.isDirectory() ? filesIn(folder, `${name}/`) : entry.isFile() ? [name] : [];
  });
