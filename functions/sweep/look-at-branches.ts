import { concerns, standsAt } from '../../aws/differences.ts';
import type { Head } from '../../aws/heads.ts';
import type { BranchEnvironment } from '../../contracts/branch-environment.ts';
import type { Environments } from '../../contracts/environments.ts';
import type { Deployed } from '../../contracts/plan.ts';
import { environmentsFor } from '../../domain/accepting.ts';
import { inBatches } from '../../domain/batches.ts';
import { executionArn, executionName, sequenceOf } from '../../domain/release-id.ts';
import type { SeenBranch, SeenRemoval } from '../../domain/sweep/seen.ts';
import type { Uses, Where } from './uses.ts';

export interface ApplicationRows {
  readonly application: string;
  readonly heads: readonly (Head & { readonly branch: string })[];
  readonly rows: readonly BranchEnvironment[];
  readonly deployed: readonly Deployed[];
  /** Ids of releases that have not said how they ended. */
  readonly running: ReadonlySet<string>;
}

/** CodeCommit takes so many calls a second of an account without complaint. */
const atOnce = 5;

/** Every branch of an application that somebody may have forgotten. */
export async function lookAtBranches(uses: Uses, where: Where, registry: Environments, names: readonly string[], found: ApplicationRows): Promise<SeenBranch[]> {
  const { application, heads, rows, deployed } = found;
  const repository = registry.applications[application]?.repository;
  if (repository === undefined) return [];
  const taken = names.filter((branch) => environmentsFor(registry, application, { branch }).length > 0);
  // An older release may have deployed after its environment was noted as removed.
  const kept = rows.filter((row) => (row.state !== 'removed' || deployed.some(({ environment }) => environment === row.name)) && row.repository === repository).map(({ branch }) => branch);
  const going = heads.filter(({ release }) => found.running.has(release)).map(({ branch }) => branch);
  return await inBatches([...new Set([...taken, ...kept, ...going])], atOnce, (branch) => lookAtBranch(uses, where, registry, { ...found, repository, branch, isThere: names.includes(branch) }));
}

type About = ApplicationRows & { readonly repository: string; readonly branch: string; readonly isThere: boolean };

async function lookAtBranch(uses: Uses, where: Where, registry: Environments, { application, repository, branch, isThere, heads, rows, deployed, running }: About): Promise<SeenBranch> {
  const head = heads.find((it) => it.branch === branch);
  // One that was made since the list was read is whoever made it's event.
  const commit = isThere ? await uses.branchHead(repository, branch) : undefined;
  const row = rows.find((it) => it.branch === branch && it.repository === repository);
  const watching = { registered: registry.applications[application], repository };
  return {
    application, repository, branch, commit, row,
    stands: await standsAt(watching, commit, head?.rests, uses.differs),
    taken: environmentsFor(registry, application, { branch }).length > 0,
    // A push that changed none of the application's paths is not released, and its head stays where it was.
    concerned: head === undefined || commit === undefined || head.commit === commit || (await concerns(watching, head.commit, commit, uses.differs)),
    head: head === undefined ? undefined : { commit: head.commit, sequence: sequenceOf(head.release), rests: head.rests, uploaded: head.upload !== undefined, running: running.has(head.release) },
    deployed: row !== undefined && deployed.some(({ environment }) => environment === row.name),
    disposable: row !== undefined && registry.environments[row.registered]?.disposable === true,
    removal: row?.state === 'removing' ? await removalOf(uses, where, row) : undefined,
  };
}

async function removalOf(uses: Uses, { tableName, machine }: Where, { application, name: environment }: BranchEnvironment): Promise<SeenRemoval | undefined> {
  const last = await uses.readRemovalRow(tableName, { application, environment });
  const release = last === undefined ? undefined : await uses.findRelease(tableName, last.release);
  if (release === undefined) return undefined;
  const { id, state, outcome, createdAt, attempt } = release;
  return { release: id, state, outcome, createdAt, execution: state === 'running' ? await uses.executionStands(executionArn(machine, executionName(id, attempt))) : 'over' };
}
