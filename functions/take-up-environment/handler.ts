import { EnvironmentTask } from '../../contracts/tasks.ts';
import type { Place } from '../../contracts/doctor.ts';
import type { Target } from '../../contracts/release.ts';
import { startEnvironment } from '../../aws/attempts.ts';
import { changeBranchEnvironment, takeUpBranchEnvironment } from '../../aws/branch-environments.ts';
import { readDeployed, readRemoved } from '../../aws/deployed.ts';
import { findHalt } from '../../aws/halts.ts';
import { wasExamined } from '../../aws/examined.ts';
import { readHead } from '../../aws/heads.ts';
import { readRegistry } from '../../aws/registry.ts';
import { readEnvironment, readRelease } from '../../aws/releases.ts';
import { checkSealed } from '../../aws/sealed.ts';
import { report } from '../../aws/reports.ts';
import { artifactOf, findEnvironment } from '../../domain/find-target.ts';
import { whyNot } from '../../domain/may-begin.ts';
import { registeredName } from '../../domain/registered-name.ts';
import { refusalOf } from '../../domain/removal/still-allowed.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';
import { takeUpForBranch } from './branch.ts';

const real = { checkSealed, readRelease, readRegistry, readEnvironment, readDeployed, readRemoved, readHead, findHalt, takeUpBranchEnvironment, changeBranchEnvironment, wasExamined, startEnvironment, report, now: () => new Date() };
type Uses = typeof real;
interface Answer {
  readonly answer: 'examine' | 'plan' | 'closed';
  readonly targets: readonly string[];
  /** Where nothing was ever released to: they are looked at first. */
  readonly places?: readonly Place[];
}

/** May the release still go here? Judged by the newest registered environments, and never behind a newer release. */
export async function takeUpEnvironment(uses: Uses, where: { tableName: string; busName: string }, input: EnvironmentTask): Promise<Answer> {
  const { tableName } = where;
  const release = await uses.readRelease(tableName, input.release);
  const environment = findEnvironment(release, input.environment);
  const before = await uses.readEnvironment(tableName, input.release, input.environment);
  const now = uses.now();
  const row = {
    release: input.release,
    environment: input.environment,
    attempt: String(input.attempt),
    approval: before?.approval,
    updatedAt: now.toISOString(),
  };
  const about = { about: 'environment', release: release.id, application: release.application, environment: environment.name, branch: environment.branch } as const;

  const refused = refusalOf((await uses.readRegistry(tableName)).content, release, environment);
  const deployed = await Promise.all(environment.targets.map(({ name }) => uses.readDeployed(tableName, release.application, environment.name, name)));
  const removed = await Promise.all(environment.targets.map(({ name }) => uses.readRemoved(tableName, release.application, environment.name, name)));
  const closed = whyNot({ release, refused, deployed, removed, halt: await uses.findHalt(tableName, registeredName(environment)) }) ?? (await takeUpForBranch(uses, tableName, release, environment, now));
  if (closed !== undefined) {
    const { outcome, reason, halted } = closed;
    await uses.startEnvironment(tableName, { ...row, state: 'ended', outcome, halted, reason });
    await uses.report(where, { ...about, kind: outcome === 'superseded' ? 'superseded' : 'ended', outcome, text: `${environment.name}: ${outcome}. ${reason}` }, now);
    return { answer: 'closed', targets: [] };
  }
  const targets = environment.targets.map(({ name }) => name);
  if (release.mode === 'remove') {
    await uses.startEnvironment(tableName, { ...row, state: 'planning' });
    await uses.report(where, { ...about, kind: 'started', text: `Planning to remove ${targets.join(', ')} from ${environment.name}.` }, now);
    return { answer: 'plan', targets };
  }
  await uses.checkSealed(release.id, artifactOf(release), environment.targets.map(({ region }) => region));
  await uses.startEnvironment(tableName, { ...row, state: 'planning' });
  await uses.report(where, { ...about, kind: 'started', text: `Planning ${environment.name}: ${targets.join(', ')}.` }, now);
  const places = await unexamined(uses, tableName, environment.targets);
  return places.length === 0 ? { answer: 'plan', targets } : { answer: 'examine', targets, places };
}

/** Each account and Region once, in which nobody has looked yet for what a release needs. */
async function unexamined(uses: Uses, tableName: string, targets: readonly Target[]): Promise<Place[]> {
  const places = new Map(targets.map(({ account, region, externalId }) => [`${account}#${region}`, { account, region, externalId }]));
  const looked = await Promise.all([...places.values()].map(async (place) => ({ place, examined: await uses.wasExamined(tableName, place) })));
  return looked.filter(({ examined }) => !examined).map(({ place }) => place);
}

export const handler = task({
  name: 'take-up-environment',
  input: EnvironmentTask,
  run: (input) => {
    const { TABLE_NAME, BUS_NAME } = env('TABLE_NAME', 'BUS_NAME');
    return takeUpEnvironment(real, { tableName: TABLE_NAME, busName: BUS_NAME }, input);
  },
});
