import { findApproval } from '../../aws/approvals.ts';
import { readRegistry } from '../../aws/registry.ts';
import { listTargets, readEnvironment, readRelease, updateEnvironment } from '../../aws/releases.ts';
import { report } from '../../aws/reports.ts';
import { EnvironmentTask } from '../../contracts/tasks.ts';
import { attemptOf, isOfRound } from '../../domain/attempt.ts';
import { findEnvironment } from '../../domain/find-target.ts';
import { askedFor, gateOf, rulesFor } from '../../domain/gate.ts';
import { judge, type Step } from '../../domain/judge.ts';
import { isTestable } from '../../domain/next-wave.ts';
import { planSentence, verdictSentence } from '../../domain/plan-sentence.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';

const real = { readRelease, readRegistry, readEnvironment, listTargets, findApproval, updateEnvironment, report, now: () => new Date() };
type Uses = typeof real;
interface Answer { readonly answer: Step | 'test'; readonly expiresInSeconds?: number; readonly remindInSeconds?: number }

const states = { nothing: 'planning', failed: 'planning', planned: 'planning', refused: 'planning', go: 'executing', ask: 'waiting' } as const;

/** Looks at the plans of all targets together, and says what follows. */
export async function judgePlans(uses: Uses, where: { tableName: string; busName: string }, input: EnvironmentTask): Promise<Answer> {
  const { tableName } = where;
  const release = await uses.readRelease(tableName, input.release);
  const environment = findEnvironment(release, input.environment);
  const attempt = attemptOf(input);
  const records = (await uses.listTargets(tableName, input.release, input.environment)).filter((record) => isOfRound(record, attempt));
  const approval = await uses.findApproval(tableName, (await uses.readEnvironment(tableName, input.release, input.environment))?.approval);
  const targets = environment.targets.map(({ name }) => name);
  const registry = (await uses.readRegistry(tableName)).content;
  const asked = askedFor(registry, environment, records);
  const gate = gateOf(asked, rulesFor(registry, release, environment), records);
  const { step, digest } = judge({ targets, records, mode: release.mode, gate, approval });

  const refused = step === 'refused' ? [...(asked === undefined ? [] : ['The registered risk rules refuse it.']), ...gate.because].join(' ') : undefined;
  await uses.updateEnvironment(tableName, input, { state: states[step], attempt, digest, verdict: gate.verdict, reason: refused }, uses.now());
  const text = [planSentence(environment.name, records), ...(asked === undefined ? [] : [verdictSentence(gate)])].join(' ');
  await uses.report(where, { kind: 'planned', about: 'environment', release: release.id, application: release.application, environment: environment.name, text }, uses.now());
  // Tests that failed before must not be passed by where a retry finds nothing to change.
  if (step === 'nothing' && release.mode === 'deploy' && isTestable(environment.targets, records)) return { answer: 'test' };
  if (step !== 'ask' || asked === undefined) return { answer: step };
  return { answer: step, expiresInSeconds: asked.expiresInSeconds, remindInSeconds: asked.remindInSeconds };
}

export const handler = task({
  name: 'judge-plans',
  input: EnvironmentTask,
  run: (input) => {
    const { TABLE_NAME, BUS_NAME } = env('TABLE_NAME', 'BUS_NAME');
    return judgePlans(real, { tableName: TABLE_NAME, busName: BUS_NAME }, input);
  },
});
