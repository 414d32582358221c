import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Packed } from '../contracts/packed.ts';
import { sha256 } from '../domain/digest.ts';
import { InvalidInputError } from '../domain/errors.ts';
import type { Workshop } from './workshop.ts';

/** A folder that steps publish, as it is after the build. */
interface Folder {
  readonly from: string;
  readonly listed: NonNullable<Packed['folders']>[number];
  /** SHA-256 of its files, by where they are uploaded. */
  readonly files: Readonly<Record<string, string>>;
}

/** No links: what they lead to may lie outside. */
const filesIn = (folder: string, below = ''): string[] =>
  readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const name = `${below}${entry.name}`;
    return entry.isDirectory() ? filesIn(folder, `${name}/`) : entry.isFile() ? [name] : [];
  });

/** @throws InvalidInputError naming the folder that is not there */
export function readFolders({ request, root }: Pick<Workshop, 'request' | 'root'>): Folder[] {
  return (request.steps.folders ?? []).map((folder, index) => {
    const from = join(root, folder);
    if (!existsSync(from) || !statSync(from).isDirectory()) throw new InvalidInputError(`Publishing: the folder ${folder}, which a step publishes, is not there after the build.`);
    const prefix = `folders/${String(index)}`;
    return { from, listed: { folder, prefix }, files: Object.fromEntries(filesIn(from).map((file) => [`${prefix}/${file}`, sha256(readFileSync(join(from, file)))])) };
  });
}
