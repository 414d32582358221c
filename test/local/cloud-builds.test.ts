import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatchGetBuildsCommand, type Build, StartBuildCommand, StopBuildCommand } from '@aws-sdk/client-codebuild';
import { CreateRepositoryCommand } from '@aws-sdk/client-codecommit';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, PutBucketVersioningCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../../local/eventually.ts';
import { archiveOf } from '../fakes/archives.ts';
import { clients, deploy, push, raise, role, seen, type Stage, watcher } from './cloud-kit.ts';

let stage: Stage;
let tools: string;
let work: string;
const repositoryName = 'shop';
const region = 'eu-west-1';

const buildRole = (name: string, ...more: object[]) =>
  role(name, 'codebuild.amazonaws.com', {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 'logs:*', Resource: '*' },
      { Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::artifacts/incoming/shop/${aws:userid}/*' },
      { Effect: 'Allow', Action: 's3:GetObjectVersion', Resource: 'arn:aws:s3:::uploads/shop/*' },
      ...more,
    ],
  });
const project = (name: string, roleName: string) => ({
  Type: 'AWS::CodeBuild::Project',
  Properties: {
    Name: name,
    ServiceRole: { 'Fn::GetAtt': [roleName, 'Arn'] },
    Source: { Type: 'CODECOMMIT', Location: `https://git-codecommit.${region}.amazonaws.com/v1/repos/${repositoryName}` },
    Artifacts: { Type: 'NO_ARTIFACTS' },
    Environment: { Type: 'LINUX_CONTAINER', ComputeType: 'BUILD_GENERAL1_SMALL', Image: 'aws/codebuild/standard:7.0', EnvironmentVariables: [{ Name: 'WHERE', Value: 'project' }] },
    TimeoutInMinutes: 5,
  },
});

beforeAll(async () => {
  stage = await raise();
  tools = stage.cloud.accounts.tools;
  work = await mkdtemp(join(tmpdir(), 'drawbridge-work-'));
  const pull = { Effect: 'Allow', Action: 'codecommit:GitPull', Resource: `arn:aws:codecommit:${region}:${tools}:${repositoryName}` };
  await deploy(stage.cloud, tools, 'building', {
    Builder: buildRole('builder', pull),
    Stranger: buildRole('stranger'),
    Build: project('shop-build', 'Builder'),
    NoPull: project('no-pull', 'Stranger'),
    ...watcher({ source: ['aws.codebuild'] }),
  });
  const { codeCommit, s3 } = clients(stage.cloud, tools);
  await codeCommit.send(new CreateRepositoryCommand({ repositoryName }));
  for (const Bucket of ['artifacts', 'uploads']) await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: region } }));
  await s3.send(new PutBucketVersioningCommand({ Bucket: 'uploads', VersioningConfiguration: { Status: 'Enabled' } }));
}, 120_000);
afterAll(async () => {
  await stage.close();
  await rm(work, { recursive: true, force: true });
});

const remote = () => stage.cloud.gitRemote(repositoryName);

async function ended(id: string | undefined): Promise<Build> {
  const { codeBuild } = clients(stage.cloud, tools);
  return await eventually(
    'the build',
    async () => {
      const build = (await codeBuild.send(new BatchGetBuildsCommand({ ids: [id ?? ''] }))).builds?.[0];
      return build?.buildStatus === 'IN_PROGRESS' ? undefined : build;
    },
    90_000,
  );
}

const spec = `
version: 0.2
env:
  variables: { WHERE: buildspec, ONLY: buildspec }
  exported-variables: [ANSWER, WHERE]
phases:
  install:
    commands:
      - mkdir -p deep && cd deep
      - export ANSWER="$WHERE-$ONLY"
  build:
    commands:
      - test "$(basename "$PWD")" = deep
      - aws sts get-caller-identity --query Arn --output text
      - me=$(aws sts get-caller-identity --query UserId --output text)
      - echo made > made.txt && aws s3 cp --quiet made.txt "s3://artifacts/incoming/shop/$me/made.txt"
      - if aws s3 cp --quiet made.txt s3://artifacts/incoming/shop/other/made.txt; then exit 9; fi
      - '[ "$(node -v | cut -d. -f1)" = v24 ]'
      - if command -v vitest || command -v cookiecutter; then exit 8; fi
      - test -z "$DRAWBRIDGE_ADMIN_SECRET$DRAWBRIDGE_STATE$SECRET_OF_THE_PERSON"
      - '[ "$CODEBUILD_RESOLVED_SOURCE_VERSION" = "$(git rev-parse HEAD)" ]'
    finally:
      - echo at last
`;

it('a build runs the buildspec at the commit, as its role and nothing more', { timeout: 90_000 }, async () => {
  process.env['SECRET_OF_THE_PERSON'] = 'x';
  const { codeBuild, s3 } = clients(stage.cloud, tools);
  const commit = await push(join(work, 'one'), remote(), { 'buildspec.yml': spec });
  const { build: begun } = await codeBuild.send(
    new StartBuildCommand({
      projectName: 'shop-build',
      sourceVersion: `refs/heads/main^{${commit}}`,
      idempotencyToken: 'once',
      environmentVariablesOverride: [{ name: 'WHERE', value: 'override' }],
    }),
  );
  const build = await ended(begun?.id);
  expect(build.phases?.flatMap(({ contexts = [] }) => contexts)).toEqual([]);
  expect(build).toMatchObject({
    buildStatus: 'SUCCEEDED',
    resolvedSourceVersion: commit,
    exportedEnvironmentVariables: [
      { name: 'ANSWER', value: 'override-buildspec' },
      { name: 'WHERE', value: 'override' },
    ],
  });
  expect(build.phases?.map(({ phaseType }) => phaseType)).toEqual(
    expect.arrayContaining(['SUBMITTED', 'QUEUED', 'PROVISIONING', 'DOWNLOAD_SOURCE', 'INSTALL', 'BUILD', 'POST_BUILD', 'COMPLETED']),
  );
  const objects = await s3.send(new ListObjectsV2Command({ Bucket: 'artifacts' }));
  const key = objects.Contents?.[0]?.Key ?? '';
  expect(key).toMatch(new RegExp(`^incoming/shop/AROA\\w+:AWSCodeBuild-${build.id?.split(':')[1] ?? ''}/made.txt$`));
  expect(await (await s3.send(new GetObjectCommand({ Bucket: 'artifacts', Key: key }))).Body?.transformToString()).toBe('made\n');

  const told = await eventually('the event', async () =>
    (await seen(stage.cloud, tools)).find(({ detail }) => detail['build-status'] === 'SUCCEEDED' && detail['build-id'] === build.arn),
  );
  expect(told).toMatchObject({ 'detail-type': 'CodeBuild Build State Change', detail: { 'project-name': 'shop-build', 'additional-information': { 'build-complete': true } } });
});

it('a failing command, a missing permission and a stop each end the build with their reason', { timeout: 90_000 }, async () => {
  const { codeBuild } = clients(stage.cloud, tools);
  const start = async (projectName: string, buildspecOverride: string) =>
    (await codeBuild.send(new StartBuildCommand({ projectName, buildspecOverride }))).build?.id;
  const [failing, refused, endless] = [
    await start('shop-build', 'version: 0.2\nphases: {build: {commands: [echo one, exit 3, echo never]}, post_build: {commands: ["test $CODEBUILD_BUILD_SUCCEEDING = 0"]}}'),
    await start('no-pull', 'version: 0.2\nphases: {build: {commands: [echo one]}}'),
    await start('shop-build', 'version: 0.2\nphases: {build: {commands: [echo waiting, sleep 600]}}'),
  ];
  const phase = (build: Build, name: string) => build.phases?.find(({ phaseType }) => phaseType === name);
  const failed = await ended(failing);
  expect(failed.buildStatus).toBe('FAILED');
  expect(phase(failed, 'BUILD')).toMatchObject({ phaseStatus: 'FAILED', contexts: [{ statusCode: 'COMMAND_EXECUTION_ERROR', message: expect.stringContaining('exit status 3') as string }] });
  expect(phase(failed, 'POST_BUILD')?.phaseStatus).toBe('SUCCEEDED');
  expect(phase(await ended(refused), 'DOWNLOAD_SOURCE')?.contexts?.[0]?.message).toMatch(/may not codecommit:GitPull/);
  await eventually('the build phase', async () => {
    const { builds } = await codeBuild.send(new BatchGetBuildsCommand({ ids: [endless ?? ''] }));
    return builds?.[0]?.currentPhase === 'BUILD' ? true : undefined;
  });
  await codeBuild.send(new StopBuildCommand({ id: endless }));
  expect((await ended(endless)).buildStatus).toBe('STOPPED');
});

it('what is over the limit waits in the queue, and what is over the queue is refused until a build has ended', { timeout: 120_000 }, async () => {
  const small = await raise({ buildLimit: 1, buildQueue: 1 });
  try {
    const { tools: account } = small.cloud.accounts;
    await deploy(small.cloud, account, 'building', { Builder: buildRole('builder'), Build: { ...project('shop-build', 'Builder'), Properties: { ...project('shop-build', 'Builder').Properties, Source: { Type: 'NO_SOURCE' } } } });
    const { codeBuild } = clients(small.cloud, account);
    const start = async (command: string, idempotencyToken?: string) => (await codeBuild.send(new StartBuildCommand({ projectName: 'shop-build', buildspecOverride: `version: 0.2\nphases: {build: {commands: ["${command}"]}}`, idempotencyToken }))).build?.id ?? '';
    const phase = async (id: string) => (await codeBuild.send(new BatchGetBuildsCommand({ ids: [id] }))).builds?.[0];
    const endless = await start('sleep 600');
    const queued = await start('echo quick', 'second');
    await expect(start('echo one more')).rejects.toMatchObject({ name: 'AccountLimitExceededException', message: 'Cannot have more than 2 builds in queue for the account' });
    expect(await start('echo quick', 'second')).toBe(queued);
    await eventually('the first one runs', async () => ((await phase(endless))?.currentPhase === 'BUILD' ? true : undefined), 90_000);
    expect((await phase(queued))?.currentPhase).toBe('QUEUED');
    await codeBuild.send(new StopBuildCommand({ id: endless }));
    await eventually('the second one ends', async () => ((await phase(queued))?.buildComplete === true ? true : undefined), 90_000);
    expect(await start('echo at last')).toMatch(/^shop-build:/);
  } finally {
    await small.close();
  }
});

it('a build of an archive has exactly the version that was asked for; what reaches out of its folder is not unpacked', { timeout: 90_000 }, async () => {
  const { codeBuild, s3 } = clients(stage.cloud, tools);
  const upload = async (files: Record<string, string> | Buffer, Key = 'shop/source.zip') => (await s3.send(new PutObjectCommand({ Bucket: 'uploads', Key, Body: Buffer.isBuffer(files) ? files : await archiveOf(files) }))).VersionId;
  const start = async (sourceVersion: string | undefined, key = 'shop/source.zip') =>
    (await codeBuild.send(new StartBuildCommand({ projectName: 'shop-build', sourceTypeOverride: 'S3', sourceLocationOverride: `uploads/${key}`, sourceVersion, buildspecOverride: 'version: 0.2\nphases: {build: {commands: ["test $(cat which.txt) = first"]}}' }))).build?.id;
  const first = await upload({ 'which.txt': 'first' });
  const outside = await upload({ 'which.txt': 'first', '../../outside.txt': 'x' });
  const letter = await upload(Buffer.from('This is a letter.'));
  const others = await upload({ 'which.txt': 'first' }, 'other/source.zip');
  const builds = await Promise.all([start(first), start(outside), start(letter), start('none'), start(others, 'other/source.zip')]);
  const [good, ...bad] = await Promise.all(builds.map(ended));
  expect(good).toMatchObject({ buildStatus: 'SUCCEEDED', sourceVersion: first, source: { type: 'S3', location: 'uploads/shop/source.zip' } });
  expect(good?.resolvedSourceVersion ?? '').toBe('');
  expect(bad.map(({ phases = [] }) => phases.find(({ phaseType }) => phaseType === 'DOWNLOAD_SOURCE')?.contexts?.[0]?.message)).toEqual([
    expect.stringMatching(/cannot be unpacked: '\.\.\/\.\.\/outside\.txt' would be written outside the build's directory$/),
    expect.stringMatching(/cannot be unpacked: it is no zip archive that can be read/),
    expect.stringMatching(/NoSuchVersion$/),
    expect.stringMatching(/AccessDenied/),
  ]);
});

it('sam builds a Python function whatever Python this machine has', { timeout: 120_000 }, async () => {
  const { codeBuild } = clients(stage.cloud, tools);
  const runtimes = ['python3.12', 'python3.13', 'python3.14'];
  await push(join(work, 'two'), remote(), {
    'template.yaml': JSON.stringify({
      Transform: 'AWS::Serverless-2016-10-31',
      Resources: Object.fromEntries(
        runtimes.map((Runtime, index) => [`F${String(index)}`, { Type: 'AWS::Serverless::Function', Properties: { Runtime, Handler: 'app.handler', CodeUri: 'src' } }]),
      ),
    }),
    'src/app.py': 'def handler(event, context):\n    return {}\n',
    // A dependency in pure Python; its wheel fits every interpreter.
    'src/requirements.txt': 'idna\n',
    'buildspec.yml': 'version: 0.2\nphases: {build: {commands: [sam build, ls .aws-sam/build/F2/idna/__init__.py]}}\n',
  }, 'python');
  const { build } = await codeBuild.send(new StartBuildCommand({ projectName: 'shop-build', sourceVersion: 'python' }));
  const done = await ended(build?.id);
  expect(done.phases?.flatMap(({ contexts = [] }) => contexts)).toEqual([]);
  expect(done.buildStatus).toBe('SUCCEEDED');
});
