import { findHalt, listHalts, removeHalt, writeHalt } from '../../aws/halts.ts';
import { listReleases } from '../../aws/heads.ts';
import { readRegistry } from '../../aws/registry.ts';
import { findRelease, readEnvironment } from '../../aws/releases.ts';
import { report } from '../../aws/reports.ts';
import type { HaltAnswer } from '../../contracts/commands.ts';
import type { Environments } from '../../contracts/environments.ts';
import { InvalidInputError, NotFoundError } from '../../domain/errors.ts';
import type { Where } from './releases.ts';

/** So many releases of an application are looked at. */
const mostReleases = 10;

async function registered(tableName: string, doing: string, environment: string): Promise<Environments> {
  const { content } = await readRegistry(tableName);
  if (content.environments[environment] === undefined) throw new NotFoundError(`${doing}: there is no environment ${environment}. Registered: ${Object.keys(content.environments).join(', ')}.`);
  return content;
}

/** Nothing starts in an environment until it is resumed. What has begun there goes on to its end. */
export async function halt(where: Where, environment: string, reason: string, by: string): Promise<HaltAnswer> {
  const registry = await registered(where.tableName, `Halting ${environment}`, environment);
  const now = new Date();
  await writeHalt(where.tableName, { environment, reason, by, at: now.toISOString() });
  await tellRunning(where, registry, environment, `${environment} is halted by ${by}: ${reason}`, by);
  return { halted: await listHalts(where.tableName), frozen: [] };
}

/** Lets an environment go on, and says what ended there meanwhile. */
export async function resume(where: Where, environment: string, by: string): Promise<HaltAnswer> {
  const registry = await registered(where.tableName, `Resuming ${environment}`, environment);
  if ((await findHalt(where.tableName, environment)) === undefined) throw new InvalidInputError(`Resuming ${environment}: it is not halted.`);
  await removeHalt(where.tableName, environment);
  await tellRunning(where, registry, environment, `${environment} is resumed by ${by}.`, by);
  const frozen = await Promise.all(Object.keys(registry.applications).map((application) => frozenIn(where.tableName, application, environment)));
  return { halted: await listHalts(where.tableName), frozen: frozen.flatMap((it) => it ?? []) };
}

/** The newest release of an application that got no further, where nothing newer did. */
async function frozenIn(tableName: string, application: string, environment: string): Promise<HaltAnswer['frozen'][number] | undefined> {
  for (const release of await listReleases(tableName, application, mostReleases)) {
    const outcome = (await readEnvironment(tableName, release, environment))?.outcome;
    if (outcome === 'frozen') return { application, release };
    if (outcome !== undefined) return undefined;
  }
  return undefined;
}

/** Everybody who follows a release that goes there reads of it. */
async function tellRunning(where: Where, registry: Environments, environment: string, text: string, by: string): Promise<void> {
  for (const application of Object.keys(registry.applications)) {
    for (const id of await listReleases(where.tableName, application, mostReleases)) {
      const release = await findRelease(where.tableName, id);
      const goesThere = release?.state === 'running' && release.configuration?.environments.some(({ name }) => name === environment) === true;
      if (goesThere) await report(where, { kind: 'halted', about: 'environment', release: id, application, environment, text }, new Date(), by);
    }
  }
}
