import { findHalt, listHalts, removeHalt, writeHalt } from '../../aws/halts.ts';
import { applicationsOf, readRegistry } from '../../aws/registry.ts';
import { report, reportOnEnvironment } from '../../aws/reports.ts';
import type { HaltAnswer } from '../../contracts/commands.ts';
import type { EnvironmentReport } from '../../contracts/report.ts';
import { callerName } from '../../domain/callers.ts';
import { InvalidInputError, NotFoundError } from '../../domain/errors.ts';
import { isGoing, stoppedBy } from '../../domain/halt.ts';
import { cameTo } from './came.ts';
import type { Where } from './releases.ts';

/** Nothing starts in an environment, or in those of branches that are instances of it, until it is resumed. What has begun there goes on to its end. */
export async function halt(where: Where, environment: string, reason: string, by: string): Promise<HaltAnswer> {
  const registration = await readRegistry(where.tableName);
  const { environments } = registration.content;
  if (environments[environment] === undefined) throw new NotFoundError(`Halting ${environment}: there is no environment ${environment}. Registered: ${Object.keys(environments).join(', ')}.`);
  const at = new Date().toISOString();
  const name = callerName(registration.content, by);
  await writeHalt(where.tableName, { environment, reason, by: name, at });
  await tellAndList(where, applicationsOf(registration), { kind: 'halted', about: 'environment', environment, at, text: `${environment} is halted by ${name}: ${reason}` }, by);
  return { halted: await listHalts(where.tableName), frozen: [] };
}

/** Lets an environment go on, also one that is not registered any more, and says what ended there meanwhile. */
export async function resume(where: Where, environment: string, by: string): Promise<HaltAnswer> {
  const registration = await readRegistry(where.tableName);
  if ((await findHalt(where.tableName, environment)) === undefined) throw new InvalidInputError(`Resuming ${environment}: it is not halted. "drawbridge status" shows what is.`);
  await removeHalt(where.tableName, environment);
  const frozen = await tellAndList(where, applicationsOf(registration), { kind: 'resumed', about: 'environment', environment, at: new Date().toISOString(), text: `${environment} is resumed by ${callerName(registration.content, by)}.` }, by);
  return { halted: await listHalts(where.tableName), frozen };
}

/** Everybody reads of it: once of the environment, and in the story of each release that goes there, whose question is shown anew. */
async function tellAndList(where: Where, applications: readonly string[], what: EnvironmentReport, by: string): Promise<HaltAnswer['frozen']> {
  const { kind, environment, text } = what;
  await reportOnEnvironment(where, what);
  const frozen: HaltAnswer['frozen'] = [];
  for (const application of applications) {
    const came = await cameTo(where.tableName, application, environment);
    for (const { release, environment: { name, branch }, record } of came.filter(isGoing)) {
      const approval = record?.state === 'waiting' ? record.approval : undefined;
      await report(where, { kind, about: 'environment', release: release.id, application, environment: name, branch, approval, text }, new Date(), by);
    }
    frozen.push(...stoppedBy(came).map((it) => ({ application, ...it })));
  }
  return frozen;
}
