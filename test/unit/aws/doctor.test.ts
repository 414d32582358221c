import { CloudFormationClient, DescribeAccountLimitsCommand, ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudTrailClient, DescribeTrailsCommand, GetTrailStatusCommand } from '@aws-sdk/client-cloudtrail';
import { BatchGetProjectsCommand, CodeBuildClient } from '@aws-sdk/client-codebuild';
import { CodeCommitClient, GetRepositoryCommand } from '@aws-sdk/client-codecommit';
import { ConfigServiceClient, DescribeConfigurationRecorderStatusCommand } from '@aws-sdk/client-config-service';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ListServiceQuotasCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findProject } from '../../../aws/codebuild.ts';
import { hasRepository } from '../../../aws/codecommit.ts';
import { sendCanary } from '../../../aws/canary-event.ts';
import { lastEvents, noteCanary, noteEvent } from '../../../aws/events-seen.ts';
import { noteExamined, wasExamined } from '../../../aws/examined.ts';
import { functionConcurrency, serviceQuotas } from '../../../aws/quotas.ts';
import { configIsRecording, countStacks, readAs, trailIsLogging } from '../../../aws/target-look.ts';
import { tryAsARelease, tryAsAStranger } from '../../../aws/trial-session.ts';
import { FakeTable } from '../../fakes/table.ts';

