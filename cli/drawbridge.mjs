#!/usr/bin/env node
// The `drawbridge` command. It needs a newer Node than some machines have, and the project brings it along.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const own = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url));
const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const newEnough = Number(process.versions.node.split('.')[0]) >= 24;

if (!newEnough && !existsSync(own)) {
  process.stderr.write('drawbridge: the project is not set up yet. Run "npm start" or "npm ci" in its folder first.\n');
  process.exit(6);
}
const child = spawn(newEnough ? process.execPath : own, ['--disable-warning=ExperimentalWarning', main, ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('close', (code, signal) => {
  process.exitCode = signal === null ? (code ?? 1) : 1;
});
