import { CreateChangeSetCommand, DeleteStackCommand, DescribeChangeSetCommand, DescribeStacksCommand, ExecuteChangeSetCommand, SignalResourceCommand } from '@aws-sdk/client-cloudformation';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../../local/eventually.ts';
import { clients, deploy, role, raise, seen, type Stage, watcher } from './cloud-kit.ts';

let stage: Stage;
const busName = 'control';
beforeAll(async () => {
  stage = await raise();
  const { cloud } = stage;
  const { dev, prod, tools } = cloud.accounts;
  const busArn = `arn:aws:events:${cloud.region}:${tools}:event-bus/${busName}`;
  await deploy(cloud, tools, 'watching', {
    Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: busName } },
    Policy: {
      Type: 'AWS::Events::EventBusPolicy',
      DependsOn: 'Bus',
      Properties: {
        EventBusName: busName,
        StatementId: 'targets',
        Statement: { Effect: 'Allow', Principal: { AWS: [dev] }, Action: 'events:PutEvents', Resource: busArn },
      },
    },
    ...watcher({ account: [dev, prod] }, busName),
  });
  for (const account of [dev, prod]) {
    await deploy(cloud, account, 'forwarding', {
      ForwardRole: role('forward', 'events.amazonaws.com', {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'events:PutEvents', Resource: busArn }],
      }),
      Forward: {
        Type: 'AWS::Events::Rule',
        Properties: {
          EventPattern: { source: ['aws.cloudformation', 'test'], 'detail-type': [{ 'anything-but': 'CloudFormation Resource Status Change' }] },
          Targets: [{ Id: 'tools', Arn: busArn, RoleArn: { 'Fn::GetAtt': ['ForwardRole', 'Arn'] } }],
        },
      },
    });
  }
}, 120_000);
afterAll(() => stage.close());

const parameter = (name: string) =>
  JSON.stringify({ Resources: { One: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Name: name, Value: '1' } } } });

async function create(name: string, token: string): Promise<string> {
  const { cloudFormation } = clients(stage.cloud, stage.cloud.accounts.dev);
  const { Id, StackId } = await cloudFormation.send(
    new CreateChangeSetCommand({ StackName: name, ChangeSetName: `set-${token}`, ChangeSetType: 'CREATE', TemplateBody: parameter(name) }),
  );
  await eventually('the change set', async () => {
    const { Status } = await cloudFormation.send(new DescribeChangeSetCommand({ ChangeSetName: Id, StackName: name }));
    return Status === 'CREATE_COMPLETE' ? Status : undefined;
  });
  await cloudFormation.send(new ExecuteChangeSetCommand({ ChangeSetName: Id, StackName: name, ClientRequestToken: token }));
  return StackId ?? '';
}

const ofStack = async (stackId: string) =>
  (await seen(stage.cloud, stage.cloud.accounts.tools)).filter(({ detail }) => detail['stack-id'] === stackId);
const statusOf = (event: { detail: Readonly<Record<string, unknown>> }) => (event.detail['status-details'] as { status: string }).status;

it('a stack tells another account what becomes of it, with the token of the operation', async () => {
  const stackId = await create('orders', 'token-1');
  const events = await eventually('the events', async () => {
    const found = await ofStack(stackId);
    return found.some((event) => statusOf(event) === 'CREATE_COMPLETE') ? found : undefined;
  });
  expect(new Set(events.map(statusOf))).toEqual(new Set(['REVIEW_IN_PROGRESS', 'CREATE_IN_PROGRESS', 'CREATE_COMPLETE']));
  expect(events.find((event) => statusOf(event) === 'CREATE_COMPLETE')).toMatchObject({
    source: 'aws.cloudformation',
    'detail-type': 'CloudFormation Stack Status Change',
    account: stage.cloud.accounts.dev,
    region: stage.cloud.region,
    resources: [stackId],
    detail: { 'stack-id': stackId, 'client-request-token': 'token-1', 'status-details': { status: 'CREATE_COMPLETE' } },
  });
});

it('a dropped event never arrives, a held one arrives when it is released', async () => {
  const { admin } = stage.cloud;
  await admin.dropStackEvents(1000);
  const lost = await create('lost', 'token-2');
  await eventually('all events to be dropped', async () => ((await admin.eventFaults())['aws.cloudformation']?.dropped ?? 0) >= 3 || undefined);
  await admin.holdStackEvents(1000);
  const late = await create('late', 'token-3');
  await eventually('all events to be held', async () => ((await admin.eventFaults())['aws.cloudformation']?.held ?? 0) >= 5 || undefined);
  expect(await ofStack(late)).toEqual([]);
  expect(await admin.releaseStackEvents()).toBeGreaterThanOrEqual(5);
  await eventually('the late event', async () => (await ofStack(late)).find((event) => statusOf(event) === 'CREATE_COMPLETE'));
  expect(await ofStack(lost)).toEqual([]);
});

