import { readFile } from './codecommit.ts';

const templates = ['template.yaml', 'template.yml'];

export interface RepositoryFiles {
  readonly drawbridge: string | undefined;
  readonly samconfig: string | undefined;
  /** A template at the root, looked for only where the other two are missing. */
  readonly template: { readonly path: string; readonly text: string } | undefined;
}

/** The files in which a repository may say what it asks for, at the released commit. */
export async function readRepositoryFiles(repository: string, commit: string): Promise<RepositoryFiles> {
  const drawbridge = (await readFile(repository, commit, 'drawbridge.yaml')) ?? (await readFile(repository, commit, 'drawbridge.yml'));
  if (drawbridge !== undefined) return { drawbridge, samconfig: undefined, template: undefined };
  const samconfig = await readFile(repository, commit, 'samconfig.toml');
  for (const path of templates) {
    const text = await readFile(repository, commit, path);
    if (text !== undefined) return { drawbridge, samconfig, template: { path, text } };
  }
  return { drawbridge, samconfig, template: undefined };
}
