import { listKeys, readObject, writeOnce } from '../../aws/artifacts.ts';
import { readBuild } from '../../aws/codebuild.ts';
import { readRelease, updateRelease } from '../../aws/releases.ts';
import { report } from '../../aws/reports.ts';
import { readVersion } from '../../aws/uploads.ts';
import { ReleaseTask } from '../../contracts/tasks.ts';
import { artifactBuckets, bucketsFor } from '../../domain/artifact-regions.ts';
import { foldersOf } from '../../domain/folders.ts';
import { readPackaged } from '../../domain/packaged.ts';
import { manifest } from '../../domain/seal.ts';
import { readyUpload } from '../../domain/source.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';
import { leftByBuild, leftInUpload } from './left.ts';
import { Sealer } from './sealer.ts';

const real = { readRelease, readBuild, listKeys, readObject, readVersion, writeOnce, updateRelease, report, now: () => new Date() };

/** Nothing that a build or an upload says of itself is believed: digests are computed here, over what is deployed. */
export async function sealArtifact(uses: typeof real, input: ReleaseTask): Promise<{ answer: 'sealed' }> {
  const { TABLE_NAME: tableName, ARTIFACT_BUCKET: bucket, AWS_REGION: region, REGIONAL_ARTIFACT_BUCKETS: arns, BUS_NAME: busName } = env('TABLE_NAME', 'ARTIFACT_BUCKET', 'AWS_REGION', 'REGIONAL_ARTIFACT_BUCKETS', 'BUS_NAME');
  const release = await uses.readRelease(tableName, input.release);
  const { application } = release;
  const buckets = bucketsFor(release.configuration, { bucket, region }, artifactBuckets({ bucket, region }, arns));
  const upload = readyUpload(release);
  const { packed, prefix, keys, readObject } = upload === undefined ? await leftByBuild(uses, bucket, release) : await leftInUpload(uses, { bucket, region }, upload, release);
  const { templates, revision, checks, exports, testFolders = [] } = packed;
  const folders = foldersOf(packed, keys, prefix);
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
  const forTests = [];
  for (const { folder, file } of testFolders) forTests.push(await sealer.testFolder(folder, file));
  const { text, digest } = manifest(application, made.map(({ named }) => named), sealer.objects, { folders: listed, testFolders: forTests });
  const manifestKey = `sealed/${application}/${digest}.json`;
  await uses.writeOnce(bucket, manifestKey, text);
  await uses.updateRelease(tableName, release.id, {
    artifact: { digest, bucket, ...(upload === undefined ? {} : { ready: true }), buckets, manifestKey, checks, exports, templates: made.map(({ named: { bytes: _, ...named }, knows }) => ({ ...named, ...knows })), revision: bundle, ...(listed.length === 0 ? {} : { folders: listed }), ...(forTests.length === 0 ? {} : { testFolders: forTests }) },
  });
  const said = `${upload === undefined ? 'Built once' : 'Taken as it was uploaded'} and sealed: ${digest.slice(0, 12)}, ${String(sealer.objects.filter((it) => it.region === region).length)} objects${Object.keys(buckets).length > 1 ? ` for ${Object.keys(buckets).join(', ')}` : ''}${listed.map(({ folder, files }) => `, ${String(files)} files of ${folder}`).join('')}.`;
  await uses.report({ tableName, busName }, { kind: 'built', about: 'release', release: release.id, application, text: said }, uses.now());
  return { answer: 'sealed' };
}

export const handler = task({ name: 'seal-artifact', input: ReleaseTask, run: (input) => sealArtifact(real, input) });
