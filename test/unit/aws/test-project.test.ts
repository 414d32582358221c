import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { AccountLimitExceededException, BatchGetBuildsCommand, CodeBuildClient, ResourceNotFoundException, StartBuildCommand } from '@aws-sdk/client-codebuild';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { readTestAnswer, startTest, testAccountFor } from '../../../aws/test-project.ts';
import { aRelease, aTarget } from '../../fakes/samples.ts';

const codeBuild = mockClient(CodeBuildClient);
const logs = mockClient(CloudWatchLogsClient);
const sts = mockClient(STSClient);
const command = { run: 'npm run smoke', folder: 'test/smoke', variables: {}, withinMinutes: 10 };
const order = { archive: 'artifacts/sealed/orders/a.zip', variables: { A: '1' }, idempotencyToken: 'once' };
const account = (fields = {}) => testAccountFor('execute', { release: aRelease(), environment: 'dev', tested: { target: aTarget({ region: 'us-east-1' }), command: { ...command, ...fields } }, region: 'eu-west-1' });

beforeEach(() => {
  for (const mock of [codeBuild, logs, sts]) mock.reset();
  sts.on(AssumeRoleCommand).resolves({ Credentials: { AccessKeyId: 'a', SecretAccessKey: 'b', SessionToken: 'c', Expiration: new Date() } });
});

describe('a test in a target account', () => {
  it('is started there, in the Region of the control plane, with a session for the one project', async () => {
    codeBuild.on(StartBuildCommand).resolves({ build: { arn: 'arn:build' } });
    const there = await account();
    expect(await startTest(there, order)).toEqual({ build: 'arn:build' });
    expect(await there.codeBuild.config.region()).toBe('eu-west-1');
    expect(sts.commandCalls(AssumeRoleCommand)[0]?.args[0].input).toMatchObject({ RoleArn: 'arn:aws:iam::222222222222:role/drawbridge/drawbridge-execute', ExternalId: 'drawbridge-222222222222', Policy: expect.stringContaining('"arn:aws:codebuild:eu-west-1:222222222222:project/drawbridge-test"') as string });
    expect(codeBuild.commandCalls(StartBuildCommand)[0]?.args[0].input).toEqual({
      projectName: 'drawbridge-test', sourceTypeOverride: 'S3', sourceLocationOverride: 'artifacts/sealed/orders/a.zip', timeoutInMinutesOverride: 10, idempotencyToken: 'once',
      environmentVariablesOverride: [{ name: 'A', value: '1', type: 'PLAINTEXT' }],
    });
  });

  it.each([
    ['that comes with CodeBuild is pulled by it', 'aws/codebuild/standard:7.0', 'CODEBUILD'],
    ['of anybody else is pulled with the role of the project', 'mcr.microsoft.com/playwright:v1', 'SERVICE_ROLE'],
  ])('in an image %s', async (_, image, imagePullCredentialsTypeOverride) => {
    codeBuild.on(StartBuildCommand).resolves({ build: { arn: 'arn:build' } });
    await startTest(await account({ image }), order);
    expect(codeBuild.commandCalls(StartBuildCommand)[0]?.args[0].input).toMatchObject({ imageOverride: image, imagePullCredentialsTypeOverride });
  });

  it('is refused, and can wait, where no more builds may run', async () => {
    codeBuild.on(StartBuildCommand).rejects(new AccountLimitExceededException({ message: 'Cannot have more than 1 builds in queue for the account', $metadata: {} }));
    expect(await startTest(await account(), order)).toBe('refused');
  });

  it.each([
    ['the project is not there', new ResourceNotFoundException({ message: 'Project cannot be found', $metadata: {} }), 'DeploymentFailedError'],
    ['the account does not allow it', Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' }), 'AccessDeniedError'],
    ['no build may run at all', new AccountLimitExceededException({ message: 'Cannot have more than 0 builds in queue for the account', $metadata: {} }), 'DeploymentFailedError'],
  ])('fails with a sentence that names the stack to deploy where %s', async (_, error, name) => {
    codeBuild.on(StartBuildCommand).rejects(error);
    await expect(startTest(await account(), order)).rejects.toMatchObject({ name, message: expect.stringContaining('in account 222222222222 (dev), whose stack drawbridge-target allows it with TestProject: true') as string });
  });

  it('that failed says what it wrote last', async () => {
    codeBuild.on(BatchGetBuildsCommand).resolves({ builds: [{ id: 'drawbridge-test:1', buildStatus: 'FAILED', logs: { groupName: 'g', streamName: 's', deepLink: 'https://log' } }] });
    logs.on(GetLogEventsCommand).resolves({ events: [{ message: 'AssertionError: 1 !== 2\n' }] });
    expect(await readTestAnswer(await account(), 'arn:aws:codebuild:eu-west-1:222222222222:build/drawbridge-test:1')).toMatchObject({ answer: 'failed', reason: expect.stringContaining('AssertionError: 1 !== 2') as string });
    expect(codeBuild.commandCalls(BatchGetBuildsCommand)[0]?.args[0].input).toEqual({ ids: ['drawbridge-test:1'] });
  });

  it('that runs has no answer', async () => {
    codeBuild.on(BatchGetBuildsCommand).resolves({ builds: [{ id: 'drawbridge-test:1', buildStatus: 'IN_PROGRESS' }] });
    expect(await readTestAnswer(await account(), 'arn:aws:codebuild:eu-west-1:222222222222:build/drawbridge-test:1')).toBeUndefined();
    expect(logs.commandCalls(GetLogEventsCommand)).toHaveLength(0);
  });
});
