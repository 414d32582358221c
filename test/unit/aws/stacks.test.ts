import { CloudFormationClient, DescribeStackEventsCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { describeStack } from '../../../aws/cloudformation.ts';
import { operationEvents } from '../../../aws/stack-events.ts';
import { refused } from '../../fakes/refused.ts';

const cloudFormation = mockClient(CloudFormationClient);
const client = new CloudFormationClient({});

beforeEach(() => {
  cloudFormation.reset();
});

describe('the events of an operation', () => {
  it('on a stack that is gone and forgotten are none', async () => {
    cloudFormation.on(DescribeStackEventsCommand).rejects(refused('ValidationError', 'Stack [arn] does not exist'));
    expect(await operationEvents(client, 'arn', 'mine')).toEqual([]);
  });

  const event = (EventId: string, ClientRequestToken: string) => ({ EventId, StackId: 'arn', StackName: 'orders-dev', LogicalResourceId: EventId, ClientRequestToken, Timestamp: new Date(0) });

  it('are those with its token, read no further than its beginning', async () => {
    cloudFormation
      .on(DescribeStackEventsCommand)
      .resolvesOnce({ StackEvents: [event('later', 'other'), event('c', 'mine')], NextToken: '2' })
      .resolvesOnce({ StackEvents: [event('b', 'mine'), event('old', 'older')], NextToken: '3' })
      .rejects(new Error('read too far'));
    expect((await operationEvents(client, 'arn', 'mine')).map(({ logicalId }) => logicalId)).toEqual(['c', 'b']);
  });
});

describe('a stack', () => {
  it('that does not exist is undefined', async () => {
    cloudFormation.on(DescribeStacksCommand).rejects(refused('ValidationError', 'Stack with id orders-dev does not exist'));
    expect(await describeStack(client, 'orders-dev')).toBeUndefined();
  });

  it('that may not be looked at is an error', async () => {
    cloudFormation.on(DescribeStacksCommand).rejects(refused('AccessDenied', 'not authorized'));
    await expect(describeStack(client, 'orders-dev')).rejects.toMatchObject({ name: 'AccessDeniedError' });
  });
});
