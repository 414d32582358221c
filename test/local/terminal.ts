import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '../fakes/until.ts';
import type { Town } from './town.ts';

const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

/** A command that runs, as a person sees it. */
export interface Terminal {
  /** The first group of the expression, as soon as it was said. */
  says(what: RegExp): Promise<string>;
  interrupt(): void;
  readonly ended: Promise<{ readonly code: number | null; readonly text: string }>;
}

/** The command as an administrator of the tools account runs it, with a profile for each other account. */
export function drawbridgeAt(town: Town, ...args: string[]): Terminal {
  const { cloud, doorUrl } = town.system;
  const file = join(cloud.stateDir, 'credentials');
  const profiles = Object.entries(cloud.accounts).map(([name, id]) => [`[${name}]`, `aws_access_key_id = ${cloud.credentials(id).accessKeyId}`, `aws_secret_access_key = ${cloud.credentials(id).secretAccessKey}`].join('\n'));
  writeFileSync(file, `${profiles.join('\n')}\n`, { mode: 0o600 });
  const { accessKeyId, secretAccessKey } = cloud.credentials(cloud.accounts.tools);
  const env = { PATH: process.env['PATH'], NO_COLOR: '1', DRAWBRIDGE_URL: doorUrl, AWS_ENDPOINT_URL: cloud.endpoint, AWS_REGION: cloud.region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SHARED_CREDENTIALS_FILE: file, AWS_CONFIG_FILE: file };
  const child = spawn(process.execPath, [main, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise<{ code: number | null; text: string }>((done) => {
    child.on('close', (code) => {
      done({ code, text });
    });
  });
  return {
    says: (what) =>
      until(`"drawbridge ${args.join(' ')}" says ${String(what)}`, async () => {
        if (child.exitCode !== null) throw new Error(`it ended: ${text}`);
        return await Promise.resolve(what.exec(text)?.[1]);
      }),
    interrupt: () => child.kill('SIGINT'),
    ended,
  };
}
