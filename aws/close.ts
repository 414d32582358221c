import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Deployed, Removed, TargetRecord } from '../contracts/plan.ts';
import { keepOld, notOvertaken } from './deployed.ts';
import { calling } from './errors.ts';
import { keys, table } from './table.ts';
import { cancellations } from './transactions.ts';

type Item = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

interface Closed {
  readonly record: Pick<TargetRecord, 'release' | 'environment' | 'target' | 'account' | 'region' | 'stackName'>;
  /** Fields of the target's row that say how it ended. */
  readonly ended: Readonly<Partial<TargetRecord>>;
  readonly deployed?: Deployed | undefined;
  /** In place of that: what was deployed there is gone. */
  readonly removed?: Removed | undefined;
  /** An adoption has done what it was for. */
  readonly takenOver?: boolean | undefined;
  readonly lock: { readonly owner: string; readonly fence: number };
}

function update(tableName: string, key: { pk: string; sk: string }, fields: Readonly<Record<string, unknown>>): Item {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return {
    Update: {
      TableName: tableName,
      Key: key,
      UpdateExpression: `SET ${given.map(([name]) => `#${name} = :${name}`).join(', ')}`,
      ExpressionAttributeNames: Object.fromEntries(given.map(([name]) => [`#${name}`, name])),
      ExpressionAttributeValues: Object.fromEntries(given.map(([name, value]) => [`:${name}`, value])),
    },
  };
}

/**
 * Writes how a target ended, what runs there now, and gives the lock back, all or nothing. The fence is the condition:
 * an execution whose lock was taken over writes nothing.
 * @returns `lost` when the lock was somebody else's already
 */
export async function closeUnderLock(tableName: string, { record, ended, deployed, removed, takenOver, lock }: Closed): Promise<'closed' | 'lost'> {
  const { pk, sk } = keys.lock(record);
  if (deployed !== undefined) await keepOld(tableName, deployed);
  const items: Item[] = [
    {
      Update: {
        TableName: tableName,
        Key: { pk, sk },
        UpdateExpression: 'REMOVE #owner, nonce, since',
        ConditionExpression: '#owner = :owner AND fence = :fence',
        ExpressionAttributeNames: { '#owner': 'owner' },
        ExpressionAttributeValues: { ':owner': lock.owner, ':fence': lock.fence },
      },
    },
    update(tableName, keys.target(record.release, record.environment, record.target), { ...ended }),
  ];
  if (deployed !== undefined) {
    items.push({
      Put: {
        TableName: tableName,
        Item: { ...deployed, ...keys.deployed(deployed.application, deployed.environment, deployed.target) },
        ConditionExpression: notOvertaken,
        ExpressionAttributeNames: { '#sequence': 'sequence' },
        ExpressionAttributeValues: { ':sequence': deployed.sequence },
      },
    });
  }
  if (takenOver === true) items.push({ Delete: { TableName: tableName, Key: keys.adoption(record) } });
  if (removed !== undefined) {
    const { application, environment, target, sequence } = removed;
    items.push(
      {
        Delete: {
          TableName: tableName,
          Key: keys.deployed(application, environment, target),
          ConditionExpression: notOvertaken,
          ExpressionAttributeNames: { '#sequence': 'sequence' },
          ExpressionAttributeValues: { ':sequence': sequence },
        },
      },
      { Put: { TableName: tableName, Item: { ...removed, ...keys.removed(application, environment, target) } } },
    );
  }
  try {
    await calling(`closing ${record.target} of ${record.environment} for ${record.release}`, () => table().send(new TransactWriteCommand({ TransactItems: items })));
    return 'closed';
  } catch (error) {
    const [lost, , overtaken] = cancellations(error);
    if (lost === 'ConditionalCheckFailed') return 'lost';
    // A newer release is noted there already: the lock goes back all the same.
    if (overtaken === 'ConditionalCheckFailed') return await closeUnderLock(tableName, { record, ended, lock });
    throw error;
  }
}
