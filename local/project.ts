import { execFile } from 'node:child_process';
import { cp, mkdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Files that a tool can make again are not worth copying. */
const derived = new Set(['.git', 'node_modules', '.aws-sam', '.drawbridge', '__pycache__', '.venv']);

export interface Project {
  readonly folder: string;
  /** The commit at the head of the branch that is pushed. */
  readonly head: string;
}

async function git(folder: string, ...args: string[]): Promise<string> {
  const { stdout } = await run('git', ['-c', 'init.defaultBranch=main', '-C', folder, ...args], { maxBuffer: 64 * 1024 * 1024 });
  return stdout.trim();
}

const exists = async (path: string) => await stat(path).then(() => true, () => false);

/**
 * A git repository to push from: the folder itself where it is the root of one, otherwise a copy,
 * so that nobody finds a new `.git` in a folder of theirs.
 * @param workFolder where copies live
 */
export async function openProject(path: string, workFolder: string): Promise<Project> {
  const source = resolve(path);
  if (!(await exists(source))) throw new Error(`Opening the application in ${source}: there is no such folder.`);
  if (await exists(join(source, '.git'))) return { folder: source, head: await git(source, 'rev-parse', 'HEAD') };
  const folder = join(workFolder, basename(source));
  await mkdir(folder, { recursive: true });
  await cp(source, folder, { recursive: true, force: true, filter: (from) => from === source || !derived.has(basename(from)) });
  if (!(await exists(join(folder, '.git')))) {
    await git(folder, 'init', '--quiet');
    // The copy is the sample's: kim writes its code, and therefore cannot approve it.
    for (const [key, value] of [['user.name', 'Kim'], ['user.email', 'kim@example.com']] as const) await git(folder, 'config', key, value);
  }
  await git(folder, 'add', '--all');
  const changed = (await git(folder, 'status', '--porcelain')) !== '';
  const empty = await git(folder, 'rev-parse', '--verify', '--quiet', 'HEAD').then(() => false, () => true);
  if (changed || empty) await git(folder, 'commit', '--quiet', '--allow-empty', '--message', `Release ${basename(source)}`);
  return { folder, head: await git(folder, 'rev-parse', 'HEAD') };
}

/** Pushes the head to `main` of the local CodeCommit repository, and leaves the remote behind under the name `drawbridge`. */
export async function push({ folder }: Project, remote: string): Promise<void> {
  const known = await git(folder, 'remote').then((names) => names.split('\n').includes('drawbridge'));
  await git(folder, 'remote', known ? 'set-url' : 'add', 'drawbridge', remote);
  await git(folder, 'push', '--quiet', '--force', 'drawbridge', 'HEAD:refs/heads/main');
}