it('a deleted stack says so under its id', async () => {
  const { cloudFormation } = clients(stage.cloud, stage.cloud.accounts.dev);
  const stackId = await create('short', 'token-4');
  await eventually('the stack', async () => (await ofStack(stackId)).find((event) => statusOf(event) === 'CREATE_COMPLETE'));
  await cloudFormation.send(new DeleteStackCommand({ StackName: 'short', ClientRequestToken: 'token-5' }));
  const gone = await eventually('the end', async () => (await ofStack(stackId)).find((event) => statusOf(event) === 'DELETE_COMPLETE'));
  expect(gone.detail['client-request-token']).toBe('token-5');
});

it('a bus whose policy does not name the account gets nothing, and the refusal can be seen', async () => {
  const { accounts, admin } = stage.cloud;
  await admin.emitEvent(accounts.prod, { source: 'test', 'detail-type': 'Knock', detail: {} });
  const refused = await eventually('the refusal', async () => (await admin.refusedDeliveries()).at(-1));
  expect(refused.reason).toMatch(/policy of the bus does not allow/);
  expect((await seen(stage.cloud, accounts.tools)).filter(({ account }) => account === accounts.prod)).toEqual([]);
});

it('an event of our own arrives across accounts; nobody may pretend to be AWS', async () => {
  const { accounts } = stage.cloud;
  const { events } = clients(stage.cloud, accounts.dev);
  const entry = (Source: string) => ({ Source, DetailType: 'Knock', Detail: JSON.stringify({ who: 'dev' }) });
  const { FailedEntryCount } = await events.send(new PutEventsCommand({ Entries: [entry('test'), entry('aws.cloudformation')] }));
  expect(FailedEntryCount).toBe(1);
  const knock = await eventually('the event', async () => (await seen(stage.cloud, accounts.tools)).find(({ source }) => source === 'test'));
  expect(knock).toMatchObject({ account: accounts.dev, detail: { who: 'dev' } });
});

it('a second change set stands on the same empty stack, and while a stack is moved nothing is opened or executed on it', async () => {
  const { cloudFormation } = clients(stage.cloud, stage.cloud.accounts.dev);
  const waiting = JSON.stringify({ Resources: { Wait: { Type: 'AWS::CloudFormation::WaitCondition', CreationPolicy: { ResourceSignal: { Timeout: 'PT5M' } } } } });
  const open = (ChangeSetName: string, TemplateBody: string, ChangeSetType: 'CREATE' | 'UPDATE' = 'CREATE') => cloudFormation.send(new CreateChangeSetCommand({ StackName: 'moved', ChangeSetName, ChangeSetType, TemplateBody }));
  const status = async () => (await cloudFormation.send(new DescribeStacksCommand({ StackName: 'moved' }))).Stacks?.[0]?.StackStatus;

  const [first, second] = [await open('first', waiting), await open('second', parameter('moved'))];
  expect(second.StackId).toBe(first.StackId);
  await expect(open('wrong', '{"Resources": {"Q": {"Type": "AWS::Nothing::Known"}}}')).rejects.toMatchObject({ name: 'ValidationError' });
  expect((await cloudFormation.send(new DescribeChangeSetCommand({ StackName: 'moved', ChangeSetName: 'second' }))).StackId).toBe(first.StackId);
  await cloudFormation.send(new ExecuteChangeSetCommand({ StackName: 'moved', ChangeSetName: 'first', ClientRequestToken: 'moved-1' }));
  const refused = { name: 'ValidationError', message: `Stack:${first.StackId ?? ''} is in CREATE_IN_PROGRESS state and can not be updated.` };
  await expect(open('third', parameter('moved'), 'UPDATE')).rejects.toMatchObject(refused);
  await expect(cloudFormation.send(new ExecuteChangeSetCommand({ StackName: 'moved', ChangeSetName: 'first' }))).rejects.toMatchObject(refused);
  // A wait condition takes a signal only while it waits.
  await eventually('the signal to be taken', () => cloudFormation.send(new SignalResourceCommand({ StackName: 'moved', LogicalResourceId: 'Wait', UniqueId: 'one', Status: 'SUCCESS' })).catch(() => undefined));
  await eventually('the stack', async () => ((await status()) === 'CREATE_COMPLETE' ? true : undefined));
  await expect(open('third', parameter('moved'), 'UPDATE')).resolves.toMatchObject({ StackId: first.StackId });
});
