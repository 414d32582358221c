import type { Packed } from '../contracts/packed.ts';
import type { Configuration } from '../contracts/release.ts';
import type { Listing } from '../contracts/steps.ts';
import { canonical } from './digest.ts';
import { InvalidInputError } from './errors.ts';

/** So many files of all folders are sealed in the time that one function has, and published file by file. */
export const mostFiles = 2000;
/** A file is read whole. */
export const mostBytes = 50 * 1024 * 1024;

/** Folders that steps publish in any environment of a release. A build is told of them; of what is ready they are looked up. */
export const publishedFolders = (configuration: Pick<Configuration, 'environments'> | undefined): string[] => [
  ...new Set((configuration?.environments ?? []).flatMap(({ targets }) => targets.flatMap(({ steps = [] }) => steps.flatMap((step) => (step.kind === 'publish' ? [step.folder] : []))))),
];

/** Folders in which commands test any environment of a release. */
export const testedFolders = (configuration: Pick<Configuration, 'environments'> | undefined): string[] => [
  ...new Set((configuration?.environments ?? []).flatMap(({ targets }) => targets.flatMap(({ commands = [] }) => commands.map(({ folder }) => folder)))),
];

/** Where a file of a folder lies, and what it is called there. */
export interface FolderFile {
  readonly path: string;
  readonly key: string;
}

/** No name leaves its folder, on any system that it is unpacked on; none is empty or holds what a listing would hide. */
const isOdd = (path: string): boolean => path.length > 512 || /[\\\p{Cc}]/u.test(path) || path.split('/').some((part) => part === '' || part === '.' || part === '..');

/**
 * The files of each folder that a build left.
 * @param keys all that it left
 * @param prefix where it left it
 * @throws InvalidInputError naming the folder that is empty, too large, or has a file whose name cannot be taken
 */
export function foldersOf({ folders = [] }: Pick<Packed, 'folders'>, keys: readonly string[], prefix: string): { readonly folder: string; readonly files: FolderFile[] }[] {
  const found = folders.map(({ folder, prefix: at }) => {
    const begins = `${prefix}${at}/`;
    const files = keys.filter((key) => key.startsWith(begins)).map((key) => ({ key, path: key.slice(begins.length) }));
    const odd = files.find(({ path }) => isOdd(path));
    if (odd !== undefined) throw new InvalidInputError(`Sealing the folder ${folder}: the name ${JSON.stringify(odd.path)} of a file in it cannot be taken. Rename it and push again.`);
    if (files.length === 0) throw new InvalidInputError(`Sealing the folder ${folder}: there is no file in it. Correct the name in drawbridge.yaml, or build it, and push again.`);
    return { folder, files: files.sort((a, b) => (a.path < b.path ? -1 : 1)) };
  });
  const total = found.reduce((sum, { files }) => sum + files.length, 0);
  if (total > mostFiles) throw new InvalidInputError(`Sealing ${found.map(({ folder }) => folder).join(', ')}: there are ${String(total)} files, of which ${String(mostFiles)} can be published. Leave some out and push again.`);
  return found;
}

/** A listing as it is sealed; its SHA-256 is the folder's digest. */
export const listing = (files: Listing['files']): string => canonical({ version: 1, files } satisfies Listing);
