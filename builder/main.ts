import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BuildRequest, type BuildKind } from '../contracts/build.ts';
import type { Packed } from '../contracts/packed.ts';
import { ourWords } from '../domain/build-log.ts';
import { sha256 } from '../domain/digest.ts';
import { runChecks } from './checks.ts';
import { must } from './commands.ts';
import { readFolders } from './folders.ts';
import { buildspec } from './kinds/buildspec.ts';
import { cdk } from './kinds/cdk.ts';
import { codedeploy } from './kinds/codedeploy.ts';
import { serverless } from './kinds/serverless.ts';
import { cloudformation, sam } from './kinds/templates.ts';
import { installPackages, type Made, type Workshop } from './workshop.ts';

/** What CodeBuild runs: the control plane puts the request before this program and starts a build with both. */

const kinds: Readonly<Record<BuildKind, (shop: Workshop) => Promise<Made>>> = { sam, cloudformation, serverless, cdk, codedeploy, buildspec };

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set. Deploy infra/application.yaml again.`);
  return value;
}

/** CodeBuild names the session after the build; the policy of its role lets it write below that name only. */
async function prefixOf(application: string): Promise<string> {
  const caller = await must('Asking who this build is', 'aws', ['sts', 'get-caller-identity', '--query', 'UserId', '--output', 'text'], { quiet: true });
  return `incoming/${application}/${caller.trim()}`;
}

/** What lies in a folder, by its path from there. */
const hashesOf = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => statSync(join(folder, file)).isFile())
      .map((file) => [`packed/${file}`, sha256(readFileSync(join(folder, file)))]),
  );

async function upload({ out, scratch, place: { bucket, prefix }, keyArn }: Workshop, folders: ReturnType<typeof readFolders>, list: string): Promise<void> {
  const sealed = ['--only-show-errors', '--sse', 'aws:kms', '--sse-kms-key-id', keyArn];
  await must('Uploading what was built', 'aws', ['s3', 'cp', ...sealed, '--recursive', out, `s3://${bucket}/${prefix}/packed`]);
  for (const { from, listed } of folders) await must(`Uploading ${listed.folder}`, 'aws', ['s3', 'cp', ...sealed, '--recursive', '--no-follow-symlinks', from, `s3://${bucket}/${prefix}/${listed.prefix}`]);
  const file = join(scratch, 'release.json');
  writeFileSync(file, list);
  // Last: whoever finds it finds everything.
  await must('Uploading the list of what was built', 'aws', ['s3', 'cp', ...sealed, file, `s3://${bucket}/${prefix}/release.json`]);
}

/** @returns SHA-256 of the list of what was built */
export async function build(request: BuildRequest): Promise<string> {
  const { steps, application } = request;
  const root = variable('CODEBUILD_SRC_DIR');
  const scratch = mkdtempSync(join(tmpdir(), 'drawbridge-'));
  const out = join(scratch, 'out');
  mkdirSync(out);
  try {
    const place = { bucket: variable('ARTIFACT_BUCKET'), prefix: await prefixOf(application), region: variable('AWS_REGION') };
    const shop: Workshop = { request, root, folder: steps.folder === undefined ? root : join(root, steps.folder), scratch, out, place, keyArn: variable('ARTIFACT_KEY_ARN') };
    const { checks: wanted = [] } = steps;
    if (steps.kind === 'serverless' || steps.kind === 'cdk' || wanted.length > 0) await installPackages(shop);
    const checks = await runChecks(shop, wanted);
    const { templates, revision, exports = {} } = await kinds[steps.kind](shop);
    const folders = readFolders(shop);
    const files = Object.assign(hashesOf(out), ...folders.map((it) => it.files)) as Record<string, string>;
    const packed: Packed = { version: 1, templates: templates.map((it) => ({ ...it, file: `packed/${it.file}` })), ...(revision === undefined ? {} : { revision: { file: `packed/${revision.file}` } }), folders: folders.map(({ listed }) => listed), files, checks, exports };
    const list = JSON.stringify(packed);
    await upload(shop, folders, list);
    return sha256(list);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Set by the line that the control plane puts before this program. */
declare const drawbridgeRequest: unknown;

try {
  const hash = await build(BuildRequest.parse(drawbridgeRequest));
  // Exported by the buildspec: CodeBuild's record of the build then says what it left.
  writeFileSync(process.argv[2] ?? '', hash);
} catch (error) {
  // The last line, in one piece: it becomes the reason of the release.
  process.stderr.write(`${ourWords}${(error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, ' / ')}\n`);
  process.exitCode = 1;
}
