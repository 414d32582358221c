// AWS on one machine: four accounts, started in about a second, stopped without a trace.
//
//   const cloud = await startCloud({ stateDir })
//   new S3Client({ endpoint: cloud.endpoint, region: cloud.region, credentials: cloud.credentials(cloud.accounts.tools) })
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CloudAdmin } from './admin.ts';
import { emulatorEnvironment, emulatorPython, repositoryFolder, toolsFolder } from './environment.ts';
import { serveMailbox } from './mailbox.ts';

export const accounts = { tools: '111111111111', dev: '222222222222', staging: '333333333333', prod: '444444444444' } as const;
export const defaultStateDir = join(toolsFolder, 'cloud');

export interface CloudOptions {
  /** Where everything of this cloud lies; two clouds never share one. */
  readonly stateDir?: string;
  /** Keep accounts, buckets, stacks and repositories between two starts. */
  readonly persist?: boolean;
  /** Without it a free one, or with `persist` the one of last time, because addresses of APIs contain it. */
  readonly port?: number;
  readonly region?: string;
  /** How many builds run at the same time. */
  readonly buildLimit?: number;
  /** How many more wait in CodeBuild’s own queue; what comes then is refused. Without it five times as many. */
  readonly buildQueue?: number;
  /** More environment for the functions. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A cloud that runs, seen from any process. */
export interface CloudHandle {
  readonly endpoint: string;
  readonly port: number;
  readonly region: string;
  readonly accounts: typeof accounts;
  readonly stateDir: string;
  readonly logFile: string;
  readonly mailboxUrl: string;
  readonly pid: number;
  readonly admin: CloudAdmin;
  /** The root of an account. */
  credentials(accountId: string): Credentials;
  /** What `git clone` and `git push` take for a repository of the tools account. */
  gitRemote(repository: string): string;
}

export interface Cloud extends CloudHandle {
  stop(): Promise<void>;
}

interface Description {
  readonly endpoint: string;
  readonly port: number;
  readonly region: string;
  readonly accounts: typeof accounts;
  readonly stateDir: string;
  readonly logFile: string;
  readonly mailboxUrl: string;
  readonly pid: number;
  readonly secret: string;
}

const startLimit = 30_000;
const stopLimit = 10_000;
const descriptionFile = (stateDir: string) => join(stateDir, 'cloud.json');

function handle(description: Description): CloudHandle {
  const { secret, ...seen } = description;
  return {
    ...seen,
    admin: new CloudAdmin(description.endpoint, secret),
    credentials: (accountId) => ({ accessKeyId: accountId, secretAccessKey: 'test' }),
    gitRemote: (repository) => join(description.stateDir, 'git', `${repository}.git`),
  };
}

function readDescription(stateDir: string): Description | undefined {
  const file = descriptionFile(stateDir);
  if (!existsSync(file)) return undefined;
  // Written by startCloud below in one rename, so it is either absent or whole.
  return JSON.parse(readFileSync(file, 'utf8')) as Description;
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    const response = await fetch(`${endpoint}/_drawbridge/health`, { signal: AbortSignal.timeout(2000) });
    return response.ok && ((await response.json()) as { endpoint?: string }).endpoint === endpoint;
  } catch {
    return false;
  }
}

/** The cloud that another process started in this folder, if it still runs. */
export async function findCloud(stateDir: string = defaultStateDir): Promise<CloudHandle | undefined> {
  const description = readDescription(resolve(stateDir));
  return description && (await answers(description.endpoint)) ? handle(description) : undefined;
}

async function isFree(port: number): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' && address ? address.port : undefined;
  } catch {
    return undefined;
  } finally {
    server.close();
  }
}

async function choosePort(options: CloudOptions, stateDir: string): Promise<number> {
  if (options.port !== undefined) {
    if (await isFree(options.port)) return options.port;
    throw new Error(`Starting the local cloud failed: port ${String(options.port)} is taken. Stop what uses it or choose another port.`);
  }
  const last = options.persist ? readDescription(stateDir)?.port : undefined;
  const port = (last ? await isFree(last) : undefined) ?? (await isFree(0));
  if (port) return port;
  throw new Error('Starting the local cloud failed: this machine gave no free port on 127.0.0.1.');
}

function tail(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(-25).join('\n') : '';
}

