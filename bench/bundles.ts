import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { median } from './print.ts';

const run = promisify(execFile);
const rounds = 5;

/** Size of each bundle, and how long a fresh process takes to load it: what a cold start adds to the start of Node. */
export async function bundles(sizes: readonly { name: string; bytes: number }[]): Promise<{ function: string; KB: number; 'load, ms': number }[]> {
  const rows = [];
  for (const { name, bytes } of [...sizes].sort((a, b) => b.bytes - a.bytes)) {
    const file = pathToFileURL(resolve('dist', name, 'handler.mjs')).href;
    const loads: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const { stdout } = await run(process.execPath, ['--input-type=module', '-e', `const t = performance.now(); await import(${JSON.stringify(file)}); console.log(performance.now() - t);`]);
      loads.push(Number(stdout));
    }
    rows.push({ function: name, KB: Math.round(bytes / 1024), 'load, ms': Math.round(median(loads)) });
  }
  return rows;
}
