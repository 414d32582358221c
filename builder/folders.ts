import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Packed } from '../contracts/packed.ts';
import { InvalidInputError } from '../domain/errors.ts';
import { zipFolder } from './folder-zip.ts';
import { type Left, leftWithoutLinks } from './left.ts';
import type { Workshop } from './workshop.ts';

/** A folder that steps publish, as it is after the build. */
interface Folder {
  readonly listed: NonNullable<Packed['folders']>[number];
  readonly files: readonly Left[];
}

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

/** @throws InvalidInputError naming the folder that is not there */
export function readFolders({ request, root }: Pick<Workshop, 'request' | 'root'>): Folder[] {
  return (request.steps.folders ?? []).map((folder, index) => {
    const from = join(root, folder);
    if (!isFolder(from)) throw new InvalidInputError(`Publishing: the folder ${folder}, which a step publishes, is not there after the build.`);
    const prefix = `folders/${String(index)}`;
    return { listed: { folder, prefix }, files: leftWithoutLinks(from, prefix) };
  });
}

/**
 * Folders in which commands test what is deployed, one zip each.
 * @throws InvalidInputError naming the folder that is not there
 */
export function packTestFolders({ request, root, out }: Pick<Workshop, 'request' | 'root' | 'out'>): NonNullable<Packed['testFolders']> {
  return (request.steps.testFolders ?? []).map((folder, index) => {
    const from = join(root, folder);
    if (!isFolder(from)) throw new InvalidInputError(`Packaging: the folder ${folder}, in which a test is run, is not there after the build.`);
    const file = `tests/${String(index)}.zip`;
    mkdirSync(join(out, 'tests'), { recursive: true });
    writeFileSync(join(out, file), zipFolder(from, { links: false }));
    return { folder, file };
  });
}
