import { listDeployed } from '../../aws/deployed.ts';
import { startRelease } from '../../aws/executions.ts';
import { listReleases, nextSequence, writePlanRelease } from '../../aws/heads.ts';
import { readRegistry } from '../../aws/registry.ts';
import { findRelease, readEnvironment, updateRelease } from '../../aws/releases.ts';
import { report } from '../../aws/reports.ts';
import type { RollbackRequest, StartedAnswer } from '../../contracts/commands.ts';
import type { Release } from '../../contracts/release.ts';
import { principalOf } from '../../domain/callers.ts';
import { InvalidInputError, NotFoundError } from '../../domain/errors.ts';
import { before, backTo, type Past, wasThere } from '../../domain/going-back.ts';
import { releaseId } from '../../domain/release-id.ts';
import { known, retry, type Where } from './releases.ts';

/** So many releases are looked at for the one before. */
const mostReleases = 100;

/** Takes an environment back to an earlier release: planned, shown and asked for like any other. */
export async function rollback(where: Where, application: string, environment: string, { to, reason }: RollbackRequest, by: string): Promise<StartedAnswer> {
  const { tableName } = where;
  const doing = `Going back in ${environment} of ${application}`;
  const registry = await readRegistry(tableName);
  if (registry.content.applications[application] === undefined) throw new NotFoundError(`${doing}: there is no application ${application}. Registered: ${Object.keys(registry.content.applications).join(', ')}.`);
  const there = (await listDeployed(tableName, application)).filter((it) => it.environment === environment).sort((a, b) => b.sequence - a.sequence);
  if (there[0] === undefined) throw new NotFoundError(`${doing}: nothing is deployed there. "drawbridge status" shows what is where.`);
  const present = await known(tableName, there[0].release);
  const earlier = to === undefined ? await foundBefore(tableName, { application, environment, present }) : await named(tableName, { application, environment, to });
  if (earlier === undefined) throw new InvalidInputError(`${doing}: before ${present.from ?? present.id} nothing else ran there, as far as the last ${String(mostReleases)} releases tell. Name one with --to.`);
  const sequence = await nextSequence(tableName, application);
  const id = releaseId(application, sequence, earlier.commit);
  const now = new Date();
  await writePlanRelease(tableName, backTo(earlier, { id, sequence, environment, registryVersion: registry.version, by: principalOf(by).toLowerCase(), reason, at: now.toISOString() }));
  await report(where, { kind: 'started', about: 'release', release: id, application, text: `Takes ${environment} back from ${present.id} to ${earlier.id}${reason === '' ? '' : `: ${reason}`}.` }, now, by);
  await startRelease(where.machine, id, 1);
  return { release: id };
}

async function pastOf(tableName: string, release: string, environment: string): Promise<(Past & { release: Release }) | undefined> {
  const [found, record] = await Promise.all([findRelease(tableName, release), readEnvironment(tableName, release, environment)]);
  return found === undefined ? undefined : { release: found, outcome: record?.outcome };
}

async function foundBefore(tableName: string, { application, environment, present }: { application: string; environment: string; present: Release }): Promise<Release | undefined> {
  const ids = await listReleases(tableName, application, mostReleases);
  const past = (await Promise.all(ids.map((id) => pastOf(tableName, id, environment)))).filter((it) => it !== undefined);
  const found = before(present, past);
  return past.find(({ release }) => release.id === found?.id)?.release;
}

async function named(tableName: string, { application, environment, to }: { application: string; environment: string; to: string }): Promise<Release> {
  const past = await pastOf(tableName, to, environment);
  if (past?.release.application !== application) throw new NotFoundError(`Going back to ${to}: ${application} has no such release. "drawbridge releases --application ${application}" lists them.`);
  if (!wasThere(past.outcome) || past.release.artifact === undefined) throw new InvalidInputError(`Going back to ${to}: it was never deployed to ${environment}. To take it there, use "drawbridge promote ${to} ${environment}".`);
  return past.release;
}

/** Takes an ended release on to an environment, behind those that its files name. */
export async function promote(where: Where, id: string, environment: string, by: string): Promise<StartedAnswer> {
  const { tableName } = where;
  const doing = `Promoting ${id} to ${environment}`;
  const release = await known(tableName, id);
  const registered = (await readRegistry(tableName)).content.environments;
  if (registered[environment] === undefined) throw new NotFoundError(`${doing}: there is no environment ${environment}. Registered: ${Object.keys(registered).join(', ')}.`);
  if (release.state !== 'ended' || release.mode !== 'deploy' || release.only !== undefined) throw new InvalidInputError(`${doing}: only a release that has ended, and that came from a push or an upload, can be taken on.`);
  const order = (release.configuration?.environments ?? []).map(({ name }) => name);
  const records = await Promise.all(order.filter((name) => name !== environment).map(async (name) => ({ name, outcome: (await readEnvironment(tableName, id, name))?.outcome })));
  const missing = records.slice(0, order.includes(environment) ? order.indexOf(environment) : undefined).find(({ outcome }) => !wasThere(outcome));
  if (release.artifact === undefined || missing !== undefined) throw new InvalidInputError(`${doing}: it did not get through ${missing?.name ?? 'its build'}. "drawbridge retry ${id}" tries that again.`);
  if ((await readEnvironment(tableName, id, environment))?.outcome === 'deployed') throw new InvalidInputError(`${doing}: it was deployed there. To go back to it, use "drawbridge rollback ${release.application} ${environment} --to ${id}".`);
  const packaged = release.artifact.templates.filter((it) => it.environment !== undefined);
  if (packaged.length > 0 && !packaged.some((it) => it.environment === environment)) throw new InvalidInputError(`${doing}: it was not packaged for ${environment}, and this kind of build packages for each environment. Name ${environment} in the order of drawbridge.yaml and push.`);
  if (!order.includes(environment)) await updateRelease(tableName, id, { promoted: [...(release.promoted ?? []), environment] });
  return await retry(where, id, by);
}
