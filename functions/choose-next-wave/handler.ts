import { listTargets, readRelease, updateEnvironment } from '../../aws/releases.ts';
import { readSiblings } from '../../aws/siblings.ts';
import { EnvironmentTask } from '../../contracts/tasks.ts';
import { attemptOf, isOfRound } from '../../domain/attempt.ts';
import { outputsChanged, takesOutputs } from '../../domain/deferral.ts';
import { findEnvironment } from '../../domain/find-target.ts';
import { chooseNextWave, isTestable, type NextWave } from '../../domain/next-wave.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';

const real = { readRelease, listTargets, readSiblings, updateEnvironment, now: () => new Date() };
type Uses = typeof real;

/** Which targets move next, whether the plans must be made again, or that nothing is left to move. */
export async function nextWave(uses: Uses, where: { tableName: string }, input: EnvironmentTask): Promise<NextWave | { readonly answer: 'remove'; readonly targets: readonly string[] } | { readonly answer: 'test'; readonly targets: readonly [] }> {
  const release = await uses.readRelease(where.tableName, input.release);
  const { name: environment, targets } = findEnvironment(release, input.environment);
  const attempt = attemptOf(input);
  const records = (await uses.listTargets(where.tableName, input.release, input.environment)).filter((record) => isOfRound(record, attempt));
  const outdated = [];
  for (const target of targets) {
    const record = records.find((it) => it.target === target.name);
    if (record?.outcome !== 'no-changes' || !takesOutputs(target)) continue;
    const { found } = await uses.readSiblings(where.tableName, { release, environment, target });
    if (outputsChanged(target, record.lookedUp, found)) outdated.push(target.name);
  }
  const next = chooseNextWave(targets, records, input.round, { outdated, backwards: release.mode === 'remove' });
  await uses.updateEnvironment(where.tableName, input, { state: next.answer === 'replan' ? 'planning' : 'executing' }, uses.now());
  if (release.mode === 'remove') return next.answer === 'wave' ? { answer: 'remove', targets: next.targets } : next;
  return next.answer === 'done' && isTestable(targets, records) ? { answer: 'test', targets: [] } : next;
}

export const handler = task({
  name: 'choose-next-wave',
  input: EnvironmentTask,
  run: (input) => nextWave(real, { tableName: env('TABLE_NAME').TABLE_NAME }, input),
});
