import { AccountLimitExceededException, BatchGetBuildsCommand, CodeBuildClient, ResourceNotFoundException, StartBuildCommand } from '@aws-sdk/client-codebuild';
import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { readLastWords, readLogPage } from '../../../aws/build-logs.ts';
import { readBuild, startBuild } from '../../../aws/codebuild.ts';

const codeBuild = mockClient(CodeBuildClient);
const logs = mockClient(CloudWatchLogsClient);
const log = { group: '/aws/codebuild/p', stream: 'uuid' };
const named = (name: string) => Object.assign(new Error('words of the API'), { name });

beforeEach(() => {
  codeBuild.reset();
  logs.reset();
});

describe('starting a build', () => {
  const order = { project: 'drawbridge-build-orders', source: { version: 'refs/heads/main^{c}' }, variables: { A: '1' }, idempotencyToken: 'once' };

  it('says what to build, once', async () => {
    codeBuild.on(StartBuildCommand).resolves({ build: { id: 'p:1' } });
    expect(await startBuild(order)).toEqual({ answer: 'started', id: 'p:1' });
    expect(codeBuild.commandCalls(StartBuildCommand)[0]?.args[0].input).toEqual({
      projectName: 'drawbridge-build-orders', sourceVersion: 'refs/heads/main^{c}', idempotencyToken: 'once', environmentVariablesOverride: [{ name: 'A', value: '1', type: 'PLAINTEXT' }],
    });
  });

  it('of an archive says which version of which object, in place of the source that the project has', async () => {
    codeBuild.on(StartBuildCommand).resolves({ build: { id: 'p:1' } });
    await startBuild({ ...order, source: { version: 'v1', archive: 'uploads/orders/source.zip' } });
    expect(codeBuild.commandCalls(StartBuildCommand)[0]?.args[0].input).toMatchObject({ sourceVersion: 'v1', sourceTypeOverride: 'S3', sourceLocationOverride: 'uploads/orders/source.zip' });
  });

  it('of a project that is not there says what to deploy', async () => {
    codeBuild.on(StartBuildCommand).rejects(new ResourceNotFoundException({ message: 'x', $metadata: {} }));
    await expect(startBuild(order)).rejects.toMatchObject({ name: 'DeploymentFailedError', message: expect.stringContaining('Deploy infra/application.yaml') as string });
  });

  it.each([
    ['Cannot have more than 1 builds in queue for the account', 1],
    ['Cannot have more than 20 active builds for the account', 20],
    ['Another sentence', undefined],
  ])('that is refused, "%s", is no error: it can wait', async (message, limit) => {
    codeBuild.on(StartBuildCommand).rejects(new AccountLimitExceededException({ message, $metadata: {} }));
    expect(await startBuild(order)).toEqual({ answer: 'refused', limit });
  });

  it('in an account that may not build at all fails, for nothing would end the wait', async () => {
    codeBuild.on(StartBuildCommand).rejects(new AccountLimitExceededException({ message: 'Cannot have more than 0 builds in queue for the account', $metadata: {} }));
    await expect(startBuild(order)).rejects.toMatchObject({ name: 'DeploymentFailedError', message: expect.stringContaining('Service Quotas') as string });
  });

  it('is tried again when CodeBuild is busy', async () => {
    codeBuild.on(StartBuildCommand).rejects(named('ThrottlingException'));
    await expect(startBuild(order)).rejects.toMatchObject({ name: 'TransientError' });
  });
});

