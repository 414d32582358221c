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
export async function endBranchEnvironment(context: RemovalContext, row: BranchEnvironment, { reason, by }: Ending): Promise<Ended> {
  const sequence = await nextSequence(context.tableName, row.application);
  const fields = { state: 'removing', sequence, reason } as const;
  if (!(await changeBranchEnvironment(context.tableName, row, fields))) return { answer: 'changed' };
  return await removeBranchEnvironment(context, { ...row, ...fields, version: row.version + 1 }, { reason, by });
}

/** Has removed what is there of an environment that is out of use; where nothing is, it is noted as removed. */
export async function removeBranchEnvironment(context: RemovalContext, row: BranchEnvironment, { reason, by }: Ending): Promise<Ended> {
  const { application, name } = row;
  const deployed = await listDeployed(context.tableName, application);
  if (deployed.some(({ environment }) => environment === name)) {
    // An older release may have deployed after it was noted as removed.
    if (row.state !== 'removing' && !(await changeBranchEnvironment(context.tableName, row, { state: 'removing' }))) return { answer: 'changed' };
    return { answer: 'removing', release: await startRemoval(context, { application, environment: name, reason, by }) };
  }
  return (await changeBranchEnvironment(context.tableName, row, { state: 'removed' })) ? { answer: 'removed' } : { answer: 'changed' };
}
