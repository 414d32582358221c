import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { readNote } from './note.mjs';

const table = process.env.TABLE_NAME;
const database = new DynamoDBClient({});

const answer = (statusCode, body) => ({ statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

/** POST /notes and GET /notes/{id} */
export async function handler({ routeKey, body, pathParameters, requestContext }) {
  if (routeKey === 'POST /notes') {
    const text = readNote(body);
    if (text === undefined) return answer(400, { error: 'a note has a text' });
    const id = requestContext.requestId;
    await database.send(new PutItemCommand({ TableName: table, Item: { id: { S: id }, text: { S: text } } }));
    return answer(201, { id, text });
  }
  const { Item } = await database.send(new GetItemCommand({ TableName: table, Key: { id: { S: pathParameters.id } } }));
  if (Item === undefined) return answer(404, { error: `there is no note ${pathParameters.id}` });
  return answer(200, { id: Item.id.S, text: Item.text.S, stage: process.env.STAGE });
}
