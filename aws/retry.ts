import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { unlessRefused } from './errors.ts';
import { keys, table } from './table.ts';

/**
 * Opens an ended release for another try.
 * @returns `false` when somebody else did so in the same moment
 */
export async function clearOutcome(tableName: string, release: string, attempt: number): Promise<boolean> {
  return await unlessRefused(`opening ${release} for another try`, () =>
    table().send(
      new UpdateCommand({
        TableName: tableName,
        Key: keys.release(release),
        UpdateExpression: 'SET attempt = :next, #state = :running REMOVE #outcome, reason, cancelled',
        ConditionExpression: 'attempt = :attempt AND #state = :ended',
        ExpressionAttributeNames: { '#state': 'state', '#outcome': 'outcome' },
        ExpressionAttributeValues: { ':attempt': attempt, ':next': attempt + 1, ':running': 'running', ':ended': 'ended' },
      }),
    ),
  );
}
