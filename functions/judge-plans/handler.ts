import { findApproval } from '../../aws/approvals.ts';
import { listTargets, readEnvironment, readRelease, updateEnvironment } from '../../aws/releases.ts';
import { report } from '../../aws/reports.ts';
import { EnvironmentTask } from '../../contracts/tasks.ts';
import { attemptOf, isOfRound } from '../../domain/attempt.ts';
import { findEnvironment } from '../../domain/find-target.ts';
import { judge, type Verdict } from '../../domain/judge.ts';
import { planSentence } from '../../domain/plan-sentence.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';

const real = { readRelease, readEnvironment, listTargets, findApproval, updateEnvironment, report, now: () => new Date() };
type Uses = typeof real;
interface Answer { readonly answer: Verdict; readonly expiresInSeconds?: number }

const states = { nothing: 'planning', failed: 'planning', planned: 'planning', go: 'executing', ask: 'waiting' } as const;

/** Looks at the plans of all targets together, and says what follows. */
export async function judgePlans(uses: Uses, where: { tableName: string; busName: string }, input: EnvironmentTask): Promise<Answer> {
  const { tableName } = where;
  const release = await uses.readRelease(tableName, input.release);
  const environment = findEnvironment(release, input.environment);
  const attempt = attemptOf(input);
  const records = (await uses.listTargets(tableName, input.release, input.environment)).filter((record) => isOfRound(record, attempt));
  const approval = await uses.findApproval(tableName, (await uses.readEnvironment(tableName, input.release, input.environment))?.approval);
  const targets = environment.targets.map(({ name }) => name);
  const { verdict, digest } = judge({ targets, records, mode: release.mode, demanded: environment.approval !== undefined, approval });

  await uses.updateEnvironment(tableName, input, { state: states[verdict], attempt, digest }, uses.now());
  const text = planSentence(environment.name, records);
  await uses.report(where, { kind: 'planned', about: 'environment', release: release.id, application: release.application, environment: environment.name, text }, uses.now());
  return { answer: verdict, ...(verdict === 'ask' && environment.approval !== undefined ? { expiresInSeconds: environment.approval.expiresInSeconds } : {}) };
}

export const handler = task({
  name: 'judge-plans',
  input: EnvironmentTask,
  run: (input) => {
    const { TABLE_NAME, BUS_NAME } = env('TABLE_NAME', 'BUS_NAME');
    return judgePlans(real, { tableName: TABLE_NAME, busName: BUS_NAME }, input);
  },
});
