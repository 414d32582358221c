import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/** The program as it is bundled, in a build that has everything but AWS: the command `aws` keeps what it is given in a folder. */

const aws = `#!/bin/sh
case "$1" in
  sts) echo AROAX:AWSCodeBuild-uuid-1 ;;
  s3)
    for word in "$@"; do from="$to"; to="$word"; done
    mkdir -p "$(dirname "$BUCKET/\${to#s3://}")"
    cp -R "$from" "$BUCKET/\${to#s3://}" ;;
  *) exit 2 ;;
esac
`;

let place = '';
let program = '';
beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'drawbridge-builder-'));
  mkdirSync(join(place, 'bin'));
  writeFileSync(join(place, 'bin', 'aws'), aws);
  chmodSync(join(place, 'bin', 'aws'), 0o755);
  const bundle = await build({ ...builderOptions, write: false });
  program = bundle.outputFiles[0]?.text ?? '';
});
afterAll(() => {
  rmSync(place, { recursive: true, force: true });
});
beforeEach(() => {
  for (const name of ['src', 'bucket']) rmSync(join(place, name), { recursive: true, force: true });
});

const target = { name: 'main', accountName: 'a', externalId: 'x', wave: 1, stackName: 's', parameters: {}, tags: {}, capabilities: [], region: 'eu-west-1' };

/** Runs a build of these files; answers how it ended, why, and what it left. */
function run(steps: BuildRequest['steps'], files: Readonly<Record<string, string>>) {
  for (const [path, text] of Object.entries({ 'README.md': '', ...files })) {
    mkdirSync(dirname(join(place, 'src', path)), { recursive: true });
    writeFileSync(join(place, 'src', path), text);
  }
  const environments = [['dev', '222222222222'], ['prod', '444444444444']].map(([name = '', account = '']) => ({ name, targets: [{ ...target, account }] }));
  writeFileSync(join(place, 'builder.mjs'), buildProgram(program, { id: 'shop-1-01234567', application: 'shop', commit: 'c'.repeat(40) }, { build: steps, environments, remarks: [] }));
  const bucket = join(place, 'bucket');
  const env = { PATH: `${join(place, 'bin')}:${process.env['PATH'] ?? ''}`, HOME: place, BUCKET: bucket, CODEBUILD_SRC_DIR: join(place, 'src'), ARTIFACT_BUCKET: 'artifacts', ARTIFACT_KEY_ARN: 'key', AWS_REGION: 'eu-west-1' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(place, 'builder.mjs'), join(place, 'sha256')], { env, encoding: 'utf8' });
  const prefix = join(bucket, 'artifacts', 'incoming', 'shop', 'AROAX:AWSCodeBuild-uuid-1');
  const list = join(prefix, 'release.json');
  const read = (file: string) => readFileSync(join(prefix, file), 'utf8');
  return { status, log: `${stdout}${stderr}`, words: lastWords(`${stdout}${stderr}`.split('\n')), packed: existsSync(list) ? Packed.parse(JSON.parse(read('release.json'))) : undefined, read, bytes: (file: string) => readFileSync(join(prefix, file)), said: () => readFileSync(join(place, 'sha256'), 'utf8') };
}

const template = 'Resources: {}\nParameters: { Version: { Type: String } }\n';
const spec = (commands: string, more = '') => `version: 0.2\n${more}phases:\n  build:\n    commands:\n      - ${JSON.stringify(commands)}\n`;
const own: BuildRequest['steps'] = { kind: 'buildspec', templates: [], file: 'buildspec.yml' };

describe("a build of the repository's own", () => {
  it('runs its phases in one shell after the other, and leaves a template', () => {
    const buildspec = 'version: 0.2\nenv: { variables: { NAME: tea } }\nphases:\n  install: { commands: ["export DEEP=1", "mkdir inner", "cd inner"] }\n  build: { commands: ["echo \\"# $NAME $DEEP $(basename $PWD) $DRAWBRIDGE_ENVIRONMENTS\\" > $DRAWBRIDGE_OUT/template.yaml", "cat ../t.yaml >> $DRAWBRIDGE_OUT/template.yaml"] }\n';
    const built = run(own, { 'buildspec.yml': buildspec, 't.yaml': template });
    expect(built).toMatchObject({ status: 0, packed: { templates: [{ file: 'packed/template.yaml' }] } });
    expect(built.read('packed/template.yaml')).toBe(`# tea 1 inner dev prod\n${template}`);
  });

  it('tells what it left in a way that can be looked up afterwards', () => {
    const built = run(own, { 'buildspec.yml': spec('cp t.yaml $DRAWBRIDGE_OUT/template.yaml'), 't.yaml': template });
    expect(built.said()).toBe(sha256(built.read('release.json')));
    expect(built.packed?.files).toEqual({ 'packed/template.yaml': sha256(template) });
  });

  it('exports what can be a parameter', () => {
    const built = run(own, { 'buildspec.yml': spec('cp t.yaml $DRAWBRIDGE_OUT/template.yaml; export Version=7 GIT_TAG=x', 'env: { exported-variables: [Version, GIT_TAG] }\n'), 't.yaml': template });
    expect(built.packed?.exports).toEqual({ Version: '7' });
    expect(built.log).toContain('exported GIT_TAG: no template can have a parameter of that name');
  });

  it('may leave several templates with a list of them', () => {
    const list = JSON.stringify({ version: 1, templates: [{ stack: 'a', file: 'a.yaml' }, { stack: 'b', file: 'b.yaml', after: ['a'] }] });
    const built = run(own, { 'buildspec.yml': spec('cp *.yaml release.json $DRAWBRIDGE_OUT'), 'a.yaml': template, 'b.yaml': template, 'release.json': list });
    expect(built.packed?.templates).toEqual([{ stack: 'a', file: 'packed/a.yaml' }, { stack: 'b', file: 'packed/b.yaml', after: ['a'] }]);
  });

  it.each([
    ['is not there', {}, /^Building: buildspec\.yml is not in the repository at this commit\.$/],
    ['leaves nothing', { 'buildspec.yml': spec('true') }, /^Building buildspec\.yml: it left neither template\.yaml nor release\.json/],
    ['fails', { 'buildspec.yml': spec('echo "Error: no tea" >&2; false') }, /^Building buildspec\.yml: build ended with 1: Error: no tea$/],
    ['lists what it did not leave', { 'buildspec.yml': spec("echo '{\"version\":1,\"templates\":[{\"file\":\"x.yaml\"}]}' > $DRAWBRIDGE_OUT/release.json") }, /names x\.yaml, which is not in \$DRAWBRIDGE_OUT/],
  ])('that %s ends with one sentence, and nothing is left to deploy', (_, files, why) => {
    const built = run(own, files);
    expect(built).toMatchObject({ status: 1, packed: undefined });
    expect(built.words).toMatch(why);
  });

  it('goes on to post_build where build fails, as CodeBuild does, and has failed all the same', () => {
    const built = run(own, { 'buildspec.yml': `${spec('false')}  post_build: { commands: ['echo "succeeding: $CODEBUILD_BUILD_SUCCEEDING"', "cp t.yaml $DRAWBRIDGE_OUT/template.yaml"] }\n`, 't.yaml': template });
    expect(built.log).toContain('succeeding: 0\n');
    expect(built).toMatchObject({ status: 1, packed: undefined });
  });
});

