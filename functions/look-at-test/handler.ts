import { readRelease, readTarget } from '../../aws/releases.ts';
import { readTestAnswer, testAccountFor } from '../../aws/test-project.ts';
import { completeToken, storeWait } from '../../aws/waits.ts';
import { TestWait } from '../../contracts/tasks.ts';
import { attemptOf } from '../../domain/attempt.ts';
import { commandOf, testOperation } from '../../domain/command-test.ts';
import { findEnvironment } from '../../domain/find-target.ts';
import { env } from '../../runtime/env.ts';
import { stuckWait } from '../../runtime/metrics.ts';
import { task } from '../../runtime/task.ts';

const real = { readRelease, readTarget, storeWait, completeToken, testAccountFor, readTestAnswer, stuckWait, now: () => new Date() };
type Uses = typeof real;

/** No event came in time: wait again with the new token, and look once. A test that was not started yet is started. */
export async function lookAtTest(uses: Uses, where: { tableName: string; keyArn: string; region: string }, { token, test, ...input }: TestWait): Promise<void> {
  const release = await uses.readRelease(where.tableName, input.release);
  const environment = findEnvironment(release, input.environment);
  const tested = commandOf(environment, test);
  const id = { release: release.id, environment: environment.name, target: tested.target.name };
  const operation = testOperation({ ...id, attempt: attemptOf(input), test });
  await uses.storeWait(where, { operation, about: { ...id, test: String(test) } }, token, uses.now());
  const record = await uses.readTarget(where.tableName, release.id, environment.name, tested.target.name);
  if (record?.test?.operation !== operation) {
    await uses.completeToken(token, { answer: 'again' });
    return;
  }
  const account = await uses.testAccountFor('plan', { release, environment: environment.name, tested, region: where.region });
  const answer = await uses.readTestAnswer(account, record.test.build);
  if (answer === undefined) uses.stuckWait();
  else await uses.completeToken(token, answer);
}

export const handler = task({
  name: 'look-at-test',
  input: TestWait,
  run: (input) => {
    const { TABLE_NAME, WAIT_KEY_ARN, AWS_REGION } = env('TABLE_NAME', 'WAIT_KEY_ARN', 'AWS_REGION');
    return lookAtTest(real, { tableName: TABLE_NAME, keyArn: WAIT_KEY_ARN, region: AWS_REGION }, input);
  },
});
