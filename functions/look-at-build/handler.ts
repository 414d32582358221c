import { readLastWords } from '../../aws/build-logs.ts';
import { readBuild } from '../../aws/codebuild.ts';
import { readRelease, updateRelease } from '../../aws/releases.ts';
import { completeToken, storeWait } from '../../aws/waits.ts';
import { ReleaseWait } from '../../contracts/tasks.ts';
import { buildAnswer, buildOperation, buildReason, isOfAttempt } from '../../domain/build-answer.ts';
import { env } from '../../runtime/env.ts';
import { stuckWait } from '../../runtime/metrics.ts';
import { task } from '../../runtime/task.ts';

const real = { readRelease, updateRelease, storeWait, readBuild, readLastWords, completeToken, stuckWait, now: () => new Date() };

/** No event came in time: wait again with the new token, and look once. What has no build yet tries again to start it. */
export async function lookAtBuild(uses: typeof real, { token, release: id, attempt }: ReleaseWait): Promise<void> {
  const { TABLE_NAME: tableName, WAIT_KEY_ARN: keyArn } = env('TABLE_NAME', 'WAIT_KEY_ARN');
  const release = await uses.readRelease(tableName, id);
  await uses.storeWait({ tableName, keyArn }, { operation: buildOperation(id, attempt), about: { release: id, attempt: String(attempt) } }, token, uses.now());
  const build = release.buildId === undefined ? undefined : await uses.readBuild(release.buildId);
  if (release.buildId === undefined || (build !== undefined && !isOfAttempt(build, attempt))) {
    // It stands in line: start-build looks whose turn it is.
    await uses.completeToken(token, { answer: 'again' });
    return;
  }
  const answer = build === undefined ? 'failed' : buildAnswer(build.status);
  if (answer === undefined) {
    uses.stuckWait();
    return;
  }
  if (answer === 'failed') {
    const reason = build === undefined ? 'Building: CodeBuild does not know the build any more. Retry the release.' : buildReason(build, await uses.readLastWords(build));
    await uses.updateRelease(tableName, id, { outcome: 'failed', reason });
  }
  await uses.completeToken(token, { answer });
}

export const handler = task({ name: 'look-at-build', input: ReleaseWait, run: (input) => lookAtBuild(real, input) });
