import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { EnvironmentRecord } from '../contracts/release.ts';
import { unlessRefused } from './errors.ts';
import { keys, table } from './table.ts';

/**
 * Ends a release whose execution cannot do it any more.
 * @returns `false` when it has ended meanwhile, or is tried again
 */
export async function endRelease(tableName: string, release: string, attempt: number, reason: string): Promise<boolean> {
  return await unlessRefused(`ending ${release}`, () =>
    table().send(
      new UpdateCommand({
        TableName: tableName,
        Key: keys.release(release),
        UpdateExpression: 'SET #state = :ended, #outcome = :failed, reason = :reason',
        ConditionExpression: '#state = :running AND attempt = :attempt',
        ExpressionAttributeNames: { '#state': 'state', '#outcome': 'outcome' },
        ExpressionAttributeValues: { ':running': 'running', ':ended': 'ended', ':failed': 'failed', ':attempt': attempt, ':reason': reason },
      }),
    ),
  );
}

/**
 * Ends an environment of such a release, as it was seen.
 * @returns `false` when somebody has written it since
 */
export async function endGoneEnvironment(tableName: string, { release, environment, updatedAt }: EnvironmentRecord, reason: string, now: Date): Promise<boolean> {
  return await unlessRefused(`ending ${environment} of ${release}`, () =>
    table().send(
      new UpdateCommand({
        TableName: tableName,
        Key: keys.environment(release, environment),
        UpdateExpression: 'SET #state = :ended, #outcome = :failed, reason = :reason, updatedAt = :now',
        ConditionExpression: 'updatedAt = :seen',
        ExpressionAttributeNames: { '#state': 'state', '#outcome': 'outcome' },
        ExpressionAttributeValues: { ':ended': 'ended', ':failed': 'failed', ':reason': reason, ':now': now.toISOString(), ':seen': updatedAt },
      }),
    ),
  );
}
