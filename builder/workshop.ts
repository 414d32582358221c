import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { BuildRequest } from '../contracts/build.ts';
import type { Packed, PackedTemplate } from '../contracts/packed.ts';
import type { Place } from '../domain/packaging/json.ts';
import { must, which } from './commands.ts';

/** What a kind of build has to work with. */
export interface Workshop {
  readonly request: BuildRequest;
  /** The repository's root, where every path of the request begins. */
  readonly root: string;
  /** The application's folder. */
  readonly folder: string;
  /** Of ours, and empty at first. */
  readonly scratch: string;
  /** What is put here is uploaded to the place. */
  readonly out: string;
  readonly place: Place;
  /** Of the key that seals what is uploaded. */
  readonly keyArn: string;
}

/** What a kind of build leaves. */
export interface Made {
  /** Files are named from `out`. */
  readonly templates: readonly PackedTemplate[];
  readonly revision?: Packed['revision'];
  readonly exports?: Readonly<Record<string, string>>;
}

/** What tools are run with: those of the application come first. */
export function environment({ root, folder }: Pick<Workshop, 'root' | 'folder'>, more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const path = [...new Set([join(folder, 'node_modules', '.bin'), join(root, 'node_modules', '.bin')]), process.env['PATH'] ?? ''].join(delimiter);
  return { ...process.env, PATH: path, ...more };
}

/** What the application asks npm for, exactly as its lock says. */
export async function installPackages({ folder }: Pick<Workshop, 'folder'>): Promise<void> {
  if (existsSync(join(folder, 'package-lock.json'))) await must('Installing packages', 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder });
}

/** A tool that the application brings along, or the image has, or else the version that Drawbridge was tested with. */
export async function tool(shop: Workshop, name: string, version: string): Promise<string> {
  const found = () => which(name, environment(shop)['PATH']);
  const there = found();
  if (there !== undefined) return there;
  await must(`Installing ${name}`, 'npm', ['install', '--global', '--silent', `${name}@${version}`]);
  return found() ?? name;
}
