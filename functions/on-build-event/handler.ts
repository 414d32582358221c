import { readLastWords } from '../../aws/build-logs.ts';
import { readBuild } from '../../aws/codebuild.ts';
import { findRelease, updateRelease } from '../../aws/releases.ts';
import { leaveBuildLine, readBuildLine } from '../../aws/build-line.ts';
import { completeWait } from '../../aws/waits.ts';
import { wakeNextBuild } from '../../aws/wake-build.ts';
import { BuildStateChange } from '../../contracts/source-events.ts';
import { buildAnswer, buildOperation, buildReason } from '../../domain/build-answer.ts';
import { env } from '../../runtime/env.ts';
import { listener } from '../../runtime/listener.ts';
import { logger } from '../../runtime/logger.ts';

const real = { readBuild, readLastWords, findRelease, updateRelease, completeWait, readBuildLine, leaveBuildLine };

/** Whoever's build it was, there may be room for another now. */
export async function onBuildEvent(uses: typeof real, event: BuildStateChange): Promise<void> {
  const { TABLE_NAME: tableName, WAIT_KEY_ARN: keyArn } = env('TABLE_NAME', 'WAIT_KEY_ARN');
  await completeItsWait(uses, event);
  await wakeNextBuild(uses, { tableName, keyArn });
}

/** An event wakes, it does not prove: how a build ended, and whose it is, is asked of CodeBuild and of the release's row. */
async function completeItsWait(uses: typeof real, { detail }: BuildStateChange): Promise<void> {
  const { TABLE_NAME: tableName, WAIT_KEY_ARN: keyArn, BUILD_PROJECT_PREFIX: prefix } = env('TABLE_NAME', 'WAIT_KEY_ARN', 'BUILD_PROJECT_PREFIX');
  if (!detail['project-name'].startsWith(prefix)) return;
  const build = await uses.readBuild(detail['build-id']);
  const answer = build === undefined ? undefined : buildAnswer(build.status);
  const id = build?.variables['DRAWBRIDGE_RELEASE'];
  if (build === undefined || answer === undefined || id === undefined) return;
  const release = await uses.findRelease(tableName, id);
  if (release?.buildId !== build.id || build.project !== `${prefix}${release.application}`) {
    logger.warn('an event about a build that no release waits for was ignored', { build: build.id });
    return;
  }
  if (answer === 'failed') await uses.updateRelease(tableName, id, { outcome: 'failed', reason: buildReason(build, await uses.readLastWords(build)) });
  await uses.completeWait({ tableName, keyArn }, buildOperation(id, Number(build.variables['DRAWBRIDGE_ATTEMPT'] ?? '1')), { answer });
}

export const handler = listener({ name: 'on-build-event', event: BuildStateChange, run: (event) => onBuildEvent(real, event) });
