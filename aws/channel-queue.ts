import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { AnyReport } from '../contracts/report.ts';
import { hashed } from './approvals.ts';
import { calling } from './errors.ts';
import { once, retries } from './once.ts';

const sqs = once(() => new SQSClient(retries));

/**
 * Queues a report for one channel. What one channel is told about one release, or about one environment, stays in
 * order; another channel, or another release, never waits for it.
 * @param event id of the event: the same one again within five minutes is dropped (SQS API: SendMessage)
 */
export async function queueFor(queueUrl: string, channel: string, event: string, report: AnyReport): Promise<void> {
  await calling(`queueing a notice for ${channel}`, () =>
    sqs().send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: JSON.stringify({ channel, report }),
        MessageGroupId: `${channel}-${'release' in report ? report.release : report.environment}`,
        MessageDeduplicationId: hashed(`${channel} ${event}`),
      }),
    ),
  );
}

/** Tries a message again after so many seconds; until then what follows it in its group waits too. */
export async function postpone(queueUrl: string, receipt: string, seconds: number): Promise<void> {
  await calling('postponing a notice', () => sqs().send(new ChangeMessageVisibilityCommand({ QueueUrl: queueUrl, ReceiptHandle: receipt, VisibilityTimeout: seconds })));
}
