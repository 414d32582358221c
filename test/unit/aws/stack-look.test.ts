import { CloudFormationClient, DescribeChangeSetCommand, DescribeStacksCommand, ListChangeSetsCommand, ListStackResourcesCommand, ListStacksCommand, type StackStatus } from '@aws-sdk/client-cloudformation';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it } from 'vitest';
import { lookForStacks } from '../../../aws/stack-look.ts';

const mock = mockClient(CloudFormationClient);
const client = new CloudFormationClient({});
const made = new Date('2026-01-01T00:00:00.000Z');
const arn = (name: string) => `arn:aws:cloudformation:eu-west-1:222222222222:stack/${name}/1`;
const tags = (values: Record<string, string>) => Object.entries(values).map(([name, Value]) => ({ Key: `drawbridge:${name}`, Value }));

function there(name: string, StackStatus: StackStatus, values: Record<string, string>) {
  mock.on(DescribeStacksCommand, { StackName: name }).resolves({ Stacks: [{ StackId: arn(name), StackName: name, StackStatus, CreationTime: made, Tags: tags(values) }] });
  return { StackName: name, StackId: arn(name), StackStatus, CreationTime: made };
}

beforeEach(() => {
  mock.reset();
  mock.on(ListStackResourcesCommand).resolves({ StackResourceSummaries: [] });
});

it('what carries our tags is told with its branch and when it was changed; what is known, nested or others’ is not', async () => {
  const changed = new Date('2026-02-01T00:00:00.000Z');
  const login = { ...there('orders-login', 'UPDATE_COMPLETE', { application: 'orders', environment: 'login-k3xq2ab', branch: 'feature/login' }), LastUpdatedTime: changed };
  const nested = { ...there('orders-login-Nested', 'CREATE_COMPLETE', { application: 'orders', environment: 'login-k3xq2ab', branch: 'feature/login' }), ParentId: arn('orders-login'), RootId: arn('orders-login') };
  mock.on(ListStacksCommand).resolves({ StackSummaries: [login, nested, there('orders-dev', 'CREATE_COMPLETE', { application: 'orders', environment: 'dev' }), there('theirs', 'CREATE_COMPLETE', {})] });
  expect(await lookForStacks(client, new Set(['orders-dev']))).toEqual({
    stacks: [{ stackName: 'orders-login', stackArn: arn('orders-login'), status: 'UPDATE_COMPLETE', createdAt: made.toISOString(), changedAt: changed.toISOString(), application: 'orders', environment: 'login-k3xq2ab', branch: 'feature/login', types: [] }],
    cut: false,
  });
});

it('an empty stack without tags is whose its change sets say, if they agree', async () => {
  mock.on(ListStacksCommand).resolves({ StackSummaries: [there('agreed', 'REVIEW_IN_PROGRESS', {}), there('disputed', 'REVIEW_IN_PROGRESS', {}), there('others', 'REVIEW_IN_PROGRESS', {}), there('tagged', 'REVIEW_IN_PROGRESS', { application: 'orders', environment: 'dev' })] });
  const [one, two] = ['orders-7-aaaaaaaa-1-1', 'orders-8-bbbbbbbb-1-1'];
  for (const [name, sets] of Object.entries({ agreed: [one], disputed: [one, two], others: [one, 'mine'], tagged: [] })) {
    mock.on(ListChangeSetsCommand, { StackName: arn(name) }).resolves({ Summaries: sets.map((ChangeSetName) => ({ ChangeSetName, Status: 'CREATE_COMPLETE' })) });
  }
  mock.on(DescribeChangeSetCommand, { ChangeSetName: one }).resolves({ Tags: tags({ application: 'orders', environment: 'dev' }) });
  mock.on(DescribeChangeSetCommand, { ChangeSetName: two }).resolves({ Tags: tags({ application: 'orders', environment: 'prod' }) });
  const { stacks } = await lookForStacks(client, new Set());
  expect(stacks.map(({ stackName, application, environment, changeSets }) => [stackName, application, environment, changeSets])).toEqual([
    ['agreed', 'orders', 'dev', [one]],
    ['disputed', undefined, undefined, [one, two]],
    ['tagged', 'orders', 'dev', []],
  ]);
});
