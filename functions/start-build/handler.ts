import { readLastWords } from '../../aws/build-logs.ts';
import { readBuild, startBuild } from '../../aws/codebuild.ts';
import { readRelease, updateRelease } from '../../aws/releases.ts';
import { completeToken, storeWait } from '../../aws/waits.ts';
import { ReleaseWait } from '../../contracts/tasks.ts';
import { buildAnswer, buildOperation, buildReason } from '../../domain/build-answer.ts';
import { ConfigurationError } from '../../domain/errors.ts';
import { fullName } from '../../domain/reference.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';

const real = { readRelease, updateRelease, storeWait, startBuild, readBuild, readLastWords, completeToken, now: () => new Date() };

/** Starts the one build of a release; its final event completes the wait. */
export async function startTheBuild(uses: typeof real, { token, release: id, attempt }: ReleaseWait): Promise<void> {
  const { TABLE_NAME: tableName, WAIT_KEY_ARN: keyArn, BUILD_PROJECT_PREFIX: prefix } = env('TABLE_NAME', 'WAIT_KEY_ARN', 'BUILD_PROJECT_PREFIX');
  const release = await uses.readRelease(tableName, id);
  const { configuration, application, commit } = release;
  if (configuration === undefined) throw new ConfigurationError(`Building ${id}: its configuration was not read. Retry the release.`);
  await uses.storeWait({ tableName, keyArn }, { operation: buildOperation(id, attempt), about: { release: id, attempt: String(attempt) } }, token, uses.now());
  const buildId = await uses.startBuild({
    project: `${prefix}${application}`,
    // Downloads the one branch or tag instead of the whole repository (CodeBuild User Guide, "Source version sample").
    sourceVersion: `${fullName(release)}^{${commit}}`,
    idempotencyToken: `${id}-${String(attempt)}`,
    variables: {
      DRAWBRIDGE_RELEASE: id,
      DRAWBRIDGE_ATTEMPT: String(attempt),
      DRAWBRIDGE_APPLICATION: application,
      DRAWBRIDGE_KIND: configuration.build.kind,
      DRAWBRIDGE_TEMPLATES: configuration.build.templates.map(({ stack = '-', path }) => `${stack} ${path}`).join('\n'),
    },
  });
  await uses.updateRelease(tableName, id, { buildId });
  // A quick build's event may have come before its id was stored.
  const build = await uses.readBuild(buildId);
  const answer = build === undefined ? undefined : buildAnswer(build.status);
  if (build === undefined || answer === undefined) return;
  if (answer === 'failed') await uses.updateRelease(tableName, id, { outcome: 'failed', reason: buildReason(build, await uses.readLastWords(build)) });
  await uses.completeToken(token, { answer });
}

export const handler = task({ name: 'start-build', input: ReleaseWait, run: (input) => startTheBuild(real, input) });
