import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { DescribeExecutionCommand, ExecutionDoesNotExist, SFNClient } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient, GetCommand, PutCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { closeUnderLock } from '../../../aws/close.ts';
import { deployedAsIs, forgetDeployed } from '../../../aws/deployed.ts';
import { isRunning, seizeLock } from '../../../aws/locks.ts';
import type { Deployed } from '../../../contracts/plan.ts';
import { aRecord } from '../../fakes/samples.ts';

const table = mockClient(DynamoDBDocumentClient);
const sfn = mockClient(SFNClient);
const place = { account: '222222222222', region: 'eu-west-1', stackName: 'orders-dev' };
const mine = { owner: 'me', fence: 4, nonce: 'n', since: '2026-01-01T00:00:00.000Z' };
const deployed: Deployed = {
  application: 'orders', environment: 'dev', target: 'main', ...place, release: 'orders-12-3f2a9c1b', commit: 'c', branch: 'main', sequence: 12, fence: 4, deployedAt: '2026-01-01T00:00:00.000Z', outputs: {},
};
const removed = { application: 'orders', environment: 'dev', target: 'main', release: 'orders-13-3f2a9c1b', sequence: 13, at: '2026-01-01T00:00:00.000Z' };
const cancelled = (...codes: string[]) => new TransactionCanceledException({ message: 'cancelled', $metadata: {}, CancellationReasons: codes.map((Code) => ({ Code })) });
const close = () => closeUnderLock('t', { record: aRecord(), ended: { state: 'ended', outcome: 'deployed' }, deployed, lock: { owner: 'me', fence: 4 } });

beforeEach(() => {
  table.reset();
  sfn.reset();
  table.on(GetCommand).resolves({});
});

describe('a lock in the table', () => {
  it.each([
    ['that nobody ever had', undefined, 'attribute_not_exists(pk)'],
    ['that is free', { fence: 3 }, 'fence = :seen AND attribute_not_exists(#owner)'],
    ['whose holder died', { fence: 3, owner: 'dead' }, 'fence = :seen AND #owner = :holder'],
  ])('%s is taken only as it was seen', async (_, seen, condition) => {
    table.on(UpdateCommand).resolves({});
    expect(await seizeLock('t', place, seen, mine)).toBe(true);
    expect(table.commandCalls(UpdateCommand)[0]?.args[0].input.ConditionExpression).toBe(condition);
  });

  it('is lost to whoever was faster', async () => {
    table.on(UpdateCommand).rejects(new ConditionalCheckFailedException({ message: 'x', $metadata: {} }));
    expect(await seizeLock('t', place, undefined, mine)).toBe(false);
  });

  it('is tied to a live execution', async () => {
    sfn.on(DescribeExecutionCommand).resolvesOnce({ status: 'RUNNING' }).resolvesOnce({ status: 'ABORTED' }).rejects(new ExecutionDoesNotExist({ message: 'x', $metadata: {} }));
    expect([await isRunning('a'), await isRunning('a'), await isRunning('a')]).toEqual([true, false, false]);
  });
});

