import { randomUUID } from 'node:crypto';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { version } from './version.mjs';

const dynamo = new DynamoDBClient({});
const queue = new SQSClient({});
const { STAGE: stage, TABLE_NAME: TableName, QUEUE_URL: QueueUrl } = process.env;

const answer = (statusCode, body) => ({ statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

function itemOf(event) {
  try {
    const { item } = JSON.parse(event.body ?? '');
    return typeof item === 'string' && item.length > 0 && item.length <= 200 ? item : undefined;
  } catch {
    return undefined;
  }
}

async function create(event) {
  const item = itemOf(event);
  if (item === undefined) return answer(400, { message: 'Say what you order: { "item": "…" }' });
  const id = randomUUID();
  await dynamo.send(new PutItemCommand({ TableName, Item: { id: { S: id }, item: { S: item }, state: { S: 'new' } } }));
  await queue.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify({ id }) }));
  return answer(201, { id, item, state: 'new', stage });
}

async function read(id) {
  const { Item } = await dynamo.send(new GetItemCommand({ TableName, Key: { id: { S: id } }, ConsistentRead: true }));
  return Item === undefined ? answer(404, { message: 'There is no such order.' }) : answer(200, { id, item: Item.item.S, state: Item.state.S, stage });
}

export const handler = async (event) => {
  if (event.routeKey === 'POST /orders') return await create(event);
  if (event.routeKey === 'GET /orders/{id}') return await read(event.pathParameters.id);
  return answer(200, { service: 'orders', stage, version });
};
