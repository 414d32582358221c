import { CloudFormationClient, DeleteStackCommand, DescribeStackEventsCommand, DescribeStacksCommand, ListStackResourcesCommand, ListStacksCommand, type Stack, type StackEvent } from '@aws-sdk/client-cloudformation';
import { DeleteTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeKeyCommand, KMSClient, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import { DeleteBucketCommand, DeleteObjectsCommand, HeadBucketCommand, ListMultipartUploadsCommand, ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { findDeleted, listStacks, resourcesIn } from '../../../aws/found-stacks.ts';
import { deleteData, holdsAnything, isKept } from '../../../aws/kept-data.ts';
import { deleteOwnStack } from '../../../aws/own-deletion.ts';
import { accountOf } from '../../../aws/person.ts';
import type { Data } from '../../../domain/offboard/kept.ts';
import { aStack } from '../../fakes/offboarding.ts';

const [cloudFormation, s3, table, kms, sts] = [mockClient(CloudFormationClient), mockClient(S3Client), mockClient(DynamoDBClient), mockClient(KMSClient), mockClient(STSClient)];
beforeEach(() => {
  for (const client of [cloudFormation, s3, table, kms, sts]) client.reset();
});

const me = { credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
const named = (name: string, message = name) => Object.assign(new Error(message), { name });
const stack = aStack('drawbridge-target', '222222222222');
const as = (fields: Partial<Stack>): Stack => ({ StackId: stack.arn, StackName: stack.name, StackStatus: 'CREATE_COMPLETE', CreationTime: new Date(0), ...fields });
const atOnce = { pause: () => Promise.resolve(), newToken: () => 'ours' };

describe('what is found in an account', () => {
  it('is every stack on every page, with what its ARN says of its place, and no nested one', async () => {
    cloudFormation
      .on(DescribeStacksCommand, { NextToken: undefined })
      .resolves({ Stacks: [as({ Outputs: [{ OutputKey: 'DrawbridgePart', OutputValue: 'target-account' }], Parameters: [{ ParameterKey: 'ToolsBusArn', ParameterValue: 'bus' }] }), as({ StackName: 'nested', ParentId: stack.arn })], NextToken: 'more' })
      .on(DescribeStacksCommand, { NextToken: 'more' })
      .resolves({ Stacks: [as({ StackName: 'orders-dev', EnableTerminationProtection: true, Tags: [{ Key: 'drawbridge:application', Value: 'orders' }] })] });
    expect(await listStacks(me, 'eu-west-1')).toEqual([
      { ...stack, outputs: { DrawbridgePart: 'target-account' }, parameters: { ToolsBusArn: 'bus' } },
      { ...stack, name: 'orders-dev', terminationProtection: true, tags: { 'drawbridge:application': 'orders' } },
    ]);
  });

  it('is the newest deleted stack of a name, and what it left behind', async () => {
    const summary = (StackName: string, StackId: string, day: number) => ({ StackName, StackId, StackStatus: 'DELETE_COMPLETE' as const, CreationTime: new Date(0), DeletionTime: new Date(day) });
    cloudFormation.on(ListStacksCommand).resolves({ StackSummaries: [summary('drawbridge', 'old', 1), summary('drawbridge', stack.arn, 2), summary('other', 'other', 3)] });
    cloudFormation.on(DescribeStacksCommand, { StackName: stack.arn }).resolves({ Stacks: [as({ StackStatus: 'DELETE_COMPLETE' })] });
    const event = (LogicalResourceId: string, ResourceStatus: 'DELETE_SKIPPED' | 'DELETE_COMPLETE') => ({ StackId: stack.arn, StackName: 'drawbridge', EventId: LogicalResourceId, Timestamp: new Date(0), LogicalResourceId, ResourceStatus, PhysicalResourceId: `${LogicalResourceId}-1` });
    cloudFormation.on(DescribeStackEventsCommand).resolves({ StackEvents: [event('Bus', 'DELETE_COMPLETE'), event('Table', 'DELETE_SKIPPED')] });
    const gone = await findDeleted(me, 'eu-west-1', 'drawbridge');
    expect(gone).toMatchObject({ arn: stack.arn, status: 'DELETE_COMPLETE' });
    expect([...(await resourcesIn(me, gone ?? stack))]).toEqual([['Table', 'Table-1']]);
    expect(await findDeleted(me, 'eu-west-1', 'never')).toBeUndefined();
  });

  it('is what a stack that stands has made', async () => {
    cloudFormation.on(ListStackResourcesCommand).resolves({ StackResourceSummaries: [{ LogicalResourceId: 'Table', PhysicalResourceId: 'Table-1', ResourceType: 'AWS::DynamoDB::Table', ResourceStatus: 'CREATE_COMPLETE', LastUpdatedTimestamp: new Date(0) }] });
    expect([...(await resourcesIn(me, stack))]).toEqual([['Table', 'Table-1']]);
  });

  it('belongs to the account that AWS says, not to the one that a profile is called after', async () => {
    sts.on(GetCallerIdentityCommand).resolves({ Account: '222222222222' });
    expect(await accountOf(me, 'eu-west-1', 'your credentials')).toBe('222222222222');
    sts.on(GetCallerIdentityCommand).rejects(named('ExpiredToken', 'The security token is expired.'));
    await expect(accountOf(me, 'eu-west-1', 'your credentials')).rejects.toMatchObject({ name: 'ConfigurationError', message: expect.stringMatching(/^Asking whose your credentials are: The security token is expired\. Sign in/) as string });
  });
});

describe('deleting a stack of ours', () => {
  const event = (ResourceStatus: NonNullable<StackEvent['ResourceStatus']>, fields: Partial<StackEvent> = {}): StackEvent => ({ StackId: stack.arn, StackName: stack.name, EventId: ResourceStatus, Timestamp: new Date(0), PhysicalResourceId: stack.arn, ResourceStatus, ClientRequestToken: 'ours', ...fields });
  const begun = event('DELETE_IN_PROGRESS');
  const stands = (status: Stack['StackStatus']) => cloudFormation.on(DescribeStacksCommand).resolves({ Stacks: [as({ StackStatus: status })] });

  it('names it by its ARN and waits until it is gone', async () => {
    cloudFormation.on(DescribeStacksCommand).resolvesOnce({ Stacks: [as({ StackStatus: 'DELETE_IN_PROGRESS' })] }).resolves({ Stacks: [as({ StackStatus: 'DELETE_COMPLETE' })] });
    cloudFormation.on(DescribeStackEventsCommand).resolves({ StackEvents: [begun] });
    await deleteOwnStack(me, stack, atOnce);
    expect(cloudFormation.commandCalls(DeleteStackCommand).map(({ args }) => args[0].input)).toEqual([{ StackName: stack.arn, ClientRequestToken: 'ours' }]);
  });

  it('that is being deleted already only waits, and says how that ended', async () => {
    stands('DELETE_IN_PROGRESS');
    const theirs = { ClientRequestToken: 'theirs' };
    cloudFormation.on(DescribeStackEventsCommand).resolvesOnce({ StackEvents: [event('DELETE_IN_PROGRESS', theirs)] }).resolves({ StackEvents: [event('DELETE_FAILED', { ...theirs, ResourceStatusReason: 'no' }), event('DELETE_IN_PROGRESS', theirs)] });
    await expect(deleteOwnStack(me, { ...stack, status: 'DELETE_IN_PROGRESS' }, atOnce)).rejects.toThrow('Removing the stack drawbridge-target (222222222222, eu-west-1): no. Mend that, then run the same command again.');
    expect(cloudFormation.commandCalls(DeleteStackCommand)).toEqual([]);
  });

  const refused = event('DELETE_FAILED', { LogicalResourceId: 'PlanRole', ResourceType: 'AWS::IAM::Role', ResourceStatusReason: 'Cannot delete entity, must detach all policies first.', PhysicalResourceId: 'role' });

  it('says which resource AWS refuses to delete, and why', async () => {
    stands('DELETE_FAILED');
    cloudFormation.on(DescribeStackEventsCommand).resolves({ StackEvents: [event('DELETE_FAILED'), refused, begun] });
    await expect(deleteOwnStack(me, stack, atOnce)).rejects.toMatchObject({ name: 'DeploymentFailedError', message: 'Removing the stack drawbridge-target (222222222222, eu-west-1): AWS does not delete PlanRole (AWS::IAM::Role): Cannot delete entity, must detach all policies first. Mend that, then run the same command again.' });
  });

  it('that could not be deleted before is not taken for one that cannot be deleted now, however long that is still shown', async () => {
    const before = [{ ...event('DELETE_FAILED'), ClientRequestToken: 'before' }, { ...refused, ClientRequestToken: 'before' }, { ...begun, ClientRequestToken: 'before' }];
    cloudFormation.on(DescribeStacksCommand).resolvesOnce({ Stacks: [as({ StackStatus: 'DELETE_FAILED' })] }).resolvesOnce({ Stacks: [as({ StackStatus: 'DELETE_FAILED' })] }).resolves({ Stacks: [] });
    cloudFormation.on(DescribeStackEventsCommand).resolvesOnce({ StackEvents: before }).resolves({ StackEvents: [begun, ...before] });
    await deleteOwnStack(me, { ...stack, status: 'DELETE_FAILED' }, atOnce);
    expect(cloudFormation.commandCalls(DescribeStacksCommand)).toHaveLength(3);
  });

  it('whose export another stack imports is said not to be deleted, though it stands as before', async () => {
    stands('UPDATE_COMPLETE');
    cloudFormation.on(DescribeStackEventsCommand).resolves({ StackEvents: [event('UPDATE_COMPLETE', { ResourceStatusReason: 'Export bus cannot be deleted as it is in use by shop' }), begun] });
    await expect(deleteOwnStack(me, stack, atOnce)).rejects.toThrow('Export bus cannot be deleted as it is in use by shop. Mend that, then run the same command again.');
  });
});

describe('what a stack left behind', () => {
  const data = (fields: Partial<Data>): Data => ({ kind: 'bucket', id: 'it', region: 'eu-west-1', of: 'home', holds: 'everything', ...fields });
  const versions = (...keys: string[]) => ({ Versions: keys.map((Key) => ({ Key, VersionId: '1' })) });

  it.each(['table', 'bucket', 'key'] as const)('a %s that is gone is not there, and is no trouble', async (kind) => {
    table.onAnyCommand().rejects(named('ResourceNotFoundException'));
    s3.on(HeadBucketCommand).rejects(named('NotFound')).on(ListObjectVersionsCommand).rejects(named('NoSuchBucket'));
    kms.on(DescribeKeyCommand).rejects(named('NotFoundException')).on(ScheduleKeyDeletionCommand).resolves({});
    expect(await isKept(me, data({ kind }))).toBe(false);
    await expect(deleteData(me, data({ kind }))).resolves.toBeUndefined();
  });

  it('is there as long as AWS has it, but not a key that is to be deleted already', async () => {
    table.on(DescribeTableCommand).resolves({ Table: { TableStatus: 'ACTIVE' } });
    s3.on(HeadBucketCommand).resolves({});
    kms.on(DescribeKeyCommand).resolves({ KeyMetadata: { KeyId: 'it', KeyState: 'Enabled' } });
    expect(await Promise.all((['table', 'bucket', 'key'] as const).map((kind) => isKept(me, data({ kind }))))).toEqual([true, true, true]);
    kms.on(DescribeKeyCommand).resolves({ KeyMetadata: { KeyId: 'it', KeyState: 'PendingDeletion' } });
    expect(await isKept(me, data({ kind: 'key' }))).toBe(false);
  });

  it('a bucket is emptied of every version and unfinished upload before it is deleted', async () => {
    s3.on(ListObjectVersionsCommand).resolvesOnce(versions('a', 'b')).resolves({}).on(DeleteObjectsCommand).resolves({}).on(ListMultipartUploadsCommand).resolves({}).on(DeleteBucketCommand).resolves({});
    await deleteData(me, data({}));
    expect(s3.calls().map(({ args }) => args[0].constructor.name)).toEqual(['ListObjectVersionsCommand', 'DeleteObjectsCommand', 'ListObjectVersionsCommand', 'ListMultipartUploadsCommand', 'DeleteBucketCommand']);
  });

  it('only what lies below the prefixes is deleted where the rest stays', async () => {
    s3.on(ListObjectVersionsCommand, { Prefix: 'plans/' }).resolvesOnce(versions('plans/1')).resolvesOnce(versions('plans/1')).resolves({}).on(DeleteObjectsCommand).resolves({});
    const plans = data({ prefixes: ['plans/'] });
    expect(await holdsAnything(me, plans)).toBe(true);
    await deleteData(me, plans);
    expect(await holdsAnything(me, plans)).toBe(false);
    expect(s3.commandCalls(DeleteObjectsCommand)[0]?.args[0].input.Delete?.Objects).toEqual([{ Key: 'plans/1', VersionId: '1' }]);
    expect(s3.commandCalls(DeleteBucketCommand)).toEqual([]);
    expect(s3.commandCalls(ListObjectVersionsCommand).every(({ args }) => args[0].input.Prefix === 'plans/')).toBe(true);
  });

  it('what AWS keeps is said, and the bucket with it stays', async () => {
    s3.on(ListObjectVersionsCommand).resolves(versions('a')).on(DeleteObjectsCommand).resolves({ Errors: [{ Key: 'a', Code: 'AccessDenied', Message: 'Access Denied' }] });
    await expect(deleteData(me, data({}))).rejects.toMatchObject({ name: 'DeploymentFailedError', message: expect.stringContaining('a: Access Denied') as string });
    expect(s3.commandCalls(DeleteBucketCommand)).toEqual([]);
  });

  it('a key goes after 30 days, a table at once', async () => {
    kms.on(ScheduleKeyDeletionCommand).resolves({});
    table.on(DeleteTableCommand).resolves({});
    await deleteData(me, data({ kind: 'key' }));
    await deleteData(me, data({ kind: 'table' }));
    expect(kms.commandCalls(ScheduleKeyDeletionCommand)[0]?.args[0].input).toEqual({ KeyId: 'it', PendingWindowInDays: 30 });
    expect(table.commandCalls(DeleteTableCommand)[0]?.args[0].input).toEqual({ TableName: 'it' });
  });
});
