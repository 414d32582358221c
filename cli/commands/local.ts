import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { ConfigurationError } from '../../domain/errors.ts';
import { localFolder } from '../connect.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Output } from '../output.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Starts the local cloud as `npm start` does, with the same options. */
export async function up(args: readonly string[]): Promise<ExitCode> {
  const child = spawn(process.execPath, [`${root}local/setup.mjs`, '--', 'node', `${root}local/start.ts`, ...args], { stdio: 'inherit' });
  const code = await new Promise<number | null>((closed) => child.on('close', closed));
  return code === 0 ? exitCodes.ok : exitCodes.fault;
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Ends the local cloud that another terminal started. */
export async function down(output: Output): Promise<ExitCode> {
  const text = await readFile(`${localFolder}cloud.json`, 'utf8').catch(() => undefined);
  const pid = text === undefined ? undefined : z.object({ pid: z.int() }).parse(JSON.parse(text)).pid;
  if (pid === undefined || !alive(pid)) {
    output.line('The local cloud does not run.');
    return exitCodes.ok;
  }
  process.kill(pid, 'SIGTERM');
  for (let tries = 0; alive(pid); tries += 1) {
    if (tries > 100) throw new ConfigurationError(`Stopping the local cloud: process ${String(pid)} does not end. Kill it.`);
    await sleep(100);
  }
  output.line('The local cloud is down.');
  return exitCodes.ok;
}

/** Ends it and forgets everything that it kept. */
export async function reset(output: Output): Promise<ExitCode> {
  await down(output);
  await Promise.all([localFolder, `${root}.drawbridge/work`].map((folder) => rm(folder, { recursive: true, force: true })));
  output.line('Its state is gone.');
  return exitCodes.ok;
}
