import { readRelease, readTarget, updateTarget } from '../../aws/releases.ts';
import { report } from '../../aws/reports.ts';
import { readTestAnswer, startTest, testAccountFor } from '../../aws/test-project.ts';
import { completeToken, storeWait } from '../../aws/waits.ts';
import { TestWait } from '../../contracts/tasks.ts';
import { attemptOf } from '../../domain/attempt.ts';
import { commandOf, testFolderOf, testOperation, testVariables } from '../../domain/command-test.ts';
import { sha256 } from '../../domain/digest.ts';
import { artifactOf, findEnvironment } from '../../domain/find-target.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';

const real = { readRelease, readTarget, updateTarget, report, storeWait, completeToken, testAccountFor, startTest, readTestAnswer, now: () => new Date() };
type Uses = typeof real;

/** Has a command test what is deployed, in the target account; the final event of its build completes the wait. */
export async function startTheTest(uses: Uses, where: { tableName: string; keyArn: string; busName: string; region: string }, { token, test, ...input }: TestWait): Promise<void> {
  const { tableName } = where;
  const release = await uses.readRelease(tableName, input.release);
  const environment = findEnvironment(release, input.environment);
  const tested = commandOf(environment, test);
  const { target, command } = tested;
  const id = { release: release.id, environment: environment.name, target: target.name };
  const operation = testOperation({ ...id, attempt: attemptOf(input), test });
  const record = await uses.readTarget(tableName, release.id, environment.name, target.name);
  await uses.storeWait(where, { operation, about: { ...id, test: String(test) } }, token, uses.now());
  const account = await uses.testAccountFor('execute', { release, environment: environment.name, tested, region: where.region });
  let build = record?.test?.operation === operation ? record.test.build : undefined;
  if (build === undefined) {
    const archive = `${artifactOf(release).bucket}/${testFolderOf(release, command.folder).key}`;
    const variables = testVariables(tested, { release: release.id, environment: environment.name, operation, record });
    const started = await uses.startTest(account, { archive, variables, idempotencyToken: sha256(operation) });
    const about = { ...id, about: 'target', application: release.application } as const;
    if (started === 'refused') {
      await uses.report(where, { ...about, kind: 'queued', text: `CodeBuild of account ${target.account} (${target.accountName}) takes no more builds now; the test "${command.run}" is tried again after a while.` }, uses.now());
      return;
    }
    build = started.build;
    await uses.updateTarget(tableName, id, { test: { operation, build } }, uses.now());
    await uses.report(where, { ...about, kind: 'executing', text: `Testing ${target.stackName} of ${target.name} in ${environment.name}: ${command.run}.` }, uses.now());
  }
  // A quick end may have been told before the build was noted.
  const answer = await uses.readTestAnswer(account, build);
  if (answer !== undefined) await uses.completeToken(token, answer);
}

export const handler = task({
  name: 'start-test',
  input: TestWait,
  run: (input) => {
    const { TABLE_NAME, WAIT_KEY_ARN, BUS_NAME, AWS_REGION } = env('TABLE_NAME', 'WAIT_KEY_ARN', 'BUS_NAME', 'AWS_REGION');
    return startTheTest(real, { tableName: TABLE_NAME, keyArn: WAIT_KEY_ARN, busName: BUS_NAME, region: AWS_REGION }, input);
  },
});
