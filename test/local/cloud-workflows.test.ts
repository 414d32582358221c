import { DescribeExecutionCommand, SendTaskSuccessCommand, StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../../local/eventually.ts';
import { clients, deploy, execute, machine, nodeFunction, raise, role, type Stage } from './cloud-kit.ts';

let stage: Stage;
let tools: string;

const throwing = `
class Hidden extends Error { name = 'TargetBusyError' }
let calls = 0;
exports.handler = async ({ until, token }) => {
  calls += 1;
  if (until !== undefined && calls >= until) return { calls, token };
  throw new Hidden('busy');
};`;
const task = (extra: object, functionName = 'throwing') => ({
  QueryLanguage: 'JSONata',
  StartAt: 'Work',
  States: {
    Work: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: { FunctionName: functionName, Payload: '{% $states.input %}' },
      Output: '{% $states.result.Payload %}',
      End: true,
      ...extra,
    },
    Caught: { Type: 'Succeed', Output: { caught: '{% $states.input.Error %}' } },
  },
});
const withToken = {
  Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
  Output: '{% $states.result %}',
};
const nested = (name: string) => ({
  QueryLanguage: 'JSONata',
  StartAt: 'Child',
  States: {
    Child: {
      Type: 'Task',
      Resource: 'arn:aws:states:::states:startExecution.sync:2',
      Arguments: { StateMachineArn: `arn:aws:states:eu-west-1:111111111111:stateMachine:${name}`, Input: '{% $states.input %}', Name: '{% $states.input.child %}' },
      Output: '{% $states.result.Output %}',
      Catch: [{ ErrorEquals: ['States.TaskFailed'], Next: 'Caught', Output: '{% $states.errorOutput %}' }],
      End: true,
    },
    Caught: { Type: 'Succeed' },
  },
});

beforeAll(async () => {
  stage = await raise();
  tools = stage.cloud.accounts.tools;
  await deploy(stage.cloud, tools, 'machines', {
    Worker: role('worker', 'lambda.amazonaws.com'),
    Machine: role('machine', 'states.amazonaws.com'),
    Throwing: nodeFunction('throwing', throwing, 'Worker'),
    Retrying: nodeFunction('retrying', throwing, 'Worker'),
    Quiet: nodeFunction('quiet', 'exports.handler = async () => ({})', 'Worker'),
    Catching: machine('catching', task({ Catch: [{ ErrorEquals: ['TargetBusyError'], Next: 'Caught', Output: '{% $states.errorOutput %}' }] })),
    Trying: machine('trying', task({ Retry: [{ ErrorEquals: ['TargetBusyError'], IntervalSeconds: 0, MaxAttempts: 5 }] }, 'retrying')),
    Plain: machine('plain', task({})),
    Token: machine('token', task({ ...withToken, Arguments: { FunctionName: 'throwing', Payload: { token: '{% $states.context.Task.Token %}' } } })),
    Waiting: machine(
      'waiting',
      task({ ...withToken, TimeoutSeconds: '{% $states.input.limit %}', Arguments: { FunctionName: 'quiet', Payload: { token: '{% $states.context.Task.Token %}' } } }, 'quiet'),
    ),
    Beating: machine(
      'beating',
      task({ ...withToken, HeartbeatSeconds: 1, TimeoutSeconds: 60, Arguments: { FunctionName: 'quiet', Payload: { token: '{% $states.context.Task.Token %}' } } }),
    ),
    Answering: machine('answering', {
      QueryLanguage: 'JSONata',
      StartAt: 'Both',
      States: {
        Both: {
          Type: 'Task',
          Resource: 'arn:aws:states:::events:putEvents.waitForTaskToken',
          Arguments: { Entries: [{ Source: 'test', DetailType: 'Ask', Detail: { token: '{% $states.context.Task.Token %}' }, EventBusName: 'default' }] },
          TimeoutSeconds: 20,
          End: true,
        },
      },
    }),
    Parent: machine('parent', nested('plain')),
    ParentOfWaiting: machine('parent-of-waiting', nested('waiting')),
    AnswerRole: role('answer', 'states.amazonaws.com'),
    Remember: machine('remember', { StartAt: 'Seen', States: { Seen: { Type: 'Succeed' } } }),
    Asked: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: { source: ['test'] },
        Targets: [{ Id: 'remember', Arn: { Ref: 'Remember' }, RoleArn: { 'Fn::GetAtt': ['AnswerRole', 'Arn'] } }],
      },
    },
  });
}, 120_000);
afterAll(() => stage.close());

