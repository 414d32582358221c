import { expect } from 'vitest';
import { listBranchEnvironments } from '../../aws/branch-environments.ts';
import { listDeployed } from '../../aws/deployed.ts';
import { readHead } from '../../aws/heads.ts';
import { branchEnvironmentName } from '../../domain/branch-name.ts';
import { isWanted } from '../../domain/branch-next.ts';
import { allBranches, type Branch } from './history-branches.ts';

export interface Standing {
  /** The table in which the control plane remembers. */
  readonly table: string;
  readonly application: string;
  /** Where each branch stands. */
  readonly commits: ReadonlyMap<Branch, string>;
  /** The commit that is in each stack, by its name. */
  readonly stacks: ReadonlyMap<string, string>;
}

export const environmentOf = (branch: Branch): string => (branch === 'main' ? 'dev' : branchEnvironmentName(branch));

/** Whatever was lost, late or doubled: what a branch says is there, and nothing else. Answers the commits that are there, by stack. */
export async function expectAsTheBranchesSay({ table, application, commits, stacks }: Standing): Promise<Map<string, string>> {
  const there = new Map<string, string>();
  const [deployed, rows] = [await listDeployed(table, application), await listBranchEnvironments(table, application)];
  for (const branch of allBranches) {
    const name = environmentOf(branch);
    const [commit, head] = [commits.get(branch), await readHead(table, application, { branch })];
    const wanted = commit !== undefined && (branch === 'main' || isWanted(commit, head?.rests));
    const about = `${application} ${branch}`;
    expect(deployed.find(({ environment }) => environment === name)?.commit, `${about} is noted`).toBe(wanted ? commit : undefined);
    expect(stacks.get(`${application}-${name}`), `${about} is there`).toBe(wanted ? commit : undefined);
    if (branch !== 'main') expect(rows.find((row) => row.name === name)?.state ?? 'removed', `${about} has its environment`).toBe(wanted ? 'live' : 'removed');
    if (wanted) there.set(`${application}-${name}`, commit);
  }
  return there;
}

type Row = Readonly<Record<string, unknown>>;

/** Nobody who is gone holds or waits for anything. */
export function expectNothingHeld(rows: readonly Row[]): void {
  const under = (pk: string, sk = '') => rows.filter((row) => String(row['pk']).startsWith(pk) && String(row['sk']).startsWith(sk));
  expect(under('LOCK#').filter((row) => row['owner'] !== undefined || row['sk'] !== 'LOCK'), 'locks').toEqual([]);
  expect(under('WAIT#').map(({ pk, about }) => ({ pk, about })), 'open waits').toEqual([]);
  expect(under('APPROVAL#').filter(({ state }) => state === 'waiting'), 'open questions').toEqual([]);
  expect(under('RELEASE#', 'RELEASE').filter(({ state }) => state !== 'ended'), 'releases that never end').toEqual([]);
}
