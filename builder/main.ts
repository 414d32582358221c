import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callerId, writeIncoming } from '../aws/incoming.ts';
import { BuildRequest, type BuildKind } from '../contracts/build.ts';
import type { Packed } from '../contracts/packed.ts';
import { inBatches } from '../domain/batches.ts';
import { ourWords } from '../domain/build-log.ts';
import { sha256 } from '../domain/digest.ts';
import { runChecks } from './checks.ts';
import { packTestFolders, readFolders } from './folders.ts';
import { type Left, leftIn } from './left.ts';
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

/** So many uploads at a time. */
const atOnce = 8;

async function upload({ place: { bucket, prefix }, keyArn }: Workshop, files: readonly Left[], list: string): Promise<void> {
  const to = (key: string, body: Uint8Array | string, hash: string) => writeIncoming({ bucket, key: `${prefix}/${key}`, body, sha256: hash, keyArn });
  await inBatches(files, atOnce, ({ path, key, sha256: hash }) => to(key, readFileSync(path), hash));
  // Last: whoever finds it finds everything.
  await to('release.json', list, sha256(list));
}

/** @returns SHA-256 of the list of what was built */
export async function build(request: BuildRequest): Promise<string> {
  const { steps, application } = request;
  const root = variable('CODEBUILD_SRC_DIR');
  const scratch = mkdtempSync(join(tmpdir(), 'drawbridge-'));
  const out = join(scratch, 'out');
  mkdirSync(out);
  try {
    // CodeBuild names the session after the build; the policy of its role lets it write below that name only.
    const place = { bucket: variable('ARTIFACT_BUCKET'), prefix: `incoming/${application}/${await callerId()}`, region: variable('AWS_REGION') };
    const shop: Workshop = { request, root, folder: steps.folder === undefined ? root : join(root, steps.folder), scratch, out, place, keyArn: variable('ARTIFACT_KEY_ARN') };
    const { checks: wanted = [] } = steps;
    if (steps.kind === 'serverless' || steps.kind === 'cdk' || wanted.length > 0) await installPackages(shop);
    const checks = await runChecks(shop, wanted);
    const { templates, revision, exports = {} } = await kinds[steps.kind](shop);
    const folders = readFolders(shop);
    const testFolders = packTestFolders(shop);
    const left = [...leftIn(out, 'packed'), ...folders.flatMap((it) => it.files)];
    const files = Object.fromEntries(left.map(({ key, sha256: hash }) => [key, hash]));
    const packed: Packed = { version: 1, templates: templates.map((it) => ({ ...it, file: `packed/${it.file}` })), ...(revision === undefined ? {} : { revision: { file: `packed/${revision.file}` } }), folders: folders.map(({ listed }) => listed), testFolders: testFolders.map((it) => ({ ...it, file: `packed/${it.file}` })), files, checks, exports };
    const list = JSON.stringify(packed);
    await upload(shop, left, list);
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
