import { globSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readTemplate } from './read-template.ts';

export const root = resolve(import.meta.dirname, '../..');
const inRoot = (...path: string[]) => resolve(root, ...path);

export const controlPlane = readTemplate(inRoot('template.yaml'));
export const targetAccount = readTemplate(inRoot('infra/target-account.yaml'));
export const targetRegion = readTemplate(inRoot('infra/target-region.yaml'));
export const artifactRegion = readTemplate(inRoot('infra/artifact-region.yaml'));
export const applicationStack = readTemplate(inRoot('infra/application.yaml'));

/** Folders under functions/: their names. */
export const functionFolders = readdirSync(inRoot('functions')).sort();
export const handlerOf = (folder: string) => inRoot('functions', folder, 'handler.ts');

/** `open-change-set` is called OpenChangeSet in the template and in the machines. */
export const logicalId = (folder: string) => folder.replaceAll(/(^|-)([a-z])/g, (_found, _dash, letter: string) => letter.toUpperCase());

const written = ['contracts', 'domain', 'aws', 'notifiers', 'runtime', 'functions', 'builder', 'cli', 'local', 'test', 'bench'];

export interface Source {
  readonly path: string;
  readonly text: string;
  readonly lines: number;
}

function read(path: string): Source {
  const text = readFileSync(inRoot(path), 'utf8');
  return { path, text, lines: text.split('\n').length - 1 };
}

/** Every TypeScript file that a person wrote, by its path in the repository. */
export const sources: readonly Source[] = written
  .flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: root }))
  .filter((path) => !path.startsWith('test/fixtures/'))
  .sort()
  .map(read);

const made = ['node_modules', '.drawbridge', 'dist', '.aws-sam', '.git'];

/** Every text in the repository, whatever its kind. */
export const texts: readonly Source[] = globSync(['**/*.{ts,mts,mjs,cjs,py,sh,yaml,yml,json,toml,txt,in,md}', '.ci/*', '.dependency-cruiser.cjs'], {
  cwd: root,
  exclude: (path) => made.some((folder) => path === folder || path.endsWith(`/${folder}`)),
})
  .sort()
  .map(read);
