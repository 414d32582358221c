import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';

const dynamo = new DynamoDBClient({});
const { TABLE_NAME: TableName } = process.env;

/** An order that cannot be handled comes again; the others of the batch do not. */
export const handler = async ({ Records }) => {
  const batchItemFailures = [];
  for (const { body, messageId } of Records) {
    try {
      const { id } = JSON.parse(body);
      await dynamo.send(
        new UpdateItemCommand({
          TableName,
          Key: { id: { S: id } },
          UpdateExpression: 'SET #state = :handled',
          ConditionExpression: 'attribute_exists(id)',
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: { ':handled': { S: 'handled' } },
        }),
      );
    } catch (error) {
      console.error(JSON.stringify({ message: 'an order could not be handled', error: String(error) }));
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  return { batchItemFailures };
};
