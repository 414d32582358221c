import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DecryptCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { SendTaskSuccessCommand, SFNClient, TaskTimedOut } from '@aws-sdk/client-sfn';
import { DeleteCommand, DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it } from 'vitest';
import { completeToken, completeWait, findWait, storeWait } from '../../../aws/waits.ts';

const kms = mockClient(KMSClient);
const sfn = mockClient(SFNClient);
const table = mockClient(DynamoDBDocumentClient);
const where = { tableName: 't', keyArn: 'key' };
const operation = 'build:orders-1-00000000#1';
const sealedToken = new Uint8Array([1, 2, 3]);
const row = { sealedToken, about: { release: 'r' }, since: '2026-01-01T00:00:00.000Z' };

beforeEach(() => {
  for (const client of [kms, sfn, table]) client.reset();
  kms.on(EncryptCommand).resolves({ CiphertextBlob: sealedToken });
  kms.on(DecryptCommand).resolves({ Plaintext: Buffer.from('the-token') });
  table.on(GetCommand).resolves({ Item: row });
  table.on(PutCommand).resolves({});
  table.on(DeleteCommand).resolves({});
  sfn.on(SendTaskSuccessCommand).resolves({});
});

it('a token is sealed for its operation before it is written, and goes away by itself', async () => {
  await storeWait(where, { operation, about: { release: 'r' } }, 'the-token', new Date('2026-01-01T00:00:00.000Z'));
  expect(kms.commandCalls(EncryptCommand)[0]?.args[0].input).toMatchObject({ KeyId: 'key', EncryptionContext: { operation } });
  const item = table.commandCalls(PutCommand)[0]?.args[0].input.Item;
  expect(item).toMatchObject({ pk: `WAIT#${operation}`, sealedToken, expiresAt: Date.parse('2027-01-02T00:00:00Z') / 1000 });
  expect(JSON.stringify(item)).not.toContain('the-token');
});

it('a wait is completed once, and its row goes', async () => {
  expect(await completeWait(where, operation, { answer: 'built' })).toBe('completed');
  expect(kms.commandCalls(DecryptCommand)[0]?.args[0].input).toMatchObject({ EncryptionContext: { operation } });
  expect(sfn.commandCalls(SendTaskSuccessCommand)[0]?.args[0].input).toEqual({ taskToken: 'the-token', output: '{"answer":"built"}' });
  expect(table.commandCalls(DeleteCommand)).toHaveLength(1);
});

it('nobody waits when there is no row, or when the state has gone on', async () => {
  sfn.on(SendTaskSuccessCommand).rejects(new TaskTimedOut({ message: 'x', $metadata: {} }));
  expect(await completeWait(where, operation, {})).toBe('nobody');
  expect(await completeToken('the-token', {})).toBe('nobody');
  table.on(GetCommand).resolves({});
  expect(await completeWait(where, operation, {})).toBe('nobody');
  expect(await findWait('t', operation)).toBeUndefined();
});

it('a newer token that a retry stored meanwhile stays', async () => {
  table.on(DeleteCommand).rejects(new ConditionalCheckFailedException({ message: 'x', $metadata: {} }));
  expect(await completeWait(where, operation, {})).toBe('completed');
});

it('a row stays when Step Functions could not be reached, so that it can be completed again', async () => {
  sfn.on(SendTaskSuccessCommand).rejects(Object.assign(new Error('busy'), { name: 'ThrottlingException' }));
  await expect(completeWait(where, operation, {})).rejects.toMatchObject({ name: 'TransientError' });
  expect(table.commandCalls(DeleteCommand)).toEqual([]);
});
