import type { ApprovalRow } from '../../aws/approvals.ts';
import { applicationsOf, type Registration } from '../../aws/registry.ts';
import type { Release } from '../../contracts/release.ts';
import type { BranchEnvironment } from '../../contracts/branch-environment.ts';
import { overtakenIn } from '../../domain/branch-life.ts';
import { inBatches } from '../../domain/batches.ts';
import { executionArn, executionName, nestedExecutionName } from '../../domain/release-id.ts';
import type { Seen, SeenBuildWaiter, SeenLock, SeenQuestion, SeenRelease, StackPlace } from '../../domain/sweep/seen.ts';
import { type ApplicationRows, lookAtBranches } from './look-at-branches.ts';
import type { Troubles, Uses, Where } from './uses.ts';

/** So many releases of an application are looked at, the newest first; an older one that runs was superseded or is waited for by name. */
const mostReleases = 30;
const atOnce = 10;

type Found = ApplicationRows & { readonly recent: readonly Release[]; readonly waiting: readonly ApprovalRow[] };
export interface LookedAt {
  readonly seen: Seen;
  readonly applications: readonly Found[];
  /** What is deployed, and where what runs now may deploy to. */
  readonly noted: readonly StackPlace[];
  /** Applications that could not be looked at: nobody can say what is theirs. */
  readonly unread: ReadonlySet<string>;
  /** By repository; `undefined` where nobody could look. */
  readonly branches: ReadonlyMap<string, readonly string[] | undefined>;
}

/** Looks at everything that an event may have forgotten, in the tools account. What cannot be looked at stops nothing else. */
export async function look(uses: Uses, where: Where, registration: Registration, troubles: Troubles): Promise<LookedAt> {
  const registry = registration.content;
  const repositories = [...new Set(Object.values(registry.applications).map(({ repository }) => repository).filter((it) => it !== undefined))];
  // Before the rows: what is pushed meanwhile is found to be released, or is looked up again by whoever is woken.
  const branches = new Map(await inBatches(repositories, atOnce, async (repository) => [repository, await troubles.attempt(() => uses.listBranches(repository))] as const));
  // Of what is not registered any more something may run on, and a removal of it.
  const names = applicationsOf(registration);
  const found = await inBatches(names, atOnce, (application) => troubles.attempt(() => readRows(uses, where, application)));
  const applications = found.filter((it) => it !== undefined);
  const seen = {
    branches: await inBatches(applications, atOnce, async (it) => {
      const there = branches.get(registry.applications[it.application]?.repository ?? '');
      return there === undefined ? [] : ((await troubles.attempt(() => lookAtBranches(uses, where, registry, there, it))) ?? []);
    }),
    releases: await inBatches(applications.flatMap(({ recent }) => recent.filter(({ state }) => state === 'running')), atOnce, (release) => lookAtRelease(uses, where, release)),
    questions: await inBatches(applications.flatMap(({ waiting, rows }) => waiting.map((approval) => ({ approval, rows }))), atOnce, ({ approval, rows }) => lookAtQuestion(uses, where, approval, rows)),
    locks: await inBatches(placesOf(applications), atOnce, (place) => lookAtLock(uses, where, place)),
    builds: await lookAtBuilds(uses, where),
  };
  return { seen: { ...seen, branches: seen.branches.flat() }, applications, unread: new Set(names.filter((_, index) => found[index] === undefined)), branches, noted: notedBy(applications) };
}

function notedBy(applications: readonly Found[]): StackPlace[] {
  const moving = applications.flatMap(({ recent }) => recent.filter(({ state }) => state === 'running').flatMap(({ configuration }) => configuration?.environments.flatMap(({ targets }) => targets) ?? []));
  return [...applications.flatMap(({ deployed }) => deployed), ...moving];
}

async function readRows(uses: Uses, { tableName }: Where, application: string): Promise<Found> {
  const [heads, rows, deployed, ids, asked] = await Promise.all([
    uses.listHeads(tableName, application), uses.listBranchEnvironments(tableName, application), uses.listDeployed(tableName, application), uses.listReleases(tableName, application, mostReleases), uses.listWaiting(tableName, application),
  ]);
  const recent = (await inBatches(ids, atOnce, (id) => uses.findRelease(tableName, id))).filter((it) => it !== undefined);
  const running = new Set(recent.filter(({ state }) => state === 'running').map(({ id }) => id));
  return { application, heads, rows, deployed, recent, running, waiting: asked.filter(({ state }) => state === 'waiting') };
}

async function lookAtRelease(uses: Uses, { machine }: Where, release: Release): Promise<SeenRelease> {
  return { release, execution: await uses.executionStands(executionArn(machine, executionName(release.id, release.attempt))) };
}

async function lookAtQuestion(uses: Uses, { tableName, environmentMachine }: Where, approval: ApprovalRow, rows: readonly BranchEnvironment[]): Promise<SeenQuestion> {
  const { release, environment, attempt } = approval;
  const row = rows.find(({ name }) => name === environment);
  const execution = await uses.executionStands(executionArn(environmentMachine, nestedExecutionName(release, environment, attempt.split('-')[0] ?? attempt)));
  return { approval, execution, overtaken: row === undefined ? undefined : overtakenIn(row, approval.sequence), released: (await uses.findRelease(tableName, release))?.state };
}

const keyOf = ({ account, region, stackName }: StackPlace) => `${account} ${region} ${stackName}`;

/** Where something moved lately: a lock that is left behind is in one of these. */
function placesOf(applications: readonly Found[]): StackPlace[] {
  const places = applications.flatMap(({ deployed, recent }) => [...deployed, ...recent.flatMap(({ configuration }) => configuration?.environments.flatMap(({ targets }) => targets) ?? [])]);
  return [...new Map(places.map(({ account, region, stackName }) => [keyOf({ account, region, stackName }), { account, region, stackName }])).values()];
}

async function lookAtLock(uses: Uses, { tableName }: Where, place: StackPlace): Promise<SeenLock> {
  const [lock, line] = [await uses.readLock(tableName, place), await uses.waiters(tableName, place)];
  const stands = async (execution: string) => ({ execution, stands: await uses.executionStands(execution) });
  return { place, fence: lock?.fence ?? 0, owner: lock?.owner === undefined ? undefined : await stands(lock.owner), line: await Promise.all(line.map(({ execution }) => stands(execution))) };
}

async function lookAtBuilds(uses: Uses, { tableName, machine }: Where): Promise<SeenBuildWaiter[]> {
  const { waiters } = await uses.readBuildLine(tableName);
  return await inBatches(waiters, atOnce, async ({ release, attempt, renewed }) => ({ release, attempt, renewed, execution: await uses.executionStands(executionArn(machine, executionName(release, attempt))) }));
}
