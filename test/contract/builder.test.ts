import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { builderOptions } from '../../esbuild.config.mjs';
import type { BuildRequest } from '../../contracts/build.ts';
import { Packed } from '../../contracts/packed.ts';
import { lastWords } from '../../domain/build-log.ts';
import { buildProgram } from '../../domain/build-program.ts';
import { sha256 } from '../../domain/digest.ts';
import { lambdaAppSpec } from '../../domain/packaged.ts';
import { readZip } from '../../domain/zip.ts';
import { incomingBucket } from '../fakes/incoming.ts';

/** The program as it is bundled, in a build that has everything but AWS. */

let place = '';
let program = '';
let bucket: Awaited<ReturnType<typeof incomingBucket>>;
beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'drawbridge-builder-'));
  bucket = await incomingBucket('AROAX:AWSCodeBuild-uuid-1');
  const bundle = await build({ ...builderOptions, write: false });
  program = bundle.outputFiles[0]?.text ?? '';
});
afterAll(() => {
  bucket.close();
  rmSync(place, { recursive: true, force: true });
});
beforeEach(() => {
  rmSync(join(place, 'src'), { recursive: true, force: true });
  bucket.objects.clear();
});

const target = { name: 'main', accountName: 'a', externalId: 'x', wave: 1, stackName: 's', parameters: {}, tags: {}, capabilities: [], region: 'eu-west-1' };

/** Runs a build of these files; answers how it ended, why, and what it left. */
async function run(steps: BuildRequest['steps'], files: Readonly<Record<string, string>>) {
  for (const [path, text] of Object.entries({ 'README.md': '', ...files })) {
    mkdirSync(dirname(join(place, 'src', path)), { recursive: true });
    writeFileSync(join(place, 'src', path), text);
  }
  const environments = [['dev', '222222222222'], ['prod', '444444444444']].map(([name = '', account = '']) => ({ name, targets: [{ ...target, account }] }));
  writeFileSync(join(place, 'builder.mjs'), buildProgram(program, { id: 'shop-1-01234567', application: 'shop', commit: 'c'.repeat(40) }, { build: steps, environments, remarks: [] }));
  const environment = { PATH: process.env['PATH'], HOME: place, CODEBUILD_SRC_DIR: join(place, 'src'), ARTIFACT_BUCKET: 'artifacts', ARTIFACT_KEY_ARN: 'key', AWS_REGION: 'eu-west-1' };
  const env = { ...environment, AWS_ENDPOINT_URL: bucket.endpoint, AWS_ACCESS_KEY_ID: 'AKIAX', AWS_SECRET_ACCESS_KEY: 'x' };
  const { status, log } = await ended(spawn(process.execPath, [join(place, 'builder.mjs'), join(place, 'sha256')], { env }));
  const bytes = (file: string) => bucket.objects.get(`artifacts/incoming/shop/AROAX:AWSCodeBuild-uuid-1/${file}`) ?? Buffer.of();
  const list = bytes('release.json').toString();
  return { status, log, words: lastWords(log.split('\n')), packed: list === '' ? undefined : Packed.parse(JSON.parse(list)), read: (file: string) => bytes(file).toString(), bytes, said: () => readFileSync(join(place, 'sha256'), 'utf8') };
}

async function ended(child: ChildProcessWithoutNullStreams): Promise<{ status: number | null; log: string }> {
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const status = await new Promise<number | null>((done) => child.on('close', done));
  return { status, log };
}

const template = 'Resources: {}\nParameters: { Version: { Type: String } }\n';
const spec = (commands: string, more = '') => `version: 0.2\n${more}phases:\n  build:\n    commands:\n      - ${JSON.stringify(commands)}\n`;
const own: BuildRequest['steps'] = { kind: 'buildspec', templates: [], file: 'buildspec.yml' };

