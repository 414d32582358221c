import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Environments } from '../contracts/environments.ts';
import { calling, isNamed } from './errors.ts';
import type { Registration } from './registry.ts';
import { keys, table } from './table.ts';

/**
 * Registers environments as the next version and keeps every earlier one.
 * @returns `false` when somebody registered another version meanwhile
 */
export async function writeRegistration(tableName: string, registration: Registration & { content: Environments }): Promise<boolean> {
  const { version } = registration;
  try {
    await calling(`registering version ${String(version)} of the environments`, () =>
      table().send(
        new TransactWriteCommand({
          TransactItems: [
            {
              Put: {
                TableName: tableName,
                Item: { ...registration, ...keys.registry() },
                ConditionExpression: version === 1 ? 'attribute_not_exists(pk)' : 'version = :before',
                ...(version === 1 ? {} : { ExpressionAttributeValues: { ':before': version - 1 } }),
              },
            },
            { Put: { TableName: tableName, Item: { ...registration, ...keys.registryVersion(version) }, ConditionExpression: 'attribute_not_exists(pk)' } },
          ],
        }),
      ),
    );
    return true;
  } catch (error) {
    if (isNamed(error, 'TransactionCanceledException') && error.message.includes('ConditionalCheckFailed')) return false;
    throw error;
  }
}
