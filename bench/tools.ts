import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { parametersApplication } from '../test/local/templates.ts';
import type { Town } from '../test/local/town.ts';
import { median } from './print.ts';

const run = promisify(execFile);
const rounds = 3;

/** The same small stack, created and then updated: by a push through Drawbridge, by `sam deploy`, by `aws cloudformation deploy`. In turn, so that a noisy machine is noisy for all. */
export async function tools(town: Town): Promise<{ tool: string; 'median of': number; seconds: string; note: string }[]> {
  const folder = resolve('.drawbridge/bench');
  await mkdir(folder, { recursive: true });
  const { cloud } = town.system;
  const credentials = cloud.credentials(cloud.accounts.dev);
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: cloud.endpoint,
    AWS_REGION: cloud.region,
    AWS_DEFAULT_REGION: cloud.region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    SAM_CLI_TELEMETRY: '0',
  };
  const [app] = await town.applications('side-by-side');
  const template = resolve(folder, 'template.yaml');
  const times: Record<'push' | 'plan' | 'sam' | 'aws', number[]> = { push: [], plan: [], sam: [], aws: [] };
  for (let round = 0; round < rounds; round += 1) {
    const files = parametersApplication({ values: { One: String(round) }, order: ['dev'] });
    await writeFile(template, files['template.yaml'] ?? '');
    const pushed = Date.now();
    const shown = await app?.release(files, `Round ${String(round)}`);
    times.push.push(Date.now() - pushed);
    const begun = shown?.story.find(({ kind, about }) => kind === 'started' && about === 'environment');
    const ended = shown?.story.find(({ kind, about }) => kind === 'ended' && about === 'environment');
    times.plan.push(Date.parse(ended?.at ?? '') - Date.parse(begun?.at ?? ''));
    times.sam.push(await timed(() => run('sam', ['deploy', '--template-file', template, '--stack-name', 'by-sam', '--no-confirm-changeset', '--no-fail-on-empty-changeset', '--capabilities', 'CAPABILITY_IAM'], { env, cwd: folder })));
    times.aws.push(await timed(() => run('aws', ['cloudformation', 'deploy', '--template-file', template, '--stack-name', 'by-aws', '--no-fail-on-empty-changeset'], { env, cwd: folder })));
  }
  const row = (tool: string, numbers: readonly number[], note: string) => ({ tool, 'median of': numbers.length, seconds: (median(numbers) / 1000).toFixed(2), note });
  return [
    row('drawbridge, push to end', times.push, 'with build, seal, plan, execute, report'),
    row('drawbridge, plan to end', times.plan, 'one environment'),
    row('sam deploy', times.sam, 'no build'),
    row('aws cloudformation deploy', times.aws, 'no build'),
  ];
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = Date.now();
  await work();
  return Date.now() - began;
}