describe("a build of the repository's own", () => {
  it('runs its phases in one shell after the other, and leaves a template', async () => {
    const buildspec = 'version: 0.2\nenv: { variables: { NAME: tea } }\nphases:\n  install: { commands: ["export DEEP=1", "mkdir inner", "cd inner"] }\n  build: { commands: ["echo \\"# $NAME $DEEP $(basename $PWD) $DRAWBRIDGE_ENVIRONMENTS\\" > $DRAWBRIDGE_OUT/template.yaml", "cat ../t.yaml >> $DRAWBRIDGE_OUT/template.yaml"] }\n';
    const built = await run(own, { 'buildspec.yml': buildspec, 't.yaml': template });
    expect(built).toMatchObject({ status: 0, packed: { templates: [{ file: 'packed/template.yaml' }] } });
    expect(built.read('packed/template.yaml')).toBe(`# tea 1 inner dev prod\n${template}`);
  });

  it('tells what it left in a way that can be looked up afterwards', async () => {
    const built = await run(own, { 'buildspec.yml': spec('cp t.yaml $DRAWBRIDGE_OUT/template.yaml'), 't.yaml': template });
    expect(built.said()).toBe(sha256(built.read('release.json')));
    expect(built.packed?.files).toEqual({ 'packed/template.yaml': sha256(template) });
  });

  it('exports what can be a parameter', async () => {
    const built = await run(own, { 'buildspec.yml': spec('cp t.yaml $DRAWBRIDGE_OUT/template.yaml; export Version=7 GIT_TAG=x', 'env: { exported-variables: [Version, GIT_TAG] }\n'), 't.yaml': template });
    expect(built.packed?.exports).toEqual({ Version: '7' });
    expect(built.log).toContain('exported GIT_TAG: no template can have a parameter of that name');
  });

  it('may leave several templates with a list of them', async () => {
    const list = JSON.stringify({ version: 1, templates: [{ stack: 'a', file: 'a.yaml' }, { stack: 'b', file: 'b.yaml', after: ['a'] }] });
    const built = await run(own, { 'buildspec.yml': spec('cp *.yaml release.json $DRAWBRIDGE_OUT'), 'a.yaml': template, 'b.yaml': template, 'release.json': list });
    expect(built.packed?.templates).toEqual([{ stack: 'a', file: 'packed/a.yaml' }, { stack: 'b', file: 'packed/b.yaml', after: ['a'] }]);
  });

  it.each([
    ['is not there', {}, /^Building: buildspec\.yml is not in the repository at this commit\.$/],
    ['leaves nothing', { 'buildspec.yml': spec('true') }, /^Building buildspec\.yml: it left neither template\.yaml nor release\.json/],
    ['fails', { 'buildspec.yml': spec('echo "Error: no tea" >&2; false') }, /^Building buildspec\.yml: build ended with 1: Error: no tea$/],
    ['lists what it did not leave', { 'buildspec.yml': spec("echo '{\"version\":1,\"templates\":[{\"file\":\"x.yaml\"}]}' > $DRAWBRIDGE_OUT/release.json") }, /names x\.yaml, which is not in \$DRAWBRIDGE_OUT/],
  ])('that %s ends with one sentence, and nothing is left to deploy', async (_, files, why) => {
    const built = await run(own, files);
    expect(built).toMatchObject({ status: 1, packed: undefined });
    expect(built.words).toMatch(why);
  });

  it('goes on to post_build where build fails, as CodeBuild does, and has failed all the same', async () => {
    const built = await run(own, { 'buildspec.yml': `${spec('false')}  post_build: { commands: ['echo "succeeding: $CODEBUILD_BUILD_SUCCEEDING"', "cp t.yaml $DRAWBRIDGE_OUT/template.yaml"] }\n`, 't.yaml': template });
    expect(built.log).toContain('succeeding: 0\n');
    expect(built).toMatchObject({ status: 1, packed: undefined });
  });
});

describe('a revision for CodeDeploy', () => {
  const steps: BuildRequest['steps'] = { kind: 'codedeploy', templates: [], revision: 'web/revision' };
  const files = { 'web/revision/appspec.yml': 'version: 0.0\nos: linux\n', 'web/revision/site/index.html': 'hello', 'web/other.txt': 'not deployed' };

  it('is a zip of its folder, whose name and digest are in the list', async () => {
    const built = await run(steps, files);
    expect(built).toMatchObject({ status: 0, packed: { templates: [], revision: { file: 'packed/revision.zip' } } });
    const zip = built.bytes('packed/revision.zip');
    expect(readZip(zip).map(({ name }) => name.toString())).toEqual(['appspec.yml', 'site/index.html']);
    expect(built.packed?.files).toEqual({ 'packed/revision.zip': sha256(zip) });
    expect((await run(steps, files)).bytes('packed/revision.zip')).toEqual(zip);
  });

  it('can be sealed: its AppSpec is found', async () => {
    const lambda = 'version: 0.0\nResources:\n  - F: { Type: AWS::Lambda::Function, Properties: { Name: f, Alias: live, CurrentVersion: 1, TargetVersion: 2 } }\n';
    expect(lambdaAppSpec((await run(steps, { ...files, 'web/revision/appspec.yml': lambda })).bytes('packed/revision.zip'))).toBe(lambda);
  });
});

