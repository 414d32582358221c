import { listTargets, readRelease, updateEnvironment } from '../../aws/releases.ts';
import { EnvironmentTask } from '../../contracts/tasks.ts';
import { attemptOf, isOfRound } from '../../domain/attempt.ts';
import { findEnvironment } from '../../domain/find-target.ts';
import { chooseNextWave, type NextWave } from '../../domain/next-wave.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';

const real = { readRelease, listTargets, updateEnvironment, now: () => new Date() };
type Uses = typeof real;

/** Which targets move next, whether the plans must be made again, or that nothing is left to move. */
export async function nextWave(uses: Uses, where: { tableName: string }, input: EnvironmentTask): Promise<NextWave> {
  const release = await uses.readRelease(where.tableName, input.release);
  const { targets } = findEnvironment(release, input.environment);
  const attempt = attemptOf(input);
  const records = (await uses.listTargets(where.tableName, input.release, input.environment)).filter((record) => isOfRound(record, attempt));
  const next = chooseNextWave(targets, records, input.round);
  await uses.updateEnvironment(where.tableName, input, { state: next.answer === 'replan' ? 'planning' : 'executing' }, uses.now());
  return next;
}

export const handler = task({
  name: 'choose-next-wave',
  input: EnvironmentTask,
  run: (input) => nextWave(real, { tableName: env('TABLE_NAME').TABLE_NAME }, input),
});