describe('a revision for CodeDeploy', () => {
  const steps: BuildRequest['steps'] = { kind: 'codedeploy', templates: [], revision: 'web/revision' };
  const files = { 'web/revision/appspec.yml': 'version: 0.0\nos: linux\n', 'web/revision/site/index.html': 'hello', 'web/other.txt': 'not deployed' };

  it('is a zip of its folder, whose name and digest are in the list', () => {
    const built = run(steps, files);
    expect(built).toMatchObject({ status: 0, packed: { templates: [], revision: { file: 'packed/revision.zip' } } });
    const zip = built.bytes('packed/revision.zip');
    expect(readZip(zip).map(({ name }) => name.toString())).toEqual(['appspec.yml', 'site/index.html']);
    expect(built.packed?.files).toEqual({ 'packed/revision.zip': sha256(zip) });
    expect(run(steps, files).bytes('packed/revision.zip')).toEqual(zip);
  });

  it('can be sealed: its AppSpec is found', () => {
    const lambda = 'version: 0.0\nResources:\n  - F: { Type: AWS::Lambda::Function, Properties: { Name: f, Alias: live, CurrentVersion: 1, TargetVersion: 2 } }\n';
    expect(lambdaAppSpec(run(steps, { ...files, 'web/revision/appspec.yml': lambda }).bytes('packed/revision.zip'))).toBe(lambda);
  });
});

describe('folders that steps publish', () => {
  const steps = { ...own, folders: ['web/dist', 'web/more'] };
  const files = { 'buildspec.yml': spec('cp t.yaml $DRAWBRIDGE_OUT/template.yaml; mkdir -p web/dist/assets; echo made > web/dist/assets/app.js; ln -sf /etc/hostname web/more/link'), 't.yaml': template, 'web/more/index.html': 'hello' };

  it('are left as they are after the build, file by file, without links', () => {
    const built = run(steps, files);
    expect(built.packed?.folders).toEqual([{ folder: 'web/dist', prefix: 'folders/0' }, { folder: 'web/more', prefix: 'folders/1' }]);
    expect(built.read('folders/0/assets/app.js')).toBe('made\n');
    expect(built.packed?.files).toEqual({ 'packed/template.yaml': sha256(template), 'folders/0/assets/app.js': sha256('made\n'), 'folders/1/index.html': sha256('hello') });
  });

  it('that the build did not make are named, and nothing is left to deploy', () => {
    expect(run({ ...steps, folders: ['web/gone'] }, files)).toMatchObject({ status: 1, packed: undefined, words: 'Publishing: the folder web/gone, which a step publishes, is not there after the build.' });
  });
});

describe('checks', () => {
  const files = { 'buildspec.yml': spec('echo packaging; cp t.yaml $DRAWBRIDGE_OUT/template.yaml'), 't.yaml': template };
  const check = (name: string, command: string, required: boolean) => ({ name, run: command, required });

  it('that are allowed to fail do not fail the build, and say what they found', () => {
    const built = run({ ...own, checks: [check('tests', 'true', true), check('scan', 'echo "2 vulnerabilities found: error" && exit 3', false)] }, files);
    expect(built.status).toBe(0);
    expect(built.packed?.checks).toMatchObject([{ name: 'tests', required: true, passed: true }, { name: 'scan', required: false, passed: false, words: '2 vulnerabilities found: error' }]);
  });

  it('that are required end the build before anything is packaged, all in one sentence', () => {
    const built = run({ ...own, checks: [check('tests', 'echo "Error: 1 test failed" >&2; exit 1', true), check('lint', 'exit 7', true)] }, files);
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
] as const)('a build without its %s ends with one sentence that names it', (_, { templates, ...steps }, why) => {
  expect(run({ ...steps, templates: [...templates] }, {})).toMatchObject({ status: 1, packed: undefined, words: why });
});
