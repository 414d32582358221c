import { PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it } from 'vitest';
import { sendMail, subscribe } from '../../../aws/mail.ts';

const sns = mockClient(SNSClient);
const topic = 'arn:aws:sns:eu-west-1:111111111111:mail';

beforeEach(() => {
  sns.reset();
  sns.on(PublishCommand).resolves({}).on(SubscribeCommand).resolves({});
});

it('a mail passes the filter of its own address only: of an address that somebody had before, or swapped with another, no link comes', async () => {
  await subscribe(topic, 'Alex@Old.example');
  await subscribe(topic, 'alex@new.example');
  await sendMail(topic, { subject: 's', text: 't', to: 'Alex@New.example' });
  const filters = sns.commandCalls(SubscribeCommand).map(({ args: [{ input }] }) => JSON.parse(input.Attributes?.['FilterPolicy'] ?? '') as unknown);
  expect(filters).toEqual([{ recipient: ['alex@old.example', 'everyone'] }, { recipient: ['alex@new.example', 'everyone'] }]);
  expect(sns.commandCalls(PublishCommand)[0]?.args[0].input.MessageAttributes).toEqual({ recipient: { DataType: 'String', StringValue: 'alex@new.example' } });
});
