import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it } from 'vitest';
import { postpone, queueFor } from '../../../aws/channel-queue.ts';
import type { Report } from '../../../contracts/report.ts';
import { anApproval } from '../../fakes/samples.ts';

const sqs = mockClient(SQSClient);
const report: Report = { kind: 'waiting', about: 'environment', release: anApproval().release, application: 'orders', environment: 'dev', text: 'dev waits.' };

beforeEach(() => {
  sqs.reset();
  sqs.on(SendMessageCommand).resolves({});
  sqs.on(ChangeMessageVisibilityCommand).resolves({});
});

const sent = () => sqs.commandCalls(SendMessageCommand).map(({ args }) => args[0].input);

it('what one channel is told about one release is one line; another channel or release never waits for it', async () => {
  for (const [channel, release] of [['slack', 'orders-12-3f2a9c1b'], ['slack', 'orders-12-3f2a9c1b'], ['email', 'orders-12-3f2a9c1b'], ['slack', 'orders-13-aaaaaaaa']] as const) await queueFor('queue', channel, 'event', { ...report, release });
  expect(sent().map(({ MessageGroupId }) => MessageGroupId)).toEqual(['slack-orders-12-3f2a9c1b', 'slack-orders-12-3f2a9c1b', 'email-orders-12-3f2a9c1b', 'slack-orders-13-aaaaaaaa']);
});

it('what one channel is told about an environment is one line too', async () => {
  await queueFor('queue', 'slack', 'event', { kind: 'halted', about: 'environment', environment: 'prod', at: '2026-01-01T00:00:00.000Z', text: 'prod is halted.' });
  expect(sent()).toMatchObject([{ MessageGroupId: 'slack-prod' }]);
});

it('the same event is queued once for a channel, and once for each', async () => {
  for (const [channel, event] of [['slack', 'one'], ['slack', 'one'], ['email', 'one'], ['slack', 'two']] as const) await queueFor('queue', channel, event, report);
  const ids = sent().map(({ MessageDeduplicationId }) => MessageDeduplicationId);
  expect(ids[0]).toBe(ids[1]);
  expect(new Set(ids).size).toBe(3);
});

it('its ids are such as SQS takes, whatever the event is called', async () => {
  await queueFor('queue', 'code-commit', 'ü '.repeat(500), { ...report, release: `${'a'.repeat(24)}-123456-aaaaaaaa` });
  for (const { MessageGroupId, MessageDeduplicationId } of sent()) for (const id of [MessageGroupId, MessageDeduplicationId]) expect(id).toMatch(/^[\w!"#$%&'()*+,./:;<=>?@[\\\]^`{|}~-]{1,128}$/);
});

it('a message holds the report and who is told it', async () => {
  await queueFor('queue', 'slack', 'event', report);
  expect(sent()).toMatchObject([{ QueueUrl: 'queue' }]);
  expect(JSON.parse(sent()[0]?.MessageBody ?? '')).toEqual({ channel: 'slack', report });
});

it('a message that is postponed is hidden for so long', async () => {
  await postpone('queue', 'receipt', 300);
  expect(sqs.commandCalls(ChangeMessageVisibilityCommand)[0]?.args[0].input).toEqual({ QueueUrl: 'queue', ReceiptHandle: 'receipt', VisibilityTimeout: 300 });
});

it('a queue that is busy is tried again', async () => {
  sqs.on(SendMessageCommand).rejects(Object.assign(new Error('busy'), { name: 'ThrottlingException' }));
  await expect(queueFor('queue', 'slack', 'event', report)).rejects.toMatchObject({ name: 'TransientError' });
});
