import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zipFolder } from '../builder/folder-zip.ts';
import { build, functionNames } from '../esbuild.config.mjs';

const dist = fileURLToPath(new URL('../dist', import.meta.url));
const zipOf = (folder: string): string => `${folder.replace(/\/$/, '')}.zip`;

/** Local clouds that come up side by side bundle and pack once for all of them: none may take away what another reads. */
export async function bundleForAll(): Promise<void> {
  await build();
  for (const name of functionNames()) await writeFile(zipOf(join(dist, name)), zipFolder(join(dist, name)));
  process.env['DRAWBRIDGE_BUNDLES'] = 'built';
}

const isBuilt = (): boolean => process.env['DRAWBRIDGE_BUNDLES'] === 'built';

export async function bundle(): Promise<void> {
  if (!isBuilt()) await build();
}

/** What Lambda is given of a function. */
export async function bundleZip(folder: string): Promise<Uint8Array> {
  return isBuilt() ? await readFile(zipOf(folder)) : zipFolder(folder);
}
