import { writeOnce } from '../../aws/artifacts.ts';
import { readLastWords } from '../../aws/build-logs.ts';
import { joinBuildLine, leaveBuildLine, noteServed, readBuildLine, type Standing } from '../../aws/build-line.ts';
import { type BuildOrder, readBuild, startBuild } from '../../aws/codebuild.ts';
import { readRelease, updateRelease } from '../../aws/releases.ts';
import { report } from '../../aws/reports.ts';
import { completeToken, completeWait, storeWait } from '../../aws/waits.ts';
import { wakeNextBuild } from '../../aws/wake-build.ts';
import type { Release } from '../../contracts/release.ts';
import { ReleaseWait } from '../../contracts/tasks.ts';
import { buildAnswer, buildOperation, buildReason, isOfAttempt } from '../../domain/build-answer.ts';
import { type BuildWaiter, sameWaiter, waitingWords, whoseTurn } from '../../domain/build-line.ts';
import { buildProgram, programKey } from '../../domain/build-program.ts';
import { ConfigurationError } from '../../domain/errors.ts';
import { buildSource } from '../../domain/source.ts';
import { env } from '../../runtime/env.ts';
import { readProgram } from '../../runtime/program.ts';
import { task } from '../../runtime/task.ts';

const real = {
  readRelease, updateRelease, storeWait, readProgram, writeOnce, startBuild, readBuild, readLastWords, completeToken, completeWait, readBuildLine, joinBuildLine, leaveBuildLine, noteServed, report,
  now: () => new Date(),
  pause: (milliseconds: number) => new Promise<void>((done) => setTimeout(done, milliseconds)),
};
type Uses = typeof real;

/** CodeBuild may still count a build whose end was told a moment ago. */
const momentMilliseconds = 1500;

/** Starts the one build of a release, or stands in line for it; its final event completes the wait. */
export async function startTheBuild(uses: Uses, input: ReleaseWait): Promise<void> {
  const { token, release: id, attempt } = input;
  const { TABLE_NAME: tableName, ARTIFACT_BUCKET: bucket, WAIT_KEY_ARN: keyArn, BUILD_PROJECT_PREFIX: prefix, BUS_NAME: busName } = env('TABLE_NAME', 'ARTIFACT_BUCKET', 'WAIT_KEY_ARN', 'BUILD_PROJECT_PREFIX', 'BUS_NAME');
  const where = { tableName, keyArn, busName };
  const release = await uses.readRelease(tableName, id);
  if (release.cancelled !== undefined) {
    await uses.completeToken(token, { answer: 'failed' });
    return;
  }
  const order = await orderFor(uses, { release, attempt, bucket, prefix });
  await uses.storeWait(where, { operation: buildOperation(id, attempt), about: { release: id, attempt: String(attempt) } }, token, uses.now());
  // A task that is repeated, or was woken twice, may find that it runs already.
  const before = release.buildId === undefined ? undefined : await uses.readBuild(release.buildId);
  if (before !== undefined && isOfAttempt(before, attempt)) {
    await uses.leaveBuildLine(tableName, placeOf(release, attempt));
    await lookOnce(uses, tableName, input, before.id);
    return;
  }
  try {
    const buildId = await startInTurn(uses, where, { release, attempt, order });
    if (buildId !== undefined) await lookOnce(uses, tableName, input, buildId);
  } catch (error) {
    // What may have been its turn is not lost with it.
    await uses.leaveBuildLine(tableName, placeOf(release, attempt));
    await wakeNextBuild(uses, where);
    throw error;
  }
}

/** @returns the build, or `undefined` where the release stands in line: the next end of a build wakes whoever is first there */
async function startInTurn(uses: Uses, where: { tableName: string; keyArn: string; busName: string }, { release, attempt, order }: { release: Release; attempt: number; order: BuildOrder }): Promise<string | undefined> {
  const { tableName } = where;
  const me = placeOf(release, attempt);
  let stoodBefore: boolean | undefined;
  for (let look = 0; ; look += 1) {
    const line = await uses.readBuildLine(tableName);
    const others = line.waiters.filter((waiter) => !sameWaiter(waiter, me));
    stoodBefore ??= others.length < line.waiters.length;
    const myTurn = whoseTurn({ ...line, waiters: [...others, me] }) === me;
    const start = myTurn ? await uses.startBuild(order) : undefined;
    if (start?.answer === 'started') {
      await uses.updateRelease(tableName, release.id, { buildId: start.id });
      if (look > 0 || stoodBefore) await uses.leaveBuildLine(tableName, me);
      if (others.length === 0) return start.id;
      await uses.noteServed(tableName, release.application, uses.now());
      // There may be room for more than one.
      await wakeNextBuild(uses, where);
      return start.id;
    }
    if (look > 0) {
      // Woken out of turn, by a time-out: whoever is first may have missed its own call.
      if (!myTurn && stoodBefore) await wakeNextBuild(uses, where);
      return undefined;
    }
    const limit = start?.limit ?? others.find((waiter) => waiter.limit !== undefined)?.limit;
    const standing: Standing = { ...me, renewed: uses.now().toISOString(), ...(limit === undefined ? {} : { limit }) };
    await uses.joinBuildLine(tableName, standing);
    if (!stoodBefore) {
      const text = waitingWords(limit, others.length);
      await uses.report(where, { kind: 'queued', about: 'release', release: release.id, application: release.application, text }, uses.now());
    }
    // Whose end came between the refusal and the line could wake nobody, so it is looked once more.
    if (start !== undefined) await uses.pause(momentMilliseconds);
  }
}

const placeOf = ({ id, application, sequence, createdAt }: Release, attempt: number): BuildWaiter => ({ release: id, attempt, application, sequence, since: createdAt });

async function orderFor(uses: Uses, { release, attempt, bucket, prefix }: { release: Release; attempt: number; bucket: string; prefix: string }): Promise<BuildOrder> {
  const { id, configuration, application } = release;
  const build = configuration?.build;
  if (configuration === undefined || build === undefined) throw new ConfigurationError(`Building ${id}: its configuration was not read. Retry the release.`);
  const program = buildProgram(await uses.readProgram(), release, { ...configuration, build });
  const key = programKey(application, program);
  await uses.writeOnce(bucket, key, program);
  return {
    project: `${prefix}${application}`,
    source: buildSource(release),
    idempotencyToken: `${id}-${String(attempt)}`,
    variables: {
      DRAWBRIDGE_RELEASE: id,
      DRAWBRIDGE_ATTEMPT: String(attempt),
      DRAWBRIDGE_APPLICATION: application,
      DRAWBRIDGE_PROGRAM: key,
    },
  };
}

/** A quick build's event may have come before its id was stored. */
async function lookOnce(uses: Uses, tableName: string, { token, release: id }: ReleaseWait, buildId: string): Promise<void> {
  const build = await uses.readBuild(buildId);
  const answer = build === undefined ? undefined : buildAnswer(build.status);
  if (build === undefined || answer === undefined) return;
  if (answer === 'failed') await uses.updateRelease(tableName, id, { outcome: 'failed', reason: buildReason(build, await uses.readLastWords(build)) });
  await uses.completeToken(token, { answer });
}

export const handler = task({ name: 'start-build', input: ReleaseWait, run: (input) => startTheBuild(real, input) });
