import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { lastWords } from '../domain/build-log.ts';
import { InvalidInputError } from '../domain/errors.ts';

export interface Options {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

export interface Ended {
  readonly code: number;
  /** What it said last that tells why it failed. */
  readonly words: string | undefined;
}

/** Enough for the last words of the most talkative tool. */
const kept = 64 * 1024;

/** Runs a command to its end; what it says goes to the build's log as it comes. */
export function run(command: string, args: readonly string[], { cwd, env = process.env }: Options = {}): Promise<Ended> {
  return new Promise((done) => {
    let said = '';
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const keep = (chunk: Buffer) => {
      said = `${said}${chunk.toString('utf8')}`.slice(-kept);
    };
    child.stdout.on('data', (chunk: Buffer) => {
      process.stdout.write(chunk);
      keep(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      process.stderr.write(chunk);
      keep(chunk);
    });
    child.on('error', ({ message }) => {
      done({ code: 127, words: message });
    });
    child.on('close', (code) => {
      done({ code: code ?? 1, words: lastWords(said.split('\n')) });
    });
  });
}

/** @throws InvalidInputError with what was being done and the last words of the command */
export async function must(doing: string, command: string, args: readonly string[], options?: Options): Promise<void> {
  const { code, words } = await run(command, args, options);
  if (code !== 0) throw new InvalidInputError(`${doing}: ${command.split('/').at(-1) ?? command} ended with ${String(code)}${words === undefined ? '' : `: ${words}`}`);
}

/** Where a command is, or `undefined`. */
export function which(name: string, path = process.env['PATH'] ?? ''): string | undefined {
  return path
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
