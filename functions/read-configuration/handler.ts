import { listDeployed } from '../../aws/deployed.ts';
import { readRegistry } from '../../aws/registry.ts';
import { readRelease, updateRelease } from '../../aws/releases.ts';
import { readSourceFiles } from '../../aws/source-files.ts';
import { ReleaseTask } from '../../contracts/tasks.ts';
import { artifactBuckets, unsealable } from '../../domain/artifact-regions.ts';
import { ask, askReady } from '../../domain/configuration/ask.ts';
import { sayProblems } from '../../domain/configuration/problems.ts';
import { resolve } from '../../domain/configuration/resolve.ts';
import { isReady } from '../../domain/source.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';
import { resolveWhatGoes } from './removal.ts';

const real = { readRelease, readRegistry, listDeployed, readSourceFiles, updateRelease };

/** What the source asks for as it was released, as far as the registered environments grant it. */
export async function readConfiguration(uses: typeof real, input: ReleaseTask): Promise<{ answer: 'build' | 'seal' | 'built' | 'ended' }> {
  const { TABLE_NAME: tableName, ARTIFACT_BUCKET: bucket, AWS_REGION: region, REGIONAL_ARTIFACT_BUCKETS: arns } = env('TABLE_NAME', 'ARTIFACT_BUCKET', 'AWS_REGION', 'REGIONAL_ARTIFACT_BUCKETS');
  const release = await uses.readRelease(tableName, input.release);
  const registry = await uses.readRegistry(tableName);
  const { mode } = release;
  if (mode === 'remove') return await resolveWhatGoes(uses, tableName, release, registry);
  const { folder, upload } = registry.content.applications[release.application] ?? {};
  const files = await uses.readSourceFiles(release.source, release.commit, folder);
  const known = Object.keys(registry.content.environments);
  const asked = isReady(release, upload) ? askReady(files, known) : ask(files, known, folder);
  const resolved = asked.ok ? resolve(registry.content, asked.value, { ...release, mode }, release.artifact) : { ok: false as const, problems: [sayProblems(asked.problems)] };
  if (!resolved.ok && 'nothing' in resolved) {
    await uses.updateRelease(tableName, release.id, { outcome: 'no-changes', reason: resolved.nothing });
    return { answer: 'ended' };
  }
  const problems = resolved.ok ? unsealable(resolved.configuration.environments, artifactBuckets({ bucket, region }, arns), release.artifact) : resolved.problems;
  if (!resolved.ok || problems.length > 0) {
    await uses.updateRelease(tableName, release.id, { outcome: 'failed', reason: `Reading what ${release.application} asks for at ${release.commit.slice(0, 8)}: ${problems.join('\n')}` });
    return { answer: 'ended' };
  }
  await uses.updateRelease(tableName, release.id, { configuration: resolved.configuration, registryVersion: registry.version });
  if (release.artifact !== undefined) return { answer: 'built' };
  return { answer: resolved.configuration.build === undefined ? 'seal' : 'build' };
}

export const handler = task({ name: 'read-configuration', input: ReleaseTask, run: (input) => readConfiguration(real, input) });
