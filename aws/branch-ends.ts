import type { BranchEnvironment } from '../contracts/branch-environment.ts';
import { changeBranchEnvironment } from './branch-environments.ts';
import { listDeployed } from './deployed.ts';
import { nextSequence } from './heads.ts';
import { type RemovalContext, startRemoval } from './removals.ts';

export interface Ending {
  /** A sentence for people. */
  readonly reason: string;
  readonly by: string;
}

export type Ended = { readonly answer: 'removing'; readonly release: string } | { readonly answer: 'removed' | 'changed' };

/**
 * Takes a branch's environment out of use and has removed what is there. From then on no release that came before may
 * deploy there.
 * @returns `changed` when the row is not any more as it was read: whoever asked looks again
 */
export async function endBranchEnvironment(context: RemovalContext, row: BranchEnvironment, ending: Ending): Promise<Ended> {
  const out = await outOfUse(context, row, ending.reason);
  if (out === undefined) return { answer: 'changed' };
  return (await isDeployed(context, out)) ? await remove(context, out, ending) : await close(context, out);
}

/** Has removed what is there of an environment that is out of use; where nothing is, it is noted as removed. */
export async function removeBranchEnvironment(context: RemovalContext, row: BranchEnvironment, ending: Ending): Promise<Ended> {
  // An older release may have deployed after it was noted as removed.
  if (!(await isDeployed(context, row))) return await close(context, row);
  const out = await outOfUse(context, row, row.reason);
  return out === undefined ? { answer: 'changed' } : await remove(context, out, ending);
}

const isDeployed = async ({ tableName }: RemovalContext, { application, name }: BranchEnvironment): Promise<boolean> =>
  (await listDeployed(tableName, application)).some(({ environment }) => environment === name);

/** @returns the row as it is then, or `undefined` when somebody else changed it meanwhile */
async function outOfUse({ tableName }: RemovalContext, row: BranchEnvironment, reason: string | undefined): Promise<BranchEnvironment | undefined> {
  const fields = { state: 'removing', sequence: await nextSequence(tableName, row.application), reason } as const;
  return (await changeBranchEnvironment(tableName, row, fields)) ? { ...row, ...fields, version: row.version + 1 } : undefined;
}

/**
 * The removal has the number of the end. With a later one of its own, a release between the two would give way to the
 * removal and count as newer than the end, and nobody would release it again.
 */
async function remove(context: RemovalContext, { application, name: environment, sequence }: BranchEnvironment, { reason, by }: Ending): Promise<Ended> {
  return { answer: 'removing', release: await startRemoval(context, { application, environment, reason, by, sequence }) };
}

const close = async ({ tableName }: RemovalContext, row: BranchEnvironment): Promise<Ended> => ({ answer: (await changeBranchEnvironment(tableName, row, { state: 'removed' })) ? 'removed' : 'changed' });
