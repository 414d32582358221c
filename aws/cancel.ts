import { CodeBuildClient, StopBuildCommand } from '@aws-sdk/client-codebuild';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Release } from '../contracts/release.ts';
import { calling, unlessRefused } from './errors.ts';
import { once, retries } from './once.ts';
import { keys, table } from './table.ts';

const codeBuild = once(() => new CodeBuildClient(retries));

/**
 * Notes that a running release is called off.
 * @returns `false` when it has ended meanwhile, or was called off already
 */
export async function noteCancelled(tableName: string, release: string, cancelled: NonNullable<Release['cancelled']>): Promise<boolean> {
  return await unlessRefused(`calling off ${release}`, () =>
    table().send(
      new UpdateCommand({
        TableName: tableName,
        Key: keys.release(release),
        UpdateExpression: 'SET cancelled = :cancelled',
        ConditionExpression: '#state = :running AND attribute_not_exists(cancelled)',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':cancelled': cancelled, ':running': 'running' },
      }),
    ),
  );
}

/** Its final event ends the wait. A build that has ended already stays as it is (CodeBuild API: StopBuild). */
export async function stopBuild(id: string): Promise<void> {
  await calling(`stopping the build ${id}`, () => codeBuild().send(new StopBuildCommand({ id })));
}
