import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Packed } from '../contracts/packed.ts';
import { InvalidInputError } from '../domain/errors.ts';
import { type Left, leftWithoutLinks } from './left.ts';
import type { Workshop } from './workshop.ts';

/** A folder that steps publish, as it is after the build. */
interface Folder {
  readonly listed: NonNullable<Packed['folders']>[number];
  readonly files: readonly Left[];
}

/** @throws InvalidInputError naming the folder that is not there */
export function readFolders({ request, root }: Pick<Workshop, 'request' | 'root'>): Folder[] {
  return (request.steps.folders ?? []).map((folder, index) => {
    const from = join(root, folder);
    if (!existsSync(from) || !statSync(from).isDirectory()) throw new InvalidInputError(`Publishing: the folder ${folder}, which a step publishes, is not there after the build.`);
    const prefix = `folders/${String(index)}`;
    return { listed: { folder, prefix }, files: leftWithoutLinks(from, prefix) };
  });
}