describe('closing a target', () => {
  it('is one write of three rows, and the fence is its condition', async () => {
    table.on(TransactWriteCommand).resolves({});
    expect(await close()).toBe('closed');
    const items = table.commandCalls(TransactWriteCommand)[0]?.args[0].input.TransactItems ?? [];
    expect(items).toHaveLength(3);
    expect(items[0]?.Update).toMatchObject({ UpdateExpression: 'REMOVE #owner, nonce, since', ConditionExpression: '#owner = :owner AND fence = :fence' });
  });

  it('writes nothing when the lock was taken over', async () => {
    table.on(TransactWriteCommand).rejects(cancelled('ConditionalCheckFailed', 'None', 'None'));
    expect(await close()).toBe('lost');
  });

  it('gives the lock back also when a newer release is noted already', async () => {
    table.on(TransactWriteCommand).rejectsOnce(cancelled('None', 'None', 'ConditionalCheckFailed')).resolves({});
    expect(await close()).toBe('closed');
    expect(table.commandCalls(TransactWriteCommand)[1]?.args[0].input.TransactItems).toHaveLength(2);
  });

  it('keeps in view the stack that the target leaves for another', async () => {
    table.on(TransactWriteCommand).resolves({}).on(PutCommand).resolves({}).on(GetCommand).resolves({ Item: { ...deployed, stackName: 'orders-before' } });
    await close();
    const [kept] = table.commandCalls(PutCommand).map((call) => call.args[0].input.Item ?? {});
    expect(kept).toMatchObject({ pk: 'APPLICATION#orders', stackName: 'orders-before', release: 'orders-12-3f2a9c1b' });
    expect(kept?.['sk']).toMatch(/^DEPLOYED#dev#old-[0-9a-f]{8}$/);
    expect(kept?.['target']).toMatch(/^old-[0-9a-f]{8}$/);
  });

  it('that was removed forgets what was deployed, and keeps that it was removed', async () => {
    table.on(TransactWriteCommand).resolves({});
    expect(await closeUnderLock('t', { record: aRecord(), ended: { state: 'ended', outcome: 'removed' }, removed, lock: { owner: 'me', fence: 4 } })).toBe('closed');
    const items = table.commandCalls(TransactWriteCommand)[0]?.args[0].input.TransactItems ?? [];
    expect(items[2]?.Delete).toMatchObject({ Key: { sk: 'DEPLOYED#dev#main' }, ConditionExpression: 'attribute_not_exists(pk) OR #sequence <= :sequence' });
    expect(items[3]?.Put?.Item).toMatchObject({ sk: 'REMOVED#dev#main', sequence: 13 });
  });

  it('is tried again when another write was in the way', async () => {
    table.on(TransactWriteCommand).rejects(cancelled('TransactionConflict', 'None', 'None'));
    await expect(close()).rejects.toMatchObject({ name: 'TransientError' });
  });
});

it('what is gone is forgotten only as it was seen', async () => {
  table.on(TransactWriteCommand).resolvesOnce({}).rejects(cancelled('ConditionalCheckFailed', 'None'));
  expect(await forgetDeployed('t', deployed, removed)).toBe('forgotten');
  expect(table.commandCalls(TransactWriteCommand)[0]?.args[0].input.TransactItems?.[0]?.Delete).toMatchObject({ ConditionExpression: 'attribute_not_exists(pk) OR (#release = :release AND fence = :fence)', ExpressionAttributeValues: { ':release': 'orders-12-3f2a9c1b', ':fence': 4 } });
  expect(await forgetDeployed('t', deployed, removed)).toBe('changed');
});

describe('a release that changes nothing', () => {
  it.each([
    ['kept', undefined],
    ['moving', cancelled('ConditionalCheckFailed', 'None')],
    ['overtaken', cancelled('None', 'ConditionalCheckFailed')],
  ] as const)('is %s', async (expected, error) => {
    if (error === undefined) table.on(TransactWriteCommand).resolves({});
    else table.on(TransactWriteCommand).rejects(error);
    expect(await deployedAsIs('t', deployed)).toBe(expected);
  });

  it.each([
    ['a branch', { branch: 'main', tag: undefined }, 'tag'],
    ['a tag', { branch: undefined, tag: 'v1' }, 'branch'],
  ])('of %s keeps nothing of the other, and names no value that is not there', async (_, reference, gone) => {
    table.on(TransactWriteCommand).resolves({});
    await deployedAsIs('t', { ...deployed, ...reference });
    const update = table.commandCalls(TransactWriteCommand)[0]?.args[0].input.TransactItems?.[1]?.Update;
    const expression = `${update?.UpdateExpression ?? ''} ${update?.ConditionExpression ?? ''}`;
    expect(expression).toMatch(new RegExp(` REMOVE .*#${gone}, #steps `));
    const values = Object.entries(update?.ExpressionAttributeValues ?? {}).filter(([, value]) => value !== undefined);
    expect(values.map(([name]) => name).sort()).toEqual([...new Set(expression.match(/:\w+/g))].sort());
    expect(Object.keys(update?.ExpressionAttributeNames ?? {}).sort()).toEqual([...new Set(expression.match(/#\w+/g))].sort());
  });
});
