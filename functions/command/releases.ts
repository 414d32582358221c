import { findApproval, listVotes } from '../../aws/approvals.ts';
import { readCommit } from '../../aws/codecommit.ts';
import { startRelease } from '../../aws/executions.ts';
import { findHalt } from '../../aws/halts.ts';
import { listReleases, nextSequence, writePlanRelease } from '../../aws/heads.ts';
import { findRegistry, readRegistry } from '../../aws/registry.ts';
import { findRelease, listEnvironments, listTargets } from '../../aws/releases.ts';
import { readStory, report } from '../../aws/reports.ts';
import { clearOutcome } from '../../aws/retry.ts';
import type { PlanRequest, ReleasesAnswer, ShowAnswer, ShownRelease, StartedAnswer } from '../../contracts/commands.ts';
import type { Release } from '../../contracts/release.ts';
import { InvalidInputError, NotFoundError } from '../../domain/errors.ts';
import { askedWhileHalted } from '../../domain/halt.ts';
import { registeredOf } from '../../domain/registered-name.ts';
import { planBranchPrefix, releaseId } from '../../domain/release-id.ts';

export interface Where {
  readonly tableName: string;
  readonly keyArn: string;
  readonly busName: string;
  readonly machine: string;
}

export const shown = ({ configuration, artifact, buildId: _, ...release }: Release): ShownRelease => ({
  ...release,
  remarks: configuration?.remarks ?? [],
  order: (configuration?.environments ?? []).map(({ name }) => name),
  ...(artifact === undefined ? {} : { artifact: artifact.digest, checks: artifact.checks }),
});

export async function known(tableName: string, id: string): Promise<Release> {
  const release = await findRelease(tableName, id);
  if (release === undefined) throw new NotFoundError(`Looking for release ${id}: there is none. "drawbridge releases" lists them.`);
  return release;
}

export async function releases({ tableName }: Where, application: string, limit: number): Promise<ReleasesAnswer> {
  const registry = await findRegistry(tableName);
  const applications = application === '' ? Object.keys(registry?.content.applications ?? {}) : [application];
  const ids = (await Promise.all(applications.map((name) => listReleases(tableName, name, limit)))).flat();
  const found = (await Promise.all(ids.map((id) => findRelease(tableName, id)))).filter((release) => release !== undefined);
  return { releases: found.sort((a, b) => b.createdAt.localeCompare(a.createdAt)).slice(0, limit).map(shown) };
}

export async function show({ tableName }: Where, id: string): Promise<ShowAnswer> {
  const release = await known(tableName, id);
  const [environments, targets, story, votes] = await Promise.all([listEnvironments(tableName, id), listTargets(tableName, id), readStory(tableName, id), listVotes(tableName, id)]);
  const approvals = (await Promise.all(environments.map(({ approval }) => findApproval(tableName, approval)))).filter((approval) => approval !== undefined);
  const asked = approvals.map(async ({ version: _, ...approval }) => ({ ...approval, halted: askedWhileHalted(await findHalt(tableName, registeredOf(approval)), approval) }));
  return { release: shown(release), environments, targets, approvals: await Promise.all(asked), votes, story };
}

/** Another try at a release that has ended, from planning on; what was built stays as it was built. */
export async function retry(where: Where, id: string, by: string): Promise<StartedAnswer> {
  const release = await known(where.tableName, id);
  if (release.state !== 'ended') throw new InvalidInputError(`Retrying ${id}: it has not ended. "drawbridge show ${id}" says where it is.`);
  const attempt = release.attempt + 1;
  if (!(await clearOutcome(where.tableName, id, release.attempt))) throw new InvalidInputError(`Retrying ${id}: somebody else retries it in this moment.`);
  await report(where, { kind: 'started', about: 'release', release: id, application: release.application, text: `Try ${String(attempt)}.` }, new Date(), by);
  await startRelease(where.machine, id, attempt);
  return { release: id };
}

/** A release that is planned everywhere and executed nowhere. */
export async function plan(where: Where, { application, branch, commit }: PlanRequest): Promise<StartedAnswer> {
  const registry = await readRegistry(where.tableName);
  const registered = registry.content.applications[application];
  if (registered === undefined) throw new NotFoundError(`Planning: there is no application ${application}. Registered: ${Object.keys(registry.content.applications).join(', ')}.`);
  const { repository } = registered;
  if (repository === undefined) throw new InvalidInputError(`Planning: ${application} is released from uploads, and a plan needs a CodeCommit repository to push to. Upload it where an environment of its own takes it.`);
  if (!branch.startsWith(planBranchPrefix)) throw new InvalidInputError(`Planning: the branch of a plan is called ${planBranchPrefix}….`);
  const { author, message } = await readCommit(repository, commit);
  const sequence = await nextSequence(where.tableName, application);
  const id = releaseId(application, sequence, commit);
  const createdAt = new Date().toISOString();
  await writePlanRelease(where.tableName, { id, application, source: { kind: 'codecommit', repository }, branch, commit, sequence, mode: 'plan', author, message, createdAt, attempt: 1, registryVersion: registry.version, state: 'running' });
  await startRelease(where.machine, id, 1);
  return { release: id };
}
