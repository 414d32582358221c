import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { StartedAnswer } from '../../contracts/commands.ts';
import { parseApplicationFile } from '../../domain/configuration/application-file.ts';
import { InvalidInputError } from '../../domain/errors.ts';
import { planBranchPrefix } from '../../domain/release-id.ts';
import type { ControlPlane } from '../connect.ts';
import { type ExitCode, outcomeCode } from '../exit-codes.ts';
import { follow } from '../follow.ts';
import type { Output } from '../output.ts';
import { applicationRemote } from '../remote.ts';
import { targets } from './show.ts';

const run = promisify(execFile);

async function git(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  try {
    const { stdout } = await run('git', [...args], { env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 });
    return stdout.trim();
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new InvalidInputError(`Planning the working tree: git ${args[0] ?? ''}: ${said}`, { cause: error });
  }
}

/** A commit of the working tree as it is. The user's index, branch and HEAD stay as they are. */
export async function commitWorkingTree(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-plan-'));
  try {
    const index = { GIT_INDEX_FILE: join(folder, 'index') };
    await git(['read-tree', 'HEAD'], index);
    await git(['add', '--all'], index);
    const tree = await git(['write-tree'], index);
    return await git(['commit-tree', tree, '-p', 'HEAD', '-m', 'Working tree, to be planned'], index);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function applicationOf(remote: string): Promise<string> {
  const file = await readFile('drawbridge.yaml', 'utf8').catch(() => undefined);
  const parsed = file === undefined ? undefined : parseApplicationFile(file);
  if (parsed?.ok === true && parsed.value.application !== undefined) return parsed.value.application;
  return basename(await git(['remote', 'get-url', remote])).replace(/\.git$/, '');
}

async function remotes(): Promise<{ name: string; url: string }[]> {
  const names = (await git(['remote'])).split('\n').filter((name) => name !== '');
  return await Promise.all(names.map(async (name) => ({ name, url: await git(['remote', 'get-url', name]) })));
}

/** What would this working tree change in each environment? Nothing is executed. */
export async function plan(controlPlane: ControlPlane, output: Output, options: { application?: string | undefined; remote?: string | undefined }): Promise<ExitCode> {
  const remote = options.remote ?? applicationRemote(await remotes());
  const application = options.application ?? (await applicationOf(remote));
  const commit = await commitWorkingTree();
  const branch = `${planBranchPrefix}${commit.slice(0, 12)}`;
  await git(['push', '--quiet', '--force', remote, `${commit}:refs/heads/${branch}`]);
  try {
    const { release } = await controlPlane.ask(StartedAnswer, 'POST', '/plans', { application, branch, commit });
    output.line(`${application}: planning the working tree as ${release}`);
    const shown = await follow(controlPlane, output, release);
    output.line();
    targets(output, shown);
    if (shown.release.reason !== undefined) output.line(`  ${shown.release.reason}`);
    output.answer(shown);
    return outcomeCode(shown.release.outcome);
  } finally {
    await git(['push', '--quiet', remote, '--delete', `refs/heads/${branch}`]).catch(() => undefined);
  }
}
