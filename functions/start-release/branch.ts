import type { Ended, Ending } from '../../aws/branch-ends.ts';
import { standsAt } from '../../aws/differences.ts';
import type { Registration } from '../../aws/registry.ts';
import { branchEnvironmentName } from '../../domain/branch-name.ts';
import { nextOfBranch } from '../../domain/branch-next.ts';
import { TransientError } from '../../domain/errors.ts';
import { sequenceOf } from '../../domain/release-id.ts';
import { env } from '../../runtime/env.ts';
import { startOne } from './release.ts';
import type { BranchUses } from './uses.ts';

export interface Branch {
  readonly application: string;
  readonly repository: string;
  readonly branch: string;
}

/** How often a row that changes while it is looked at is read again. */
const tries = 5;

/** Brings the environment of a branch to what the branch says, wherever both stand now. A branch that never had one is left alone. */
export async function settle(uses: BranchUses, { application, repository, branch }: Branch, registration: Registration | undefined, why?: Ending): Promise<void> {
  const { TABLE_NAME: tableName, BUS_NAME: busName, DEPLOY_RELEASE_MACHINE_ARN: machine } = env('TABLE_NAME', 'BUS_NAME', 'DEPLOY_RELEASE_MACHINE_ARN');
  const context = { tableName, busName, machine };
  const name = branchEnvironmentName(branch);
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const row = await uses.readBranchEnvironment(tableName, application, name);
    if (row?.branch !== branch || row.repository !== repository) return;
    const [head, commit, all] = [await uses.readHead(tableName, application, { branch }), await uses.branchHead(repository, branch), await uses.listDeployed(tableName, application)];
    const registered = registration?.content.applications[application];
    const stands = await standsAt({ registered, repository }, commit, head?.rests, uses.differs);
    const standing = head === undefined ? undefined : { sequence: sequenceOf(head.release), rests: head.rests };
    const step = nextOfBranch({ row, commit: stands, head: standing, deployed: all.some(({ environment }) => environment === name), disposable: registration?.content.environments[row.registered]?.disposable === true });
    const ending = why ?? { reason: row.reason ?? `The branch ${branch} ${commit === undefined ? 'is gone' : 'was merged, or its environment was ended'}.`, by: 'drawbridge' };
    let ended: Ended | undefined;
    switch (step) {
      case 'nothing':
        return;
      case 'release':
        await startOne(uses, { tableName, application, registered, repository, reference: { branch }, registryVersion: registration?.version ?? 0, anew: head });
        return;
      case 'end':
        ended = await uses.endBranchEnvironment(context, row, ending);
        break;
      case 'remove':
      case 'close':
        ended = await uses.removeBranchEnvironment(context, row, ending);
    }
    if (ended.answer !== 'changed') return;
  }
  throw new TransientError(`Looking after ${name} of ${application}: it changed ${String(tries)} times while it was looked at. It is tried again.`);
}