async function healthy(child: ChildProcess, endpoint: string, logFile: string): Promise<void> {
  const limit = Date.now() + startLimit;
  while (!(await answers(endpoint))) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`Starting the local cloud failed: the emulator ended at once. ${logFile} says:\n${tail(logFile)}`);
    }
    if (Date.now() > limit) {
      child.kill('SIGKILL');
      throw new Error(`Starting the local cloud failed: no answer within ${String(startLimit / 1000)} s. ${logFile} says:\n${tail(logFile)}`);
    }
    await pause(50);
  }
}

export async function startCloud(options: CloudOptions = {}): Promise<Cloud> {
  const stateDir = resolve(options.stateDir ?? defaultStateDir);
  const region = options.region ?? 'eu-west-1';
  if (!existsSync(emulatorPython)) {
    throw new Error(
      'Starting the local cloud failed: the emulator is not installed. Run the command through "node local/setup.mjs -- <command>", as npm start and npm test do.',
    );
  }
  if (await findCloud(stateDir)) {
    throw new Error(`Starting the local cloud failed: one is running in ${stateDir} already. Stop it, or give another stateDir.`);
  }
  const port = await choosePort(options, stateDir);
  if (!options.persist) {
    // Caches of npm and pip stay; everything that is state goes.
    for (const name of ['git', 'mail', 'builds', 'emulator', 's3', 'tmp', 'clock', 'cloud.json'])
      rmSync(join(stateDir, name), { recursive: true, force: true });
  }
  for (const name of ['home', 'tmp']) mkdirSync(join(stateDir, name), { recursive: true });
  // Functions are unpacked below this folder. On AWS nothing lies above them; here our own package.json would, and make
  // modules of their plain .js files.
  writeFileSync(join(stateDir, 'package.json'), '{ "type": "commonjs" }\n');

  // Every Node.js runtime of Lambda brings the SDK along (Lambda Developer Guide, "Runtime-included SDK versions").
  mkdirSync(join(stateDir, 'node_modules'), { recursive: true });
  const sdk = join(stateDir, 'node_modules', '@aws-sdk');
  rmSync(sdk, { force: true });
  symlinkSync(join(repositoryFolder, 'node_modules', '@aws-sdk'), sdk);

  const logFile = join(stateDir, 'emulator.log');
  const { env, secret } = emulatorEnvironment(
    {
      stateDir,
      port,
      region,
      toolsAccount: accounts.tools,
      persist: options.persist ?? false,
      buildLimit: options.buildLimit ?? 2,
      buildQueue: options.buildQueue,
      env: options.env ?? {},
    },
    process.env,
  );
  const log = openSync(logFile, 'w');
  // A session of its own: Ctrl-C reaches us first, and the closing pipe on its standard input ends it,
  // also when this process is killed.
  const child = spawn(emulatorPython, [join(repositoryFolder, 'local', 'ministack', 'launch.py')], {
    cwd: stateDir,
    env,
    detached: true,
    stdio: ['pipe', log, log],
  });
  const { stdin } = child;
  if (!stdin) throw new Error('Starting the local cloud failed: the emulator has no standard input.');
  closeSync(log);
  const ended = once(child, 'exit');
  stdin.on('error', () => undefined);
  const endpoint = `http://127.0.0.1:${String(port)}`;
  await healthy(child, endpoint, logFile);

  const mailbox = await serveMailbox(join(stateDir, 'mail'));
  const description: Description = { endpoint, port, region, accounts, stateDir, logFile, mailboxUrl: mailbox.url, pid: child.pid ?? 0, secret };
  const file = descriptionFile(stateDir);
  writeFileSync(`${file}.partial`, JSON.stringify(description, undefined, 1), { mode: 0o600 });
  renameSync(`${file}.partial`, file);
  // A process that has nothing else to do may end; the pipe then ends the cloud.
  child.unref();

  let stopping: Promise<void> | undefined;
  const stop = async () => {
    child.ref();
    stdin.end();
    await mailbox.close();
    const late = setTimeout(() => child.kill('SIGKILL'), stopLimit);
    await ended;
    clearTimeout(late);
    // With persist the file stays: it remembers the port. findCloud asks before it believes it.
    if (!options.persist) rmSync(file, { force: true });
  };
  return { ...handle(description), stop: () => (stopping ??= stop()) };
}
