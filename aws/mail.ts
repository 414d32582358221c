import { ListSubscriptionsByTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { calling } from './errors.ts';
import { once, retries } from './once.ts';
import { pages } from './pages.ts';

const sns = once(() => new SNSClient(retries));

export interface Mail {
  readonly subject: string;
  readonly text: string;
  /** The address it is for, or `everyone` for notices. */
  readonly to: string;
}

/** As subscriptions name it: filters tell apart large and small letters. */
const recipientOf = (address: string): string => address.toLowerCase();

/** Publishes a mail; each subscription's filter lets through what is for its own address, so that one that was registered once gets nothing any more. */
export async function sendMail(topicArn: string, { subject, text, to }: Mail): Promise<void> {
  await calling(`sending a mail to ${to}`, () =>
    sns().send(new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: text, MessageAttributes: { recipient: { DataType: 'String', StringValue: recipientOf(to) } } })),
  );
}

export interface Notice {
  readonly subject: string;
  readonly text: string;
  /** What subscribers may filter by. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Publishes a notice for whoever subscribes. */
export async function publishNotice(topicArn: string, { subject, text, attributes }: Notice): Promise<void> {
  const MessageAttributes = Object.fromEntries(Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]));
  await calling('publishing a notice', () => sns().send(new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: text, MessageAttributes })));
}

/** Addresses that are subscribed, confirmed or not. */
export async function subscribers(topicArn: string): Promise<Set<string>> {
  const found = new Set<string>();
  const list = (NextToken: string | undefined) => calling('listing who gets mail', () => sns().send(new ListSubscriptionsByTopicCommand({ TopicArn: topicArn, NextToken })));
  for await (const { Subscriptions = [] } of pages(list, ({ NextToken }) => NextToken)) {
    for (const { Endpoint, Protocol } of Subscriptions) if (Protocol === 'email' && Endpoint !== undefined) found.add(Endpoint.toLowerCase());
  }
  return found;
}

/** Subscribes an address to what is for it and to notices. SNS sends a mail in which the address is confirmed. */
export async function subscribe(topicArn: string, email: string): Promise<void> {
  await calling(`subscribing ${email}`, () =>
    sns().send(
      new SubscribeCommand({ TopicArn: topicArn, Protocol: 'email', Endpoint: email, Attributes: { FilterPolicy: JSON.stringify({ recipient: [recipientOf(email), 'everyone'] }) } }),
    ),
  );
}