describe('a build', () => {
  it('is found by its id or its ARN', async () => {
    codeBuild.on(BatchGetBuildsCommand).resolves({ builds: [{ id: 'p:1', projectName: 'p', buildStatus: 'SUCCEEDED', resolvedSourceVersion: 'c', sourceVersion: 'v1', source: { type: 'S3', location: 'uploads/a.zip' }, exportedEnvironmentVariables: [{ name: 'B', value: '2' }], environment: { type: 'ARM_CONTAINER', image: 'i', computeType: 'BUILD_GENERAL1_SMALL', environmentVariables: [{ name: 'A', value: '1' }] } }] });
    const build = { id: 'p:1', project: 'p', status: 'SUCCEEDED', commit: 'c', source: { type: 'S3', location: 'uploads/a.zip', version: 'v1' }, variables: { A: '1' }, exported: { B: '2' }, trouble: undefined, logs: undefined, log: undefined };
    expect(await readBuild('p:1')).toEqual(build);
    expect(await readBuild('arn:aws:codebuild:eu-west-1:111111111111:build/p:1')).toEqual(build);
    expect(codeBuild.commandCalls(BatchGetBuildsCommand).map(({ args }) => args[0].input.ids)).toEqual([['p:1'], ['p:1']]);
  });

  it('that failed tells its first failed phase and where its log is', async () => {
    codeBuild.on(BatchGetBuildsCommand).resolves({
      builds: [{
        buildStatus: 'FAILED',
        phases: [
          { phaseType: 'INSTALL', phaseStatus: 'SUCCEEDED' },
          { phaseType: 'BUILD', phaseStatus: 'FAILED', contexts: [{ message: 'exit status 1' }, { message: '' }] },
          { phaseType: 'POST_BUILD', phaseStatus: 'FAILED', contexts: [{ message: 'later' }] },
        ],
        logs: { deepLink: 'https://logs', groupName: log.group, streamName: log.stream },
      }],
    });
    expect(await readBuild('p:1')).toMatchObject({ trouble: 'BUILD: exit status 1', logs: 'https://logs', log });
  });

  it('that CodeBuild does not know is nothing', async () => {
    codeBuild.on(BatchGetBuildsCommand).resolves({ builds: [], buildsNotFound: ['p:1'] });
    expect(await readBuild('p:1')).toBeUndefined();
  });
});

describe('the last words of a build', () => {
  it('are read from the end of its log', async () => {
    logs.on(GetLogEventsCommand).resolves({ events: [{ message: '[Container] Running command x\n' }, { message: 'Error: no\n' }] });
    expect(await readLastWords({ log })).toBe('Error: no');
    expect(logs.commandCalls(GetLogEventsCommand)[0]?.args[0].input).toMatchObject({ logGroupName: log.group, logStreamName: log.stream, startFromHead: false });
  });

  it.each(['ResourceNotFoundException', 'AccessDeniedException'])('do without, on %s: how a build ended counts more than why', async (name) => {
    logs.on(GetLogEventsCommand).rejects(named(name));
    expect(await readLastWords({ log })).toBeUndefined();
  });

  it('of a build without a log are not asked for', async () => {
    expect(await readLastWords({ log: undefined })).toBeUndefined();
    expect(logs.calls()).toEqual([]);
  });
});

describe('a page of a build’s log', () => {
  const asked = () => logs.commandCalls(GetLogEventsCommand).map(({ args }) => args[0].input);

  it('begins at the beginning, goes on where the last one ended, and names the same place while nothing follows', async () => {
    logs.on(GetLogEventsCommand).resolves({ events: [], nextForwardToken: 'f/2' });
    logs.on(GetLogEventsCommand, { nextToken: undefined }).resolves({ events: [{ message: 'one\n' }, { message: 'two\nthree\n' }], nextForwardToken: 'f/2' });
    expect(await readLogPage({ log }, undefined)).toEqual({ lines: ['one', 'two', 'three'], next: 'f/2' });
    expect(await readLogPage({ log }, 'f/2')).toEqual({ lines: [], next: 'f/2' });
    expect(asked()).toMatchObject([{ logGroupName: log.group, logStreamName: log.stream, startFromHead: true, limit: 1000 }, { startFromHead: true, nextToken: 'f/2' }]);
    expect(asked()[0]).not.toHaveProperty('nextToken');
  });

  it('that is empty may have others behind it: its token is another one', async () => {
    logs.on(GetLogEventsCommand).resolves({ events: [], nextForwardToken: 'f/3' });
    expect(await readLogPage({ log }, 'f/2')).toEqual({ lines: [], next: 'f/3' });
  });

  it('of a build that has begun no log is empty, whether CodeBuild or CloudWatch Logs says so', async () => {
    expect(await readLogPage({ log: undefined }, undefined)).toEqual({ lines: [], next: undefined });
    expect(asked()).toEqual([]);
    logs.on(GetLogEventsCommand).rejects(named('ResourceNotFoundException'));
    expect(await readLogPage({ log }, undefined)).toEqual({ lines: [], next: undefined });
  });

  it.each([
    ['InvalidParameterException', 'InvalidInputError', 'Read it from its beginning.'],
    ['AccessDeniedException', 'AccessDeniedError', 'reading the build log uuid'],
    ['ThrottlingException', 'TransientError', 'reading the build log uuid'],
  ])('that is refused with %s is an %s', async (name, ours, says) => {
    logs.on(GetLogEventsCommand).rejects(named(name));
    await expect(readLogPage({ log }, 'f/old')).rejects.toMatchObject({ name: ours, message: expect.stringContaining(says) as string });
  });
});
