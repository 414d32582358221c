import type { Source } from '../contracts/release.ts';
import { inFolder } from '../domain/configuration/in-folder.ts';
import { objectName } from '../domain/source.ts';
import { most, openArchive } from '../domain/uploads/archive.ts';
import { readFile } from './codecommit.ts';
import { readVersion } from './uploads.ts';

const templates = ['template.yaml', 'template.yml'];

export interface SourceFiles {
  readonly drawbridge: string | undefined;
  readonly samconfig: string | undefined;
  /** A template beside them, looked for only where the other two are missing. */
  readonly template: { readonly path: string; readonly text: string } | undefined;
}

type Read = (path: string) => Promise<string | undefined>;

async function reader(source: Source, commit: string): Promise<Read> {
  if (source.kind === 'codecommit') return (path) => readFile(source.repository, commit, path);
  const archive = openArchive(await readVersion(source, most.archive), objectName(source));
  return (path) => Promise.resolve(archive.read(path));
}

/** The files in which a source may say what it asks for, as they were released. */
export async function readSourceFiles(source: Source, commit: string, folder?: string): Promise<SourceFiles> {
  const from = await reader(source, commit);
  const read: Read = (path) => from(inFolder(folder, path));
  const drawbridge = (await read('drawbridge.yaml')) ?? (await read('drawbridge.yml'));
  if (drawbridge !== undefined) return { drawbridge, samconfig: undefined, template: undefined };
  const samconfig = await read('samconfig.toml');
  for (const path of templates) {
    const text = await read(path);
    if (text !== undefined) return { drawbridge, samconfig, template: { path, text } };
  }
  return { drawbridge, samconfig, template: undefined };
}
