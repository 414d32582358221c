import { RemoveShell, ShellRemoved } from '../../contracts/sweep.ts';
import type { Environments } from '../../contracts/environments.ts';
import { type Orphan, orphanOf } from '../../domain/sweep/orphans.ts';
import { mayRemoveShell, releasesIn } from '../../domain/sweep/shells.ts';
import type { LookedAt } from './look.ts';
import type { FoundThere } from './stacks.ts';
import type { Troubles, Uses, Where } from './uses.ts';

interface Removed {
  /** A sentence each. */
  readonly did: readonly string[];
  readonly stacks: ReadonlySet<FoundThere>;
}

/** Removes, of what nobody knows, what a machine may: the stacks of branches that are gone, and empty shells. The rest is for people. */
export async function removeLeftovers(uses: Uses, where: Where, registry: Environments, looked: LookedAt, found: readonly FoundThere[], troubles: Troubles): Promise<Removed> {
  const did: string[] = [];
  const stacks = new Set<FoundThere>();
  for (const it of found) {
    if ((await troubles.attempt(() => removeShell(uses, where, it))) !== true) continue;
    did.push(`deleted the empty stack ${it.stack.stackName} in ${it.name}, which only change sets of ours had made`);
    stacks.add(it);
  }
  const now = uses.now();
  const orphans = found.flatMap((it) => {
    const orphan = orphanOf(it.stack, it.place, { registry, rows: looked.applications.flatMap(({ rows }) => rows), noted: looked.noted, branches: branchesFor(registry, looked, it.stack.application) }, now);
    return orphan === undefined ? [] : [{ it, orphan }];
  });
  for (const together of Map.groupBy(orphans, ({ orphan: { application, environment } }) => `${application} ${environment}`).values()) {
    const release = await troubles.attempt(() => removeTogether(uses, where, together.map(({ orphan }) => orphan)));
    if (release === undefined) continue;
    did.push(`has ${together.map(({ orphan }) => orphan.place.stackName).join(', ')} removed by ${release}: ${together[0]?.orphan.branch ?? ''} is gone, and no environment knew of it`);
    for (const { it } of together) stacks.add(it);
  }
  return { did, stacks };
}

const branchesFor = ({ applications }: Environments, { branches }: LookedAt, application: string | undefined) => branches.get(applications[application ?? '']?.repository ?? '');

async function removeShell(uses: Uses, where: Where, { stack, place }: FoundThere): Promise<boolean> {
  const { stackName, stackArn, application, environment, changeSets = [] } = stack;
  const releases = new Map(await Promise.all((releasesIn({ changeSets }) ?? []).map(async (id) => [id, (await uses.findRelease(where.tableName, id))?.state] as const)));
  if (!mayRemoveShell({ ...stack, changeSets, releases, locked: false }, uses.now())) return false;
  const asked = RemoveShell.parse({ place, stackName, stackArn, application, environment });
  return ShellRemoved.parse(await uses.askFunction(where.removeShellFunction, asked)).answer === 'removed';
}

/** Looked at anew, for a push or another sweep may have come since. */
async function removeTogether(uses: Uses, where: Where, orphans: readonly Orphan[]): Promise<string | undefined> {
  const [first, ...rest] = orphans;
  if (first === undefined) return undefined;
  const { application, environment, repository, branch } = first;
  const row = await uses.readBranchEnvironment(where.tableName, application, environment);
  const noted = (await uses.listDeployed(where.tableName, application)).some((it) => it.environment === environment);
  if ((row !== undefined && row.state !== 'removed') || noted || (await uses.branchHead(repository, branch)) !== undefined) return undefined;
  return await uses.removeOrphans(where, [first, ...rest], uses.now());
}