it('an error keeps its own name in a workflow, so that a named Catch and Retry match', { timeout: 90_000 }, async () => {
  expect(JSON.parse((await execute(stage.cloud, tools, 'catching')).output ?? '')).toEqual({ caught: 'TargetBusyError' });
  const tried = await execute(stage.cloud, tools, 'trying', { until: 3 });
  // Three calls in one environment: a failed function stays warm.
  expect(JSON.parse(tried.output ?? '{}')).toMatchObject({ calls: 3 });
  const plain = await execute(stage.cloud, tools, 'plain');
  expect(plain).toMatchObject({ status: 'FAILED', error: 'TargetBusyError' });
  expect(plain.output).toBeUndefined();
  expect(JSON.parse(plain.cause ?? '{}')).toMatchObject({ errorType: 'TargetBusyError', errorMessage: 'busy' });
});

it('an error in a task that waits for a token fails it at once', { timeout: 90_000 }, async () => {
  expect(await execute(stage.cloud, tools, 'token')).toMatchObject({ status: 'FAILED', error: 'TargetBusyError' });
});

it('a wait ends by its timeout, which may be an expression, or by a missing heartbeat', { timeout: 90_000 }, async () => {
  expect(await execute(stage.cloud, tools, 'waiting', { limit: 1 })).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  expect(await execute(stage.cloud, tools, 'beating')).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
});

it('a token is answered once; the second answer is TaskTimedOut, and an invented one InvalidToken', { timeout: 90_000 }, async () => {
  const { sfn } = clients(stage.cloud, tools);
  const ending = execute(stage.cloud, tools, 'answering');
  const executionArn = (name: string) => `arn:aws:states:eu-west-1:${tools}:stateMachine:${name}`;
  const { ListExecutionsCommand } = await import('@aws-sdk/client-sfn');
  const token = await eventually('the question', async () => {
    const { executions = [] } = await sfn.send(new ListExecutionsCommand({ stateMachineArn: executionArn('remember') }));
    const first = executions[0]?.executionArn;
    if (first === undefined) return undefined;
    const { input } = await sfn.send(new DescribeExecutionCommand({ executionArn: first }));
    return (JSON.parse(input ?? '{}') as { detail: { token: string } }).detail.token;
  });
  await sfn.send(new SendTaskSuccessCommand({ taskToken: token, output: '{"yes":true}' }));
  await expect(sfn.send(new SendTaskSuccessCommand({ taskToken: token, output: '{}' }))).rejects.toMatchObject({ name: 'TaskTimedOut' });
  await expect(sfn.send(new SendTaskSuccessCommand({ taskToken: 'invented', output: '{}' }))).rejects.toMatchObject({ name: 'InvalidToken' });
  expect(JSON.parse((await ending).output ?? '')).toEqual({ yes: true });
});

it('a failed child is States.TaskFailed in its parent, with the story of the child as the cause', { timeout: 90_000 }, async () => {
  const parent = await execute(stage.cloud, tools, 'parent', { child: 'child-1' });
  const error = JSON.parse(parent.output ?? '{}') as { Error: string; Cause: string };
  expect(error.Error).toBe('States.TaskFailed');
  expect(JSON.parse(error.Cause)).toMatchObject({ Name: 'child-1', Status: 'FAILED', Error: 'TargetBusyError' });
});

it('the same name and input while it runs is the same execution; stopping a parent stops its child', { timeout: 90_000 }, async () => {
  const { sfn } = clients(stage.cloud, tools);
  const start = (input: string) =>
    sfn.send(new StartExecutionCommand({ stateMachineArn: `arn:aws:states:eu-west-1:${tools}:stateMachine:parent-of-waiting`, name: 'once', input }));
  const first = await start('{"child":"child-2","limit":60}');
  expect((await start('{"child":"child-2","limit":60}')).executionArn).toBe(first.executionArn);
  await expect(start('{}')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });

  const child = { executionArn: `arn:aws:states:eu-west-1:${tools}:execution:waiting:child-2` };
  const statusOf = async (which: { executionArn: string | undefined }) =>
    (await sfn.send(new DescribeExecutionCommand(which)).catch(() => undefined))?.status;
  await eventually('the child', async () => ((await statusOf(child)) === 'RUNNING' ? true : undefined));
  await sfn.send(new StopExecutionCommand({ executionArn: first.executionArn }));
  await eventually('the end of the child', async () => ((await statusOf(child)) === 'ABORTED' ? true : undefined));
  expect(await statusOf({ executionArn: first.executionArn })).toBe('ABORTED');
  await expect(start('{"child":"child-2","limit":60}')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
});

it('killed functions answer the next call from a cold start', { timeout: 90_000 }, async () => {
  await execute(stage.cloud, tools, 'plain');
  expect(await stage.cloud.admin.killFunctions(tools)).toBeGreaterThanOrEqual(1);
  expect(await execute(stage.cloud, tools, 'trying', { until: 1 })).toMatchObject({ status: 'SUCCEEDED', output: '{"calls": 1}' });
});
