import { CloudWatchLogsClient, DescribeLogGroupsCommand, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { slackIds } from '../../local/sample.ts';
import { answerByLink, linkOf, registryWith, SlackUser } from './office.ts';
import { parametersApplication } from './templates.ts';
import { Town } from './town.ts';

const names = ['kept', 'raced'] as const;
const password = 'correct-horse-battery-staple';
const approval = { approvers: ['alex', 'robin', 'kim'], required: 1 };
const environments = { dev: {}, staging: {}, prod: { approval }, duel: { applications: ['raced'], approval: { ...approval, authorMayApprove: true } } };

let town: Town;
let queue = '';
beforeAll(async () => {
  town = await Town.build();
  await town.applications(...names);
  await town.system.register(registryWith(town, names, environments));
  queue = await recordEvents();
}, 120_000);
afterAll(() => town.close());

const client = () => ({ ...town.client(), forcePathStyle: true });

/** Everything that passes over a bus from now on lies in a queue. */
async function recordEvents(): Promise<string> {
  const sqs = new SQSClient(client());
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'every-event' }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: Attributes?.QueueArn }] });
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  const events = new EventBridgeClient(client());
  for (const EventBusName of ['default', 'drawbridge']) {
    await events.send(new PutRuleCommand({ Name: `every-event-${EventBusName}`, EventBusName, EventPattern: JSON.stringify({ account: [{ exists: true }] }) }));
    await events.send(new PutTargetsCommand({ Rule: `every-event-${EventBusName}`, EventBusName, Targets: [{ Id: 'queue', Arn: Attributes?.QueueArn }] }));
  }
  return QueueUrl;
}

async function events(): Promise<string[]> {
  const sqs = new SQSClient(client());
  const found: string[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queue, MaxNumberOfMessages: 10, VisibilityTimeout: 600 }));
    if (Messages.length === 0) return found;
    found.push(...Messages.map(({ Body = '' }) => Body));
  }
}

async function rows(): Promise<string[]> {
  const dynamo = new DynamoDBClient(client());
  const found: string[] = [];
  let next: Record<string, never> | undefined;
  do {
    const page = await dynamo.send(new ScanCommand({ TableName: town.system.outputs['TableName'], ExclusiveStartKey: next }));
    // A sealed token is binary; as text it must not be readable either.
    found.push(...(page.Items ?? []).map((item) => JSON.stringify(item, (_, value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value))));
    next = page.LastEvaluatedKey as Record<string, never> | undefined;
  } while (next !== undefined);
  return found;
}

async function logs(): Promise<string[]> {
  const cloudWatch = new CloudWatchLogsClient(client());
  const { logGroups = [] } = await cloudWatch.send(new DescribeLogGroupsCommand({}));
  const found: string[] = [];
  for (const { logGroupName } of logGroups) {
    const page = await cloudWatch.send(new FilterLogEventsCommand({ logGroupName, limit: 10_000 }));
    found.push(...(page.events ?? []).map(({ message = '' }) => message));
  }
  return found;
}

async function plans(): Promise<string[]> {
  const s3 = new S3Client(client());
  const Bucket = town.system.outputs['ArtifactBucket'];
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'plans/' }));
  return await Promise.all(Contents.map(async ({ Key }) => (await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString()) ?? ''));
}

const application = (name: (typeof names)[number]) => town.application(name);

