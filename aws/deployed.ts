import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { Deployed, Removed } from '../contracts/plan.ts';
import { nameOfOld, samePlace } from '../domain/removal/left.ts';
import { calling } from './errors.ts';
import { queryRows, readRow, writeRow } from './rows.ts';
import { keys, table } from './table.ts';
import { cancellations } from './transactions.ts';

/** What runs in a target now, or `undefined` when nothing was ever deployed there. */
export async function readDeployed(tableName: string, application: string, environment: string, target: string): Promise<Deployed | undefined> {
  return await readRow(tableName, keys.deployed(application, environment, target), Deployed);
}

/** What was removed last from a target, or `undefined` when nothing ever was. */
export async function readRemoved(tableName: string, application: string, environment: string, target: string): Promise<Removed | undefined> {
  return await readRow(tableName, keys.removed(application, environment, target), Removed);
}

/**
 * Forgets what is not there any more, as it was seen.
 * @returns `changed` when something else is noted there by now
 */
export async function forgetDeployed(tableName: string, { release, fence }: Pick<Deployed, 'release' | 'fence'>, removed: Removed): Promise<'forgotten' | 'changed'> {
  const { application, environment, target } = removed;
  try {
    await calling(`noting that ${target} of ${environment} is gone`, () =>
      table().send(
        new TransactWriteCommand({
          TransactItems: [
            {
              Delete: {
                TableName: tableName,
                Key: keys.deployed(application, environment, target),
                ConditionExpression: 'attribute_not_exists(pk) OR (#release = :release AND fence = :fence)',
                ExpressionAttributeNames: { '#release': 'release' },
                ExpressionAttributeValues: { ':release': release, ':fence': fence },
              },
            },
            { Put: { TableName: tableName, Item: { ...removed, ...keys.removed(application, environment, target) } } },
          ],
        }),
      ),
    );
    return 'forgotten';
  } catch (error) {
    if (cancellations(error).includes('ConditionalCheckFailed')) return 'changed';
    throw error;
  }
}

/** Only a newer release takes the place of another. */
export const notOvertaken = 'attribute_not_exists(pk) OR #sequence <= :sequence';

/** A target that moves to another stack must not make us forget the one that it leaves: that goes on running under a name of its own. */
export async function keepOld(tableName: string, moved: Pick<Deployed, 'application' | 'environment' | 'target' | 'account' | 'region' | 'stackName'>): Promise<void> {
  const before = await readDeployed(tableName, moved.application, moved.environment, moved.target);
  if (before === undefined || samePlace(before, moved)) return;
  const target = nameOfOld(before);
  await writeRow(tableName, keys.deployed(before.application, before.environment, target), { ...before, target });
}

/**
 * A release that changes nothing here is what runs here now, so an older one that still waits must not come after it.
 * That was seen without the lock, so it holds only if nobody moves the target meanwhile.
 * @param dead an execution that holds the lock and does not run any more
 * @returns `moving` when somebody holds the lock: what was seen may be over already
 */
export async function deployedAsIs(tableName: string, deployed: Deployed, dead?: string): Promise<'kept' | 'moving' | 'overtaken'> {
  const { application, environment, target } = deployed;
  await keepOld(tableName, deployed);
  const given = Object.entries(deployed).filter(([, value]) => value !== undefined);
  const had = new Set(['fence', 'outputs']);
  const set = given.map(([name]) => (had.has(name) ? `#${name} = if_not_exists(#${name}, :${name})` : `#${name} = :${name}`));
  // A branch where a tag was before: what this release does not have must not stay. Which stack it is depends on no release.
  const gone = Object.keys(Deployed.shape).filter((name) => name !== 'stackArn' && !given.some(([it]) => it === name));
  const named = Object.keys(Deployed.shape).filter((name) => gone.includes(name) || given.some(([it]) => it === name));
  try {
    await calling(`noting that ${deployed.release} changes nothing in ${target} of ${environment}`, () =>
      table().send(
        new TransactWriteCommand({
          TransactItems: [
            {
              ConditionCheck: {
                TableName: tableName,
                Key: keys.lock(deployed),
                ConditionExpression: `attribute_not_exists(#owner)${dead === undefined ? '' : ' OR #owner = :dead'}`,
                ExpressionAttributeNames: { '#owner': 'owner' },
                ...(dead === undefined ? {} : { ExpressionAttributeValues: { ':dead': dead } }),
              },
            },
            {
              Update: {
                TableName: tableName,
                Key: keys.deployed(application, environment, target),
                UpdateExpression: `SET ${set.join(', ')}${gone.length === 0 ? '' : ` REMOVE ${gone.map((name) => `#${name}`).join(', ')}`}`,
                ConditionExpression: notOvertaken,
                ExpressionAttributeNames: Object.fromEntries(named.map((name) => [`#${name}`, name])),
                ExpressionAttributeValues: Object.fromEntries(given.map(([name, value]) => [`:${name}`, value])),
              },
            },
          ],
        }),
      ),
    );
    return 'kept';
  } catch (error) {
    const [lock, overtaken] = cancellations(error);
    if (lock === 'ConditionalCheckFailed') return 'moving';
    if (overtaken === 'ConditionalCheckFailed') return 'overtaken';
    throw error;
  }
}

/** What runs of an application, in every environment and target. */
export async function listDeployed(tableName: string, application: string): Promise<Deployed[]> {
  return await queryRows(tableName, { pk: keys.deployed(application, '', '').pk, skBegins: 'DEPLOYED#' }, Deployed);
}
