import { listEnvironments, readRelease } from '../../aws/releases.ts';
import { ReleaseTask } from '../../contracts/tasks.ts';
import { type NextEnvironment, nextEnvironment } from '../../domain/next-environment.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';

const real = { readRelease, listEnvironments };

export async function chooseNextEnvironment(uses: typeof real, input: ReleaseTask): Promise<NextEnvironment> {
  const { TABLE_NAME: tableName } = env('TABLE_NAME');
  const release = await uses.readRelease(tableName, input.release);
  if (release.cancelled !== undefined) return { answer: 'done' };
  const standings = await uses.listEnvironments(tableName, input.release);
  // What an earlier try said counts only where it ended well.
  const ofThisTry = standings.filter(({ attempt, outcome }) => attempt.split('-')[0] === String(input.attempt) || outcome === 'deployed' || outcome === 'no-changes' || outcome === 'removed');
  return nextEnvironment(
    (release.configuration?.environments ?? []).map(({ name }) => name),
    ofThisTry.map(({ environment, outcome }) => ({ environment, outcome })),
    release.mode,
  );
}

export const handler = task({ name: 'choose-next-environment', input: ReleaseTask, run: (input) => chooseNextEnvironment(real, input) });