it('after a whole run no token, secret or personal link is in a log, an event, a row, a plan or a notice', { timeout: 150_000 }, async () => {
  const files = parametersApplication({ values: { One: '1' }, order: ['dev', 'prod'] });
  const template = `Parameters:\n  Password: { Type: String, NoEcho: true }\n${files['template.yaml'] ?? ''}`;
  const drawbridge = `${files['drawbridge.yaml'] ?? ''}parameters: { Password: ${password} }\n`;
  const app = application('kept');
  const release = await app.releaseOf(await app.push({ 'template.yaml': template, 'drawbridge.yaml': drawbridge }));
  await town.waitsIn(release, 'prod');
  const personal = await Promise.all(['alex', 'robin', 'kim'].map((name) => linkOf(town, name, release)));
  const nonce = /name="nonce" value="([^"]+)"/.exec(await (await fetch(personal[0] ?? '')).text())?.[1] ?? '';
  await new SlackUser(town, 'alex').press(release, 'details');
  expect((await answerByLink(personal[1] ?? '', 'approve', 'fine')).status).toBe(200);
  await town.ended(release);
  await new SlackUser(town, 'alex').question(release, (text) => text.includes('Approved.'));

  const { slack, botToken, signingSecret } = town.system.slackApp;
  const tokens = await town.system.cloud.admin.taskTokens();
  const payload = new URLSearchParams(slack.sent().at(-1)?.body).get('payload') ?? '{}';
  const { token = '', response_url = '', trigger_id = '' } = JSON.parse(payload) as { token?: string; response_url?: string; trigger_id?: string };
  const secrets = [...personal.map((link) => link.split('/').at(-1) ?? ''), nonce, botToken, signingSecret, ...tokens, token, response_url, trigger_id, password];
  expect(tokens.length).toBeGreaterThan(3);
  for (const secret of secrets) expect(secret.length).toBeGreaterThan(7);

  const notices = (await town.system.cloud.admin.mails()).filter(({ to }) => to === 'team@example.com').map((mail) => JSON.stringify(mail));
  const places = { events: await events(), rows: await rows(), logs: await logs(), plans: await plans(), notices, slack: slack.messages().map((message) => JSON.stringify(message)) };
  for (const [place, texts] of Object.entries(places)) expect(texts.length, place).toBeGreaterThan(1);
  // A value that the repository holds in clear is passed on to CloudFormation from the release's row; nobody is shown it.
  const found = Object.entries(places).flatMap(([place, texts]) => texts.flatMap((text) => secrets.filter((secret) => text.includes(secret) && !(place === 'rows' && secret === password)).map((secret) => `${place}: ${secret.slice(0, 6)}… in ${text.slice(0, 200)}`)));
  expect(found).toEqual([]);
});

describe('at the door', () => {
  const door = () => `${town.system.doorUrl}/slack/interactions`;
  const send = async (body: string, headers: Record<string, string>) => (await fetch(door(), { method: 'POST', body, headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers } })).status;

  it('a request that Slack did not sign, signed long ago, or sent before changes nothing', { timeout: 120_000 }, async () => {
    const { slack } = town.system.slackApp;
    const sent = slack.sent().at(-1);
    if (sent === undefined) throw new Error('Slack sent nothing');
    const body = `payload=${encodeURIComponent(JSON.stringify({ type: 'block_actions', team: { id: slackIds.workspace }, user: { id: slackIds.users.alex }, trigger_id: 'none', actions: [] }))}`;
    expect(await send(sent.body, sent.headers)).toBe(409);
    expect(await send(`${sent.body}&more=1`, sent.headers)).toBe(401);
    expect(await send(body, {})).toBe(401);
    expect(await send(body, { ...slack.sign(body), 'x-slack-signature': `v0=${'0'.repeat(64)}` })).toBe(401);
    expect(await send(body, slack.sign(body, Date.now() - 301_000))).toBe(401);
    expect(await send(body, slack.sign(body, Date.now() + 301_000))).toBe(401);
    expect(await send(body, slack.sign(body))).toBe(200);
    expect(await send('x'.repeat(9_000_000), slack.sign('x'))).toBe(413);
  });

  it('a guessed link, a link of another’s form and a huge body change nothing', { timeout: 120_000 }, async () => {
    const guessed = `${town.system.doorUrl}/approvals/${'A'.repeat(32)}`;
    expect((await fetch(guessed)).status).toBe(404);
    expect((await fetch(guessed, { method: 'POST', body: new URLSearchParams({ decision: 'approve' }) })).status).toBe(404);
    const redirected = await fetch(`${guessed}?next=https://evil.example&redirect=//evil.example`, { redirect: 'manual' });
    expect(redirected.status).toBe(404);
    expect(await redirected.text()).not.toContain('evil.example');
    expect((await fetch(guessed, { method: 'POST', body: 'x'.repeat(9_000_000) })).status).toBe(413);
  });
});

it('of two who answer for the last place in the same moment one decides, and the workflow goes on once', { timeout: 120_000 }, async () => {
  const app = application('raced');
  const release = await app.releaseOf(await app.push(parametersApplication({ values: { One: '1' }, order: ['duel'] })));
  await town.waitsIn(release, 'duel');
  const links = await Promise.all(['robin', 'kim'].map((name) => linkOf(town, name, release)));
  const answers = await Promise.allSettled([town.decide(release, 'duel', 'approve', 'alex'), ...links.map(async (link) => (await answerByLink(link, 'approve')).status)]);
  const counted = answers.filter((it) => it.status === 'fulfilled' && (typeof it.value !== 'number' || it.value === 200));
  expect(counted).toHaveLength(1);
  const shown = await town.ended(release);
  expect(shown.release.outcome).toBe('deployed');
  expect(shown.votes).toHaveLength(1);
  expect(shown.story.filter(({ kind }) => kind === 'approved')).toHaveLength(1);
  expect(shown.story.filter(({ kind }) => kind === 'executing')).toHaveLength(1);
});
