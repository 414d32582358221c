import { findHalt, listHalts, removeHalt, writeHalt } from '../../aws/halts.ts';
import { readRegistry } from '../../aws/registry.ts';
import { report, reportOnEnvironment } from '../../aws/reports.ts';
import type { HaltAnswer } from '../../contracts/commands.ts';
import type { Environments } from '../../contracts/environments.ts';
import type { EnvironmentReport } from '../../contracts/report.ts';
import { InvalidInputError, NotFoundError } from '../../domain/errors.ts';
import { isGoing, stoppedBy } from '../../domain/halt.ts';
import { cameTo } from './came.ts';
import type { Where } from './releases.ts';

async function registered(tableName: string, doing: string, environment: string): Promise<Environments> {
  const { content } = await readRegistry(tableName);
  if (content.environments[environment] === undefined) throw new NotFoundError(`${doing}: there is no environment ${environment}. Registered: ${Object.keys(content.environments).join(', ')}.`);
  return content;
}

/** Nothing starts in an environment, or in those of branches that are instances of it, until it is resumed. What has begun there goes on to its end. */
export async function halt(where: Where, environment: string, reason: string, by: string): Promise<HaltAnswer> {
  const registry = await registered(where.tableName, `Halting ${environment}`, environment);
  const now = new Date();
  await writeHalt(where.tableName, { environment, reason, by, at: now.toISOString() });
  await tellAndList(where, registry, { kind: 'halted', about: 'environment', environment, at: now.toISOString(), text: `${environment} is halted by ${by}: ${reason}` }, by);
  return { halted: await listHalts(where.tableName), frozen: [] };
}

/** Lets an environment go on, and says what ended there meanwhile. */
export async function resume(where: Where, environment: string, by: string): Promise<HaltAnswer> {
  const registry = await registered(where.tableName, `Resuming ${environment}`, environment);
  if ((await findHalt(where.tableName, environment)) === undefined) throw new InvalidInputError(`Resuming ${environment}: it is not halted.`);
  await removeHalt(where.tableName, environment);
  const frozen = await tellAndList(where, registry, { kind: 'resumed', about: 'environment', environment, at: new Date().toISOString(), text: `${environment} is resumed by ${by}.` }, by);
  return { halted: await listHalts(where.tableName), frozen };
}

/** Everybody reads of it: once of the environment, and in the story of each release that goes there, whose question is shown anew. */
async function tellAndList(where: Where, registry: Environments, what: EnvironmentReport, by: string): Promise<HaltAnswer['frozen']> {
  const { kind, environment, text } = what;
  await reportOnEnvironment(where, what);
  const frozen: HaltAnswer['frozen'] = [];
  for (const application of Object.keys(registry.applications)) {
    const came = await cameTo(where.tableName, application, environment);
    for (const { release, environment: { name, branch }, record } of came.filter(isGoing)) {
      const approval = record?.state === 'waiting' ? record.approval : undefined;
      await report(where, { kind, about: 'environment', release: release.id, application, environment: name, branch, approval, text }, new Date(), by);
    }
    frozen.push(...stoppedBy(came).map((it) => ({ application, ...it })));
  }
  return frozen;
}