const [sts, s3, cloudFormation, trails, config] = [mockClient(STSClient), mockClient(S3Client), mockClient(CloudFormationClient), mockClient(CloudTrailClient), mockClient(ConfigServiceClient)];
const [events, codeBuild, codeCommit, quotas, lambda] = [mockClient(EventBridgeClient), mockClient(CodeBuildClient), mockClient(CodeCommitClient), mockClient(ServiceQuotasClient), mockClient(LambdaClient)];
const named = (name: string) => Object.assign(new Error('words of the API'), { name });
const credentials = { accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c' };
const account = { account: '222222222222', externalId: 'drawbridge-222222222222' };

beforeEach(() => {
  for (const client of [sts, s3, cloudFormation, trails, config, events, codeBuild, codeCommit, quotas, lambda]) client.reset();
});

describe('trying the plan role', () => {
  it('as a release: with the external id and the tags that a release carries', async () => {
    sts.on(AssumeRoleCommand).resolves({ Credentials: { AccessKeyId: 'a', SecretAccessKey: 'b', SessionToken: 'c', Expiration: undefined } });
    expect(await tryAsARelease(account, 'dev', 'artifacts')).toEqual({ allowed: true, credentials });
    const input = sts.commandCalls(AssumeRoleCommand)[0]?.args[0].input;
    expect(input).toMatchObject({ RoleArn: 'arn:aws:iam::222222222222:role/drawbridge/drawbridge-plan', ExternalId: account.externalId, DurationSeconds: 900 });
    expect(input?.Tags?.map(({ Key }) => Key)).toEqual(['release', 'environment', 'application', 'commit']);
    expect(input?.Policy).not.toContain('ChangeSet');
  });

  it('as a stranger: without tags, whose refusal would hide a hole', async () => {
    sts.on(AssumeRoleCommand).rejects(named('AccessDenied'));
    expect([await tryAsAStranger('222222222222', undefined, 'artifacts'), await tryAsAStranger('222222222222', 'x', 'artifacts')]).toEqual([false, false]);
    const inputs = sts.commandCalls(AssumeRoleCommand).map(({ args }) => args[0].input);
    expect(inputs.map(({ ExternalId, Tags }) => [ExternalId, Tags])).toEqual([[undefined, undefined], ['x', undefined]]);
  });

  it('a refusal is an answer, another trouble is trouble', async () => {
    sts.on(AssumeRoleCommand).rejectsOnce(named('AccessDenied')).rejects(named('RegionDisabledException'));
    expect(await tryAsARelease(account, 'dev', 'artifacts')).toMatchObject({ allowed: false, because: expect.stringContaining('words of the API') as string });
    await expect(tryAsARelease(account, 'dev', 'artifacts')).rejects.toThrow('words of the API');
  });
});

describe('in a target account', () => {
  it('the test object is read, or refused, or not to be had', async () => {
    const Body = { transformToString: () => Promise.resolve('text') };
    s3.on(GetObjectCommand).resolvesOnce({ Body: Body as never }).rejectsOnce(named('AccessDenied')).rejects(named('NoSuchKey'));
    expect(await readAs(credentials, { bucket: 'artifacts', region: 'eu-west-1' }, 'key')).toEqual({ text: 'text' });
    expect(await readAs(credentials, { bucket: 'artifacts', region: 'eu-west-1' }, 'key')).toMatchObject({ refused: expect.stringContaining('reading key') as string });
    await expect(readAs(credentials, { bucket: 'artifacts', region: 'eu-west-1' }, 'key')).rejects.toThrow('words of the API');
  });

  it('stacks are counted page after page, without those that are deleted', async () => {
    cloudFormation.on(DescribeAccountLimitsCommand).resolves({ AccountLimits: [{ Name: 'StackOutputsLimit', Value: 200 }, { Name: 'StackLimit', Value: 2000 }] });
    const summary = { StackName: 'a', CreationTime: new Date(0), StackStatus: 'CREATE_COMPLETE' as const };
    cloudFormation.on(ListStacksCommand).resolvesOnce({ StackSummaries: [summary, summary], NextToken: 'more' }).resolves({ StackSummaries: [summary] });
    expect(await countStacks(credentials, 'eu-west-1')).toEqual({ used: 3, limit: 2000 });
    expect(cloudFormation.commandCalls(ListStacksCommand)[0]?.args[0].input.StackStatusFilter).not.toContain('DELETE_COMPLETE');
    cloudFormation.on(DescribeAccountLimitsCommand).resolves({});
    await expect(countStacks(credentials, 'eu-west-1')).rejects.toThrow('no StackLimit');
  });

  it('one trail that logs is enough, and one that stands still is none', async () => {
    trails.on(DescribeTrailsCommand).resolves({ trailList: [{ TrailARN: 'still' }, { TrailARN: 'organisation' }] });
    trails.on(GetTrailStatusCommand, { Name: 'still' }).resolves({ IsLogging: false }).on(GetTrailStatusCommand, { Name: 'organisation' }).resolves({ IsLogging: true });
    expect(await trailIsLogging(credentials, 'eu-west-1')).toBe(true);
    trails.on(GetTrailStatusCommand).resolves({ IsLogging: false });
    expect(await trailIsLogging(credentials, 'eu-west-1')).toBe(false);
  });

  it('a test event is sent, or may not be sent, or is not taken', async () => {
    events.on(PutEventsCommand).resolvesOnce({ FailedEntryCount: 0 }).rejectsOnce(named('AccessDeniedException')).resolves({ FailedEntryCount: 1, Entries: [{ ErrorMessage: 'no bus' }] });
    const send = () => sendCanary(credentials, 'eu-west-1', '2026-01-01T00:00:00.000Z');
    expect([await send(), await send()]).toEqual([true, false]);
    await expect(send()).rejects.toThrow('no bus');
    expect(events.commandCalls(PutEventsCommand)[0]?.args[0].input).toEqual({ Entries: [{ Source: 'drawbridge.canary', DetailType: 'Drawbridge Canary', Detail: '{"sentAt":"2026-01-01T00:00:00.000Z"}' }] });
  });

  it('AWS Config is on when its recorder runs', async () => {
    config.on(DescribeConfigurationRecorderStatusCommand).resolvesOnce({}).resolvesOnce({ ConfigurationRecordersStatus: [{ recording: false }] }).resolves({ ConfigurationRecordersStatus: [{ recording: true }] });
    expect([await configIsRecording(credentials, 'eu-west-1'), await configIsRecording(credentials, 'eu-west-1'), await configIsRecording(credentials, 'eu-west-1')]).toEqual([false, false, true]);
  });
});

describe('in the tools account', () => {
  it('a repository and a project are there or not', async () => {
    codeCommit.on(GetRepositoryCommand).resolvesOnce({}).rejectsOnce(named('RepositoryDoesNotExistException')).rejects(named('AccessDeniedException'));
    expect([await hasRepository('orders'), await hasRepository('orders')]).toEqual([true, false]);
    await expect(hasRepository('orders')).rejects.toMatchObject({ name: 'AccessDeniedError' });
    codeBuild.on(BatchGetProjectsCommand).resolvesOnce({ projects: [{ environment: { type: 'ARM_CONTAINER', computeType: 'BUILD_GENERAL1_SMALL', image: 'x' } }] }).resolves({ projects: [], projectsNotFound: ['x'] });
    expect([await findProject('x'), await findProject('x')]).toEqual([{ type: 'ARM_CONTAINER', computeType: 'BUILD_GENERAL1_SMALL' }, undefined]);
  });

  it('quotas are read page after page', async () => {
    quotas.on(ListServiceQuotasCommand).resolvesOnce({ Quotas: [{ QuotaName: 'a', Value: 1 }, { QuotaName: 'told nothing' }], NextToken: 'more' }).resolves({ Quotas: [{ QuotaName: 'b', Value: 2 }] });
    expect(await serviceQuotas('codebuild')).toEqual([{ name: 'a', value: 1 }, { name: 'b', value: 2 }]);
  });

  it('the limits of Lambda are told, or there is nothing to judge', async () => {
    lambda.on(GetAccountSettingsCommand).resolvesOnce({ AccountLimit: { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 900 } }).resolves({});
    expect(await functionConcurrency()).toEqual({ limit: 1000, unreserved: 900 });
    await expect(functionConcurrency()).rejects.toThrow('told none');
  });
});

describe('an event that came', () => {
  let table: FakeTable;
  beforeEach(() => {
    table = new FakeTable().install();
  });
  afterEach(() => {
    table.restore();
  });

  it('is remembered for its account and Region, the last one', async () => {
    const place = { account: '222222222222', region: 'eu-west-1' };
    expect(await lastEvents('table', place)).toEqual({});
    await noteEvent('table', place, new Date(0));
    await noteEvent('table', place, new Date(1000));
    await noteCanary('table', place, '1970-01-01T00:00:02.000Z');
    // Several releases try the way at once, and events come in no certain order.
    await noteCanary('table', place, '1970-01-01T00:00:01.500Z');
    expect(await lastEvents('table', place)).toEqual({ seenAt: '1970-01-01T00:00:01.000Z', canarySentAt: '1970-01-01T00:00:02.000Z' });
    expect(await lastEvents('table', { ...place, region: 'eu-central-1' })).toEqual({});
  });

  it('an account was looked at in a Region, as long as its external id is the same', async () => {
    const place = { account: '222222222222', region: 'eu-west-1', externalId: 'one' };
    expect(await wasExamined('table', place)).toBe(false);
    await noteExamined('table', place, new Date(0));
    expect([await wasExamined('table', place), await wasExamined('table', { ...place, externalId: 'another' }), await wasExamined('table', { ...place, region: 'eu-central-1' })]).toEqual([true, false, false]);
  });
});
