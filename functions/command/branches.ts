import { endBranchEnvironment, type Ended, removeBranchEnvironment } from '../../aws/branch-ends.ts';
import { listBranchEnvironments, readBranchEnvironment } from '../../aws/branch-environments.ts';
import { listHalts } from '../../aws/halts.ts';
import { readHead, restHead } from '../../aws/heads.ts';
import { startRemoval } from '../../aws/removals.ts';
import { applicationsOf, findRegistry, readRegistry } from '../../aws/registry.ts';
import type { BranchEnvironment } from '../../contracts/branch-environment.ts';
import type { BranchEnvironmentsAnswer, RemovalRequest, StartedAnswer, StopAnswer, StopRequest } from '../../contracts/commands.ts';
import type { Environments } from '../../contracts/environments.ts';
import type * as z from 'zod';
import { callerName } from '../../domain/callers.ts';
import { AccessDeniedError, NotFoundError, TransientError } from '../../domain/errors.ts';
import type { Where } from './releases.ts';

/** Branch environments of an application, or of all: those that are there first, the newest first. */
export async function branchEnvironments({ tableName }: Where, application: string): Promise<BranchEnvironmentsAnswer> {
  const registration = await findRegistry(tableName);
  const applications = application === '' ? applicationsOf(registration) : [application];
  const rows = (await Promise.all(applications.map((name) => listBranchEnvironments(tableName, name)))).flat();
  const gone = ({ state }: BranchEnvironment) => (state === 'removed' ? 1 : 0);
  const halted = (await listHalts(tableName)).filter(({ environment }) => registration?.content.environments[environment]?.disposable === true || rows.some(({ registered }) => registered === environment));
  return { halted, environments: rows.sort((a, b) => gone(a) - gone(b) || b.createdAt.localeCompare(a.createdAt)).map(({ version: _, sequence: __, ...row }) => row) };
}

/** How often a row that changes while it is looked at is read again. */
const tries = 5;

/** Ends a branch's environment because a person says so. What is no branch's leaves only through a removal that is asked for. */
export async function stopBranchEnvironment(where: Where, application: string, name: string, { reason }: z.output<typeof StopRequest>, from: string): Promise<StopAnswer> {
  const { tableName } = where;
  const doing = `Stopping ${name} of ${application}`;
  const registry = (await readRegistry(tableName)).content;
  if (Object.hasOwn(registry.environments, name)) throw new AccessDeniedError(`${doing}: ${name} is a registered environment. Only the environment of a branch can be stopped; what is anywhere else is removed when a person approves that.`);
  const by = callerName(registry, from);
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const row = await readBranchEnvironment(tableName, application, name);
    if (row === undefined) throw new NotFoundError(`${doing}: there is no such branch environment. "drawbridge envs" lists them.`);
    if (row.state === 'removed') throw new NotFoundError(`${doing}: it was removed already.`);
    if (!isSandbox(registry, row)) {
      throw new AccessDeniedError(`${doing}: ${row.registered} is not registered as disposable any more, so a person must say yes. Ask for its removal with "drawbridge remove ${application} ${name}".`);
    }
    // It stays away while the branch stands where it does.
    const head = await readHead(tableName, application, { branch: row.branch });
    if (head !== undefined) await restHead(tableName, application, row.branch, { commit: head.commit, because: 'ended' });
    const why = { reason: `Stopped by ${by}${reason === '' ? '.' : `: ${reason}`}`, by };
    const ended = row.state === 'live' ? await endBranchEnvironment(where, row, why) : await removeBranchEnvironment(where, row, why);
    if (ended.answer !== 'changed') return stopped(row, ended);
  }
  throw new TransientError(`${doing}: it changed ${String(tries)} times while it was looked at. Try again.`);
}

const isSandbox = ({ environments }: Environments, { registered }: BranchEnvironment): boolean => environments[registered]?.disposable === true;

const stopped = ({ application, name }: BranchEnvironment, ended: Ended): StopAnswer => {
  if (ended.answer !== 'removing') return { application, name, sentence: `${name} of ${application} is removed; nothing of it was deployed.` };
  return { application, name, release: ended.release, sentence: `${name} of ${application} is removed by ${ended.release}.` };
};

/**
 * What is a branch's is stopped: removed alone, it would be there again with whatever looks after the branch next. Where no
 * branch may have its environment any more that cannot be, and a person is asked.
 */
export async function remove(where: Where, { reason, ...what }: z.output<typeof RemovalRequest>, by: string): Promise<StartedAnswer> {
  const row = await readBranchEnvironment(where.tableName, what.application, what.environment);
  const stops = row !== undefined && row.state !== 'removed' && isSandbox((await readRegistry(where.tableName)).content, row);
  const stopping = stops ? await stopBranchEnvironment(where, what.application, what.environment, { reason }, by) : undefined;
  if (stopping?.release !== undefined) return { release: stopping.release };
  return { release: await startRemoval(where, { ...what, reason: reason === '' ? 'no reason given' : reason, by }) };
}
