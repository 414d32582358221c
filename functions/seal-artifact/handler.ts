import { listKeys, readObject, writeOnce } from '../../aws/artifacts.ts';
import { readBuild } from '../../aws/codebuild.ts';
import { readRelease, updateRelease } from '../../aws/releases.ts';
import { report } from '../../aws/reports.ts';
import { ReleaseTask } from '../../contracts/tasks.ts';
import { artifactBuckets, bucketsFor } from '../../domain/artifact-regions.ts';
import { DeploymentFailedError } from '../../domain/errors.ts';
import { foldersOf } from '../../domain/folders.ts';
import { incomingPrefix, packedFile, readPackaged, readPacked, refuseAltered, refuseChanged } from '../../domain/packaged.ts';
import { manifest } from '../../domain/seal.ts';
import { builtSource, isBuildOf, releasedSource } from '../../domain/source.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';
import { Sealer } from './sealer.ts';

const real = { readRelease, readBuild, listKeys, readObject, writeOnce, updateRelease, report, now: () => new Date() };

/** Nothing that a build says of itself is believed: digests are computed here, over what is deployed. */
export async function sealArtifact(uses: typeof real, input: ReleaseTask): Promise<{ answer: 'sealed' }> {
  const { TABLE_NAME: tableName, ARTIFACT_BUCKET: bucket, AWS_REGION: region, REGIONAL_ARTIFACT_BUCKETS: arns, BUS_NAME: busName } = env('TABLE_NAME', 'ARTIFACT_BUCKET', 'AWS_REGION', 'REGIONAL_ARTIFACT_BUCKETS', 'BUS_NAME');
  const release = await uses.readRelease(tableName, input.release);
  const { application } = release;
  const build = release.buildId === undefined ? undefined : await uses.readBuild(release.buildId);
  if (build?.status !== 'SUCCEEDED' || !isBuildOf(build, release)) {
    throw new DeploymentFailedError(`Sealing the artifact of ${release.id}: build ${release.buildId ?? '(none)'} did not build ${releasedSource(release)} (${build === undefined ? 'gone' : `${build.status}, ${builtSource(build)}`}). Retry the release.`);
  }
  const buckets = bucketsFor(release.configuration, { bucket, region }, artifactBuckets({ bucket, region }, arns));
  const left = await uses.listKeys(bucket, `incoming/${application}/`);
  const prefix = incomingPrefix(left, application, build.id);
  const list = await uses.readObject(bucket, `${prefix}${packedFile}`);
  refuseChanged(packedFile, list, build.exported['DRAWBRIDGE_SHA256']);
  const packed = readPacked(Buffer.from(list).toString('utf8'));
  const { templates, revision, checks, exports } = packed;
  const readObject = async (from: string, key: string) => {
    const bytes = await uses.readObject(from, key);
    refuseAltered(packed, key.slice(prefix.length), bytes);
    return bytes;
  };
  const folders = foldersOf(packed, left, prefix);
  const packaged = await Promise.all(templates.map(async ({ file, ...it }) => ({ named: it, ...readPackaged(Buffer.from(await readObject(bucket, `${prefix}${file}`)).toString('utf8'), file) })));
  const sealer = new Sealer({ readObject, writeOnce: uses.writeOnce }, { bucket, buckets, application, prefix });
  const made = [];
  // One after the other: they mostly refer to the same.
  for (const { text, named, ...knows } of packaged) {
    for (const sealed of (await sealer.template(text)).values()) made.push({ named: { ...named, ...sealed }, knows });
  }
  const bundle = revision === undefined ? undefined : await sealer.revision(revision.file);
  const listed = [];
  for (const { folder, files } of folders) listed.push(await sealer.folder(folder, files));
  const { text, digest } = manifest(application, made.map(({ named }) => named), sealer.objects, listed);
  const manifestKey = `sealed/${application}/${digest}.json`;
  await uses.writeOnce(bucket, manifestKey, text);
  await uses.updateRelease(tableName, release.id, {
    artifact: { digest, bucket, buckets, manifestKey, checks, exports, templates: made.map(({ named: { bytes: _, ...named }, knows }) => ({ ...named, ...knows })), revision: bundle, ...(listed.length === 0 ? {} : { folders: listed }) },
  });
  const said = `Built once and sealed: ${digest.slice(0, 12)}, ${String(sealer.objects.filter((it) => it.region === region).length)} objects${Object.keys(buckets).length > 1 ? ` for ${Object.keys(buckets).join(', ')}` : ''}${listed.map(({ folder, files }) => `, ${String(files)} files of ${folder}`).join('')}.`;
  await uses.report({ tableName, busName }, { kind: 'built', about: 'release', release: release.id, application, text: said }, uses.now());
  return { answer: 'sealed' };
}

export const handler = task({ name: 'seal-artifact', input: ReleaseTask, run: (input) => sealArtifact(real, input) });