describe('folders that steps publish', () => {
  const steps = { ...own, folders: ['web/dist', 'web/more'] };
  const files = { 'buildspec.yml': spec('cp t.yaml $DRAWBRIDGE_OUT/template.yaml; mkdir -p web/dist/assets; echo made > web/dist/assets/app.js; ln -sf /etc/hostname web/more/link'), 't.yaml': template, 'web/more/index.html': 'hello' };

  it('are left as they are after the build, file by file, without links', async () => {
    const built = await run(steps, files);
    expect(built.packed?.folders).toEqual([{ folder: 'web/dist', prefix: 'folders/0' }, { folder: 'web/more', prefix: 'folders/1' }]);
    expect(built.read('folders/0/assets/app.js')).toBe('made\n');
    expect(built.packed?.files).toEqual({ 'packed/template.yaml': sha256(template), 'folders/0/assets/app.js': sha256('made\n'), 'folders/1/index.html': sha256('hello') });
  });

  it('that the build did not make are named, and nothing is left to deploy', async () => {
    expect(await run({ ...steps, folders: ['web/gone'] }, files)).toMatchObject({ status: 1, packed: undefined, words: 'Publishing: the folder web/gone, which a step publishes, is not there after the build.' });
  });
});

describe('folders in which tests are run', () => {
  const steps = { ...own, testFolders: ['test/smoke'] };
  const files = { 'buildspec.yml': spec('cp t.yaml $DRAWBRIDGE_OUT/template.yaml; echo made > test/smoke/made.txt; ln -sf /etc/hostname test/smoke/link'), 't.yaml': template, 'test/smoke/lib/smoke.mjs': 'import "x"' };

  it('are left as they are after the build, each as one zip, without links', async () => {
    const built = await run(steps, files);
    expect(built.packed?.testFolders).toEqual([{ folder: 'test/smoke', file: 'packed/tests/0.zip' }]);
    expect(readZip(built.bytes('packed/tests/0.zip')).map(({ name }) => name.toString())).toEqual(['lib/smoke.mjs', 'made.txt']);
    expect(built.packed?.files?.['packed/tests/0.zip']).toBe(sha256(built.bytes('packed/tests/0.zip')));
  });

  it('that the build did not make are named, and nothing is left to deploy', async () => {
    expect(await run({ ...steps, testFolders: ['test/gone'] }, files)).toMatchObject({ status: 1, packed: undefined, words: 'Packaging: the folder test/gone, in which a test is run, is not there after the build.' });
  });
});

describe('checks', () => {
  const files = { 'buildspec.yml': spec('echo packaging; cp t.yaml $DRAWBRIDGE_OUT/template.yaml'), 't.yaml': template };
  const check = (name: string, command: string, required: boolean) => ({ name, run: command, required });

  it('that are allowed to fail do not fail the build, and say what they found', async () => {
    const built = await run({ ...own, checks: [check('tests', 'true', true), check('scan', 'echo "2 vulnerabilities found: error" && exit 3', false)] }, files);
    expect(built.status).toBe(0);
    expect(built.packed?.checks).toMatchObject([{ name: 'tests', required: true, passed: true }, { name: 'scan', required: false, passed: false, words: '2 vulnerabilities found: error' }]);
  });

  it('that are required end the build before anything is packaged, all in one sentence', async () => {
    const built = await run({ ...own, checks: [check('tests', 'echo "Error: 1 test failed" >&2; exit 1', true), check('lint', 'exit 7', true)] }, files);
    expect(built).toMatchObject({ status: 1, packed: undefined });
    expect(built.words).toBe('Checking: the required check tests failed: Error: 1 test failed; the required check lint failed: it ended with 7');
    expect(built.log).not.toContain('packaging');
  });
});

it.each([
  ['template', { kind: 'cloudformation', templates: [{ path: 'shop/template.yaml' }] }, 'Packaging: the template shop/template.yaml is not in the repository at this commit.'],
  ['serverless.yml', { kind: 'serverless', templates: [], file: 'shop/serverless.yml' }, 'Packaging: shop/serverless.yml is not in the repository at this commit.'],
  ['appspec.yml', { kind: 'codedeploy', templates: [], revision: 'shop/web' }, 'Packaging: there is no shop/web/appspec.yml in the repository at this commit.'],
  ['cdk.json', { kind: 'cdk', templates: [] }, 'Synthesizing: there is no cdk.json in the repository at this commit, and drawbridge.yaml names no build.app. Add one of them.'],
] as const)('a build without its %s ends with one sentence that names it', async (_, { templates, ...steps }, why) => {
  expect(await run({ ...steps, templates: [...templates] }, {})).toMatchObject({ status: 1, packed: undefined, words: why });
});
