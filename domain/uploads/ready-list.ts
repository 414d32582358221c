import { type Packed, ReadyList } from '../../contracts/packed.ts';
import { InvalidInputError } from '../errors.ts';
import type { ZipFile } from '../zip.ts';
import type { Archive } from './archive.ts';

/** Lambda takes no package that is larger, and CloudFormation no template (their quotas). */
export const longest = { file: 250 * 1024 * 1024, template: 1024 * 1024 };

const list = 'release.json';
const templates = ['template.yaml', 'template.yml', 'template.json'];

/** The type of a file made on Unix is in its attributes, and 0120000 is a link (APPNOTE 4.4.15; inode(7)). */
const isLink = ({ attributes }: ZipFile): boolean => ((attributes >>> 16) & 0o170000) === 0o120000;

/** Paths of an archive's files; links are none, for what they lead to may lie outside. */
export const filesOf = ({ files }: Archive): string[] => [...files].filter(([, file]) => !isLink(file)).map(([path]) => path);

export const refused = ({ name }: Archive, why: string, todo: string): InvalidInputError => new InvalidInputError(`Sealing ${name}: ${why}. ${todo} and upload it again.`);

/**
 * What an upload that is ready says of itself, in the words of a build.
 * @param folders that steps publish
 * @param testFolders in which commands test
 * @throws InvalidInputError where it says nothing of what is to be deployed, or not clearly
 */
export function readyList(archive: Archive, folders: readonly string[], testFolders: readonly string[] = []): Packed {
  const files = filesOf(archive);
  const said = files.includes(list) ? parsed(archive) : { version: 1 as const, templates: [{ file: onlyTemplate(archive, files) }] };
  const { revision } = said;
  const missing = [...said.templates, ...(revision === undefined ? [] : [revision])].find(({ file }) => !files.includes(file));
  if (missing !== undefined) throw refused(archive, `its ${list} names ${missing.file}, but there is no such file in it`, 'Put it in, or correct the name,');
  return {
    ...said,
    templates: said.templates.map((it) => ({ ...it, file: `template/${it.file}` })),
    ...(revision === undefined ? {} : { revision: { file: `file/${revision.file}` } }),
    folders: folders.map((folder) => ({ folder, prefix: `published/${folder}` })),
    // Read like any folder that a template refers to: as one zip.
    ...(testFolders.length === 0 ? {} : { testFolders: testFolders.map((folder) => ({ folder, file: `file/${folder}` })) }),
  };
}

function onlyTemplate(archive: Archive, files: readonly string[]): string {
  const [only, ...others] = templates.filter((name) => files.includes(name));
  if (only === undefined) throw refused(archive, `there is neither ${list} nor ${templates.join(' nor ')} at its root`, 'Put one of them there');
  if (others.length > 0) throw refused(archive, `there are ${[only, ...others].join(' and ')} at its root, and nobody can tell which is meant`, `Leave one of them, or name what is deployed in ${list},`);
  return only;
}

function parsed(archive: Archive): ReadyList {
  let content: unknown;
  try {
    content = JSON.parse(archive.content(list, longest.template)?.toString('utf8') ?? '');
  } catch (error) {
    throw error instanceof InvalidInputError ? error : refused(archive, `its ${list} is not JSON`, 'Correct it');
  }
  const answer = ReadyList.safeParse(content);
  if (answer.success) return answer.data;
  const said = answer.error.issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`));
  throw refused(archive, `its ${list} is not what docs/sources.md says: ${said.join('; ')}`, 'Correct it');
}
