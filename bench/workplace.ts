import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import type { Cloud, Credentials } from '../local/cloud.ts';
import { buildEnvironment } from '../local/environment.ts';
import { until } from '../test/fakes/until.ts';

const run = promisify(execFile);

/** A command and its words. */
export type Command = readonly [string, ...string[]];

/**
 * A user of an account who may do everything there. Not the account's root: `cdk deploy` works through the roles of the
 * bootstrap, and no root may assume a role (IAM User Guide, "Methods to assume a role").
 */
export async function developerOf(cloud: Cloud, account: string): Promise<Credentials> {
  const { endpoint, region } = cloud;
  const iam = new IAMClient({ endpoint, region, credentials: cloud.credentials(account) });
  const UserName = 'bench';
  await iam.send(new CreateUserCommand({ UserName }));
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'everything', PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }) }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
}

/** What tools find around them here: an empty home like that of a build, npm's cache that builds use too, and one account's keys. */
function environment({ stateDir, endpoint, region }: Cloud, { accessKeyId, secretAccessKey }: Credentials, place: string, source: string): NodeJS.ProcessEnv {
  return {
    ...buildEnvironment(process.env),
    // What the application brings along comes first, as in a build.
    PATH: [join(source, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(delimiter),
    HOME: join(place, 'home'),
    TMPDIR: join(place, 'tmp'),
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    CI: 'true',
    NO_PROXY: '127.0.0.1,localhost',
    npm_config_cache: join(stateDir, 'caches', 'npm'),
    npm_config_update_notifier: 'false',
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    SAM_CLI_TELEMETRY: '0',
    SLS_TELEMETRY_DISABLED: '1',
    SLS_NOTIFICATIONS_MODE: 'off',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  };
}

/**
 * Milliseconds that commands take, one after the other, in a clean clone beside the folders of builds. Making the clone is
 * not counted.
 * @param repository what is cloned; without it they run in an empty folder
 * @throws Error with the last words of a command that fails: nothing is measured of what did not work
 */
export async function timed(cloud: Cloud, credentials: Credentials, commands: readonly Command[], repository?: string): Promise<number> {
  const place = join(cloud.stateDir, 'bench');
  const source = join(place, 'source');
  await rm(place, { recursive: true, force: true });
  for (const name of ['source', 'home', 'tmp', 'out']) await mkdir(join(place, name), { recursive: true });
  if (repository !== undefined) await run('git', ['clone', '--quiet', repository, source]);
  const env = environment(cloud, credentials, place, source);
  await idle(cloud);
  const began = performance.now();
  for (const command of commands) await must(command, source, env);
  return performance.now() - began;
}

/** In a session of its own, as a build is: Linux shares the processors out among sessions (sched(7), "The autogroup feature"). */
async function must([command, ...words]: Command, cwd: string, env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(command, words, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  // Refused where it could not be started.
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`Measuring ${[command, ...words.slice(0, 1)].join(' ')}: it ended with ${String(code)}. It said:\n${said.trim().split('\n').slice(-15).join('\n')}`);
}

/** After a release others are still told of it. Who is measured next must not share the machine with that. */
export async function idle({ admin }: Cloud): Promise<void> {
  const still = 1000;
  await admin.resetCalls();
  const began = Date.now();
  await until('the local cloud is idle', async () => Date.now() - Math.max(began, ...(await admin.calls()).map(({ time }) => time * 1000)) > still, 60_000);
}
