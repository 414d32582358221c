import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Call, distinctCalls, named } from '../../bench/faults/calls.ts';
import { Ledger } from './ledger.ts';
import { scenarios } from '../../bench/faults/scenarios.ts';
import { run } from '../../bench/faults/trial.ts';
import type { FaultKind } from '../../local/admin.ts';
import { deploy, nodeFunction, role } from './cloud-kit.ts';
import { Town } from './town.ts';

let town: Town;
beforeAll(async () => {
  // A lost event costs five seconds in place of a quarter of an hour.
  town = await Town.build(5);
}, 120_000);
afterAll(() => town.close());
afterEach(() => town.system.cloud.admin.clearFaults());

/** Asks each service for something small, and answers how the SDK understood what it was answered. */
const probe = `const { S3Client, ListBucketsCommand } = require('@aws-sdk/client-s3');
const { DynamoDBClient, ListTablesCommand } = require('@aws-sdk/client-dynamodb');
const { CloudFormationClient, ListStacksCommand } = require('@aws-sdk/client-cloudformation');
const { LambdaClient, ListFunctionsCommand } = require('@aws-sdk/client-lambda');
const calls = { s3: [S3Client, ListBucketsCommand], dynamodb: [DynamoDBClient, ListTablesCommand], cloudformation: [CloudFormationClient, ListStacksCommand], lambda: [LambdaClient, ListFunctionsCommand] };
exports.handler = async ({ service }) => {
  const [Client, Command] = calls[service];
  try {
    const { $metadata } = await new Client({}).send(new Command({}));
    return ['fine', $metadata.httpStatusCode, $metadata.attempts];
  } catch (error) {
    return [error.name, error.$metadata.httpStatusCode, error.$metadata.attempts];
  }
};`;

describe('a call that goes wrong on purpose', () => {
  beforeAll(async () => {
    await deploy(town.system.cloud, town.system.cloud.accounts.tools, 'probe', { ProbeRole: role('probe', 'lambda.amazonaws.com'), Probe: nodeFunction('probe', probe, 'ProbeRole') });
  }, 180_000);

  async function ask(service: string): Promise<unknown> {
    const { Payload, FunctionError } = await new LambdaClient(town.client()).send(new InvokeCommand({ FunctionName: 'probe', Payload: JSON.stringify({ service }) }));
    const answer: unknown = JSON.parse(Buffer.from(Payload ?? []).toString());
    return FunctionError === undefined ? answer : [FunctionError, answer];
  }

  it.each<[FaultKind, string, unknown]>([
    ['throttle', 's3', ['SlowDown', 503, 3]],
    ['throttle', 'cloudformation', ['Throttling', 400, 3]],
    ['throttle', 'dynamodb', ['ThrottlingException', 400, 4]],
    ['throttle', 'lambda', ['TooManyRequestsException', 429, 3]],
    ['error', 's3', ['InternalError', 500, 3]],
    ['error', 'dynamodb', ['InternalServerError', 500, 4]],
    ['denied', 's3', ['AccessDenied', 403, 1]],
    ['denied', 'cloudformation', ['AccessDenied', 403, 1]],
    ['lost', 'dynamodb', ['fine', 200, 2]],
    ['kill', 's3', ['Unhandled', expect.objectContaining({ errorType: 'Runtime.ExitError' })]],
  ])('%s of %s arrives as the service says it', { timeout: 120_000 }, async (how, service, answer) => {
    await town.system.cloud.admin.addFault({ how, function: 'probe', service });
    expect(await ask(service)).toEqual(answer);
    expect(await ask(service)).toEqual(['fine', 200, 1]);
  });
});

describe('a release', () => {
  let trial: (call: string, kind: FaultKind) => ReturnType<typeof run>;
  beforeAll(async () => {
    const ledger = new Ledger(town);
    const { admin } = town.system.cloud;
    const scenario = scenarios['release']?.(town, ledger);
    if (scenario === undefined) throw new Error('no such scenario');
    await scenario.prepare();
    const parts = { admin, ledger, scenario };
    expect(await run(parts, 'first')).toMatchObject({ says: 'deployed', wrongs: [] });
    const calls = distinctCalls(await admin.calls());
    const found = (name: string): Call => {
      const call = calls.find((one) => named(one) === name);
      if (call === undefined) throw new Error(`no call ${name} among ${calls.map(named).join(', ')}`);
      return call;
    };
    trial = (name, kind) => run(parts, `${name} ${kind}`, { call: found(name), kind });
  }, 240_000);

  it.each<[string, FaultKind, string]>([
    ['StartUploadRelease states:StartExecution 1', 'denied', 'deployed'],
    ['ExecuteChangeSet cloudformation:ExecuteChangeSet 1', 'kill', 'deployed'],
    ['ExecuteChangeSet cloudformation:ExecuteChangeSet 2', 'denied', 'failed, deployed after a retry'],
    ['CloseTarget dynamodb:TransactWriteItems 1', 'lost', 'deployed'],
    ['ReportRelease dynamodb:UpdateItem 1', 'denied', 'deployed'],
  ])('with %s %s ends in order', { timeout: 240_000 }, async (call, kind, says) => {
    expect(await trial(call, kind)).toMatchObject({ says, wrongs: [] });
  });
});
