// The environment of the emulator. It is made from nothing: the emulator hands its own environment
// on to every function, so what a person has exported must not get in.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

export const repositoryFolder = resolve(import.meta.dirname, '..');
export const toolsFolder = join(repositoryFolder, '.drawbridge');
export const emulatorPython = join(toolsFolder, 'emulator', 'bin', 'python');

// What npm, pip and TLS need to reach a registry. Builds get it, functions do not.
const registrySettings =
  /^(npm_config_.+|pip_.+|ssl_cert_(file|dir)|node_extra_ca_certs|requests_ca_bundle|curl_ca_bundle|git_ssl_cainfo|(http|https|no|all)_proxy)$/i;

// `npm start` exports where it runs itself; a build has its own folders.
const placesOfNpm = /^npm_config_(prefix|local_prefix|global_prefix|cache|user_agent|node_gyp|init_module|globalconfig|noproxy)$/i;

export function buildEnvironment(own: NodeJS.ProcessEnv): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(own)) {
    if (value && registrySettings.test(name) && !placesOfNpm.test(name)) kept[name] = value;
  }
  const userConfig = own['npm_config_userconfig'] ?? join(homedir(), '.npmrc');
  if (existsSync(userConfig)) kept['npm_config_userconfig'] = userConfig;
  return kept;
}

export interface EmulatorSettings {
  readonly stateDir: string;
  readonly port: number;
  readonly region: string;
  readonly toolsAccount: string;
  readonly persist: boolean;
  readonly buildLimit: number;
  readonly buildQueue: number | undefined;
  readonly env: Readonly<Record<string, string>>;
}

export function emulatorEnvironment(settings: EmulatorSettings, own: NodeJS.ProcessEnv) {
  const { stateDir, port, region, toolsAccount, persist } = settings;
  // setup.mjs has put our folders on the PATH already. Functions need them; a build must not find our tools.
  const ours = [join(repositoryFolder, 'node_modules', '.bin'), join(toolsFolder, 'tools', 'bin')];
  const theirs = (own['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '' && !ours.includes(folder));
  const secret = randomBytes(32).toString('base64url');
  const env: Record<string, string> = {
    ...settings.env,
    PATH: [...ours, ...theirs].join(delimiter),
    HOME: join(stateDir, 'home'),
    TMPDIR: join(stateDir, 'tmp'),
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    NO_PROXY: '127.0.0.1,localhost',
    AUTH: 'true',
    BIND_HOST: '127.0.0.1',
    MINISTACK_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    MINISTACK_REGION: region,
    MINISTACK_ACCOUNT_ID: toolsAccount,
    SFTP_ENABLED: '0',
    IOT_MTLS_ENABLED: '0',
    // The secret behind every 12-digit access key, which is the root of that account.
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    LOG_LEVEL: 'INFO',
    PYTHONUNBUFFERED: '1',
    S3_DATA_DIR: join(stateDir, 's3'),
    STATE_DIR: join(stateDir, 'emulator'),
    ...(persist ? { PERSIST_STATE: '1', S3_PERSIST: '1' } : {}),
    DRAWBRIDGE_STATE: stateDir,
    DRAWBRIDGE_BUILD_PATH: theirs.join(delimiter),
    DRAWBRIDGE_ADMIN_SECRET: secret,
    DRAWBRIDGE_BUILD_LIMIT: String(settings.buildLimit),
    ...(settings.buildQueue === undefined ? {} : { DRAWBRIDGE_BUILD_QUEUE: String(settings.buildQueue) }),
    DRAWBRIDGE_BUILD_ENVIRONMENT: JSON.stringify(buildEnvironment(own)),
  };
  return { env, secret };
}
