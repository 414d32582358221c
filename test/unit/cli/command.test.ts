import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DoorError } from '../../../aws/door-client.ts';
import { exitCodeOf, outcomeCode } from '../../../cli/exit-codes.ts';
import { ago } from '../../../cli/output.ts';
import { ConfigurationError, InvalidInputError, NotFoundError } from '../../../domain/errors.ts';

const run = promisify(execFile);
const bin = fileURLToPath(new URL('../../../cli/drawbridge.mjs', import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drawbridge-cli-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command as a user runs it, in a folder of its own and without an account. */
async function drawbridge(...args: string[]): Promise<Ended> {
  const env = { PATH: process.env['PATH'], HOME: folder, NO_COLOR: '1' };
  try {
    const { stdout, stderr } = await run(process.execPath, [bin, ...args], { cwd: folder, env });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

it('a file that is not valid is said with its line, and exits with 2', async () => {
  await writeFile(join(folder, 'drawbridge.yaml'), 'version: 1\nbuild: { kind: make }\n');
  const { code, stdout } = await drawbridge('validate');
  expect(code).toBe(2);
  expect(stdout).toMatch(/^drawbridge\.yaml:2: build\.kind: .*sam.*cloudformation/m);
});

it('a valid file is said to be so, to a program as JSON', async () => {
  await writeFile(join(folder, 'drawbridge.yaml'), 'version: 1\nbuild: { kind: sam }\n');
  const { code, stdout } = await drawbridge('--json', 'validate');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual([{ file: 'drawbridge.yaml', valid: true, problems: [] }]);
});

it.each([
  ['a file that is not there', ['validate', 'gone.yaml'], 2, /gone\.yaml: there is no such file/],
  ['nothing to validate', ['validate'], 2, /Name a file/],
  ['a command that does not exist', ['deploy'], 2, /unknown command/],
  ['a file to register that is not there', ['register', 'gone.yaml'], 2, /there is no such file/],
] as const)('%s is one sentence', async (_, args, code, says) => {
  const ended = await drawbridge(...args);
  expect(ended.code).toBe(code);
  expect(ended.stderr).toMatch(says);
  expect(ended.stderr).not.toMatch(/\n\s+at /);
});

it('planning leaves the user’s index, branch and commits as they are', async () => {
  const git = async (...args: string[]) => (await run('git', ['-c', 'user.name=Kim', '-c', 'user.email=kim@example.com', '-C', folder, ...args])).stdout.trim();
  await git('init', '--quiet', '--initial-branch', 'main');
  await git('config', 'user.name', 'Kim');
  await git('config', 'user.email', 'kim@example.com');
  await writeFile(join(folder, 'a'), 'one');
  await git('add', '--all');
  await git('commit', '--quiet', '--message', 'One');
  const head = await git('rev-parse', 'HEAD');
  await writeFile(join(folder, 'a'), 'two');
  await writeFile(join(folder, 'new'), 'file');
  const before = await git('status', '--porcelain');
  const module = JSON.stringify(fileURLToPath(new URL('../../../cli/commands/plan.ts', import.meta.url)));
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', `const { commitWorkingTree } = await import(${module}); console.log(await commitWorkingTree());`], { cwd: folder });
  expect(await git('show', `${stdout.trim()}:a`)).toBe('two');
  expect(await git('show', `${stdout.trim()}:new`)).toBe('file');
  expect(await git('status', '--porcelain')).toBe(before);
  expect(await git('rev-parse', 'HEAD')).toBe(head);
});

it('an exit code says what kind of trouble it was', () => {
  expect([new InvalidInputError('x'), new NotFoundError('x'), new ConfigurationError('x'), new Error('x')].map(exitCodeOf)).toEqual([2, 4, 5, 6]);
  expect(exitCodeOf(new DoorError(403, 'AccessDeniedError', 'x'))).toBe(3);
  expect(exitCodeOf(new DoorError(403, 'Refused', 'x'))).toBe(3);
  expect(exitCodeOf(new DoorError(500, 'Fault', 'x'))).toBe(6);
  expect(exitCodeOf(Object.assign(new Error('x'), { code: 'ECONNREFUSED' }))).toBe(5);
  expect(['deployed', 'no-changes', 'planned', 'failed', 'rejected'].map(outcomeCode)).toEqual([0, 0, 0, 1, 1]);
});

it('says how long ago something was', () => {
  const now = Date.parse('2026-11-21T10:00:00Z');
  expect(['2026-11-21T09:59:30Z', '2026-11-21T09:30:00Z', '2026-11-21T04:00:00Z', '2026-11-11T10:00:00Z'].map((at) => ago(at, now))).toEqual(['30 s ago', '30 min ago', '6 h ago', '10 days ago']);
});
