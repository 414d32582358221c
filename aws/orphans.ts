import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { BranchEnvironment } from '../contracts/branch-environment.ts';
import type { Deployed } from '../contracts/plan.ts';
import { releaseId } from '../domain/release-id.ts';
import { nameOfOld } from '../domain/removal/left.ts';
import type { Orphan } from '../domain/sweep/orphans.ts';
import { removeBranchEnvironment } from './branch-ends.ts';
import { changeBranchEnvironment, readBranchEnvironment } from './branch-environments.ts';
import { unlessRefused } from './errors.ts';
import { nextSequence } from './heads.ts';
import type { RemovalContext } from './removals.ts';
import { keys, table } from './table.ts';

async function putNew(tableName: string, key: { pk: string; sk: string }, row: object): Promise<boolean> {
  return await unlessRefused(`writing ${key.pk} ${key.sk}`, () => table().send(new PutCommand({ TableName: tableName, Item: { ...row, ...key }, ConditionExpression: 'attribute_not_exists(pk)' })));
}

/** Which commit is there nobody knows any more. */
const noCommit = '0'.repeat(40);

/**
 * Notes stacks of one branch's environment, of which no note was left, as what they are, and has them removed as the end of
 * any branch removes its own. The environment comes first: noted as removing it keeps older releases out, and if nothing
 * more is written the next sweep closes it.
 * @returns the removal, or `undefined` when somebody noted the environment meanwhile
 */
export async function removeOrphans(context: RemovalContext, orphans: readonly [Orphan, ...Orphan[]], now: Date): Promise<string | undefined> {
  const { tableName } = context;
  const [{ application, environment: name, branch, repository, registered }] = orphans;
  const sequence = await nextSequence(tableName, application);
  const [at, release] = [now.toISOString(), releaseId(application, sequence, noCommit)];
  const reason = `The branch ${branch} is gone, and ${orphans.map(({ place }) => place.stackName).join(', ')} was left behind without a note.`;
  const before = await readBranchEnvironment(tableName, application, name);
  const row: BranchEnvironment = { application, name, registered, branch, repository, createdAt: at, releasedAt: at, expiresAt: at, release, sequence, by: 'drawbridge', state: 'removing', reason, version: (before?.version ?? 0) + 1 };
  const noted = before === undefined ? await putNew(tableName, keys.branchEnvironment(application, name), row) : before.state === 'removed' && (await changeBranchEnvironment(tableName, before, row));
  if (!noted) return undefined;
  for (const { place, stackArn } of orphans) {
    const target = nameOfOld(place);
    const deployed: Deployed = { application, environment: name, target, ...place, stackArn, registered, release, commit: noCommit, branch, sequence, fence: 0, deployedAt: at, outputs: {} };
    await putNew(tableName, keys.deployed(application, name, target), deployed);
  }
  const ended = await removeBranchEnvironment(context, row, { reason, by: 'drawbridge' });
  return ended.answer === 'removing' ? ended.release : undefined;
}
