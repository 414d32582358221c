import { inFolder } from '../domain/configuration/in-folder.ts';
import { readFile } from './codecommit.ts';

const templates = ['template.yaml', 'template.yml'];

export interface RepositoryFiles {
  readonly drawbridge: string | undefined;
  readonly samconfig: string | undefined;
  /** A template beside them, looked for only where the other two are missing. */
  readonly template: { readonly path: string; readonly text: string } | undefined;
}

/** The files in which a repository may say what it asks for, at the released commit. */
export async function readRepositoryFiles(repository: string, commit: string, folder?: string): Promise<RepositoryFiles> {
  const read = (path: string) => readFile(repository, commit, inFolder(folder, path));
  const drawbridge = (await read('drawbridge.yaml')) ?? (await read('drawbridge.yml'));
  if (drawbridge !== undefined) return { drawbridge, samconfig: undefined, template: undefined };
  const samconfig = await read('samconfig.toml');
  for (const path of templates) {
    const text = await read(path);
    if (text !== undefined) return { drawbridge, samconfig, template: { path, text } };
  }
  return { drawbridge, samconfig, template: undefined };
}
