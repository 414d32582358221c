import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient, GetCommand, QueryCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { startRelease } from '../../../aws/executions.ts';
import { listReleases, nextSequence, readHead, writeRelease } from '../../../aws/heads.ts';
import { queryRows, readRow, updateRow } from '../../../aws/rows.ts';
import { aRelease } from '../../fakes/samples.ts';

const table = mockClient(DynamoDBDocumentClient);
const sfn = mockClient(SFNClient);
const cancelled = (message: string) => new TransactionCanceledException({ message, $metadata: {} });

beforeEach(() => {
  table.reset();
  sfn.reset();
});

describe('the head of a branch', () => {
  it.each([
    ['that nothing was released from', undefined, 'attribute_not_exists(pk)', 1],
    ['as it was read', { commit: 'c', release: 'r', version: 4 }, 'version = :version', 5],
  ])('%s moves together with the release, or not at all', async (_, before, condition, version) => {
    table.on(TransactWriteCommand).resolves({});
    expect(await writeRelease('t', aRelease(), before)).toBe(true);
    const [head, ...rows] = table.commandCalls(TransactWriteCommand)[0]?.args[0].input.TransactItems ?? [];
    expect(head?.Put).toMatchObject({ ConditionExpression: condition, Item: { pk: 'APPLICATION#orders', sk: 'HEAD#main', version, commit: aRelease().commit } });
    expect(rows.map(({ Put }) => Put?.Item?.['sk'] as string)).toEqual(['RELEASE', 'RELEASE#00000012']);
  });

  it('is another row than that of a tag of the same name', async () => {
    table.on(GetCommand).resolves({});
    expect(await readHead('t', 'orders', { branch: 'v1' })).toBeUndefined();
    await readHead('t', 'orders', { tag: 'v1' });
    expect(table.commandCalls(GetCommand).map(({ args }) => args[0].input.Key?.['sk'] as string)).toEqual(['HEAD#v1', 'TAG#v1']);
  });

  it('that somebody else moved is read again; another trouble is trouble', async () => {
    table.on(TransactWriteCommand).rejectsOnce(cancelled('[ConditionalCheckFailed, None, None]')).rejects(cancelled('[ValidationError, None, None]'));
    expect(await writeRelease('t', aRelease(), undefined)).toBe(false);
    await expect(writeRelease('t', aRelease(), undefined)).rejects.toThrow('ValidationError');
  });

  it('gets a number that nobody else gets', async () => {
    table.on(UpdateCommand).resolves({ Attributes: { last: 13 } });
    expect(await nextSequence('t', 'orders')).toBe(13);
    expect(table.commandCalls(UpdateCommand)[0]?.args[0].input.UpdateExpression).toBe('ADD #last :one');
  });

  it('releases are listed newest first', async () => {
    table.on(QueryCommand).resolves({ Items: [{ release: 'b' }, { release: 'a' }] });
    expect(await listReleases('t', 'orders', 2)).toEqual(['b', 'a']);
    expect(table.commandCalls(QueryCommand)[0]?.args[0].input).toMatchObject({ ScanIndexForward: false, Limit: 2 });
  });
});

it('an execution is named after its release, and started again it is the same', async () => {
  sfn.on(StartExecutionCommand).resolvesOnce({}).rejects(new ExecutionAlreadyExists({ message: 'x', $metadata: {} }));
  await startRelease('machine', 'orders-1-00000000', 2);
  await startRelease('machine', 'orders-1-00000000', 2);
  const inputs = sfn.commandCalls(StartExecutionCommand).map(({ args }) => args[0].input);
  expect(inputs[0]).toEqual({ stateMachineArn: 'machine', name: 'orders-1-00000000-2', input: '{"release":"orders-1-00000000","attempt":2}' });
  expect(inputs[1]).toEqual(inputs[0]);
});

describe('a row', () => {
  const key = { pk: 'P', sk: 'S' };

  it('is read consistently and checked', async () => {
    table.on(GetCommand).resolvesOnce({ Item: { n: 1 } }).resolvesOnce({}).resolves({ Item: { n: 'one' } });
    const schema = z.object({ n: z.int() });
    expect([await readRow('t', key, schema), await readRow('t', key, schema)]).toEqual([{ n: 1 }, undefined]);
    await expect(readRow('t', key, schema)).rejects.toThrow();
    expect(table.commandCalls(GetCommand)[0]?.args[0].input.ConsistentRead).toBe(true);
  });

  it('keeps the fields that are not given', async () => {
    table.on(UpdateCommand).resolves({});
    await updateRow('t', key, { state: 'ended', reason: undefined, outcome: 'failed' });
    expect(table.commandCalls(UpdateCommand)[0]?.args[0].input).toMatchObject({
      UpdateExpression: 'SET #f0 = :v0, #f1 = :v1', ExpressionAttributeNames: { '#f0': 'state', '#f1': 'outcome' }, ExpressionAttributeValues: { ':v0': 'ended', ':v1': 'failed' },
    });
  });

  it('of many is found page after page, and no further than asked', async () => {
    table.on(QueryCommand).resolvesOnce({ Items: [{ n: 1 }], LastEvaluatedKey: { pk: 'P' } }).resolvesOnce({ Items: [{ n: 2 }], LastEvaluatedKey: { pk: 'Q' } });
    expect(await queryRows('t', { pk: 'P', skBegins: 'S' }, z.object({ n: z.int() }), { limit: 2 })).toEqual([{ n: 1 }, { n: 2 }]);
    expect(table.commandCalls(QueryCommand).map(({ args }) => args[0].input.Limit)).toEqual([2, 1]);
  });
});
