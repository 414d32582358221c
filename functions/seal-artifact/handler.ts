import { listKeys, readObject, writeOnce } from '../../aws/artifacts.ts';
import { readBuild } from '../../aws/codebuild.ts';
import { readRelease, updateRelease } from '../../aws/releases.ts';
import { report } from '../../aws/reports.ts';
import { ReleaseTask } from '../../contracts/tasks.ts';
import { sha256 } from '../../domain/digest.ts';
import { equalZip, isZip } from '../../domain/equal-zip.ts';
import { DeploymentFailedError } from '../../domain/errors.ts';
import { incomingPrefix, packedFile, readPackaged, readPacked } from '../../domain/packaged.ts';
import { manifest, pairReferences, refuseForeign, rewrite, type SealedObject, urlReferences } from '../../domain/seal.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';

const real = { readRelease, readBuild, listKeys, readObject, writeOnce, updateRelease, report, now: () => new Date() };

/** Nothing that a build says of itself is believed: digests are computed here, over what is deployed. */
export async function sealArtifact(uses: typeof real, input: ReleaseTask): Promise<{ answer: 'sealed' }> {
  const { TABLE_NAME: tableName, ARTIFACT_BUCKET: bucket, BUS_NAME: busName } = env('TABLE_NAME', 'ARTIFACT_BUCKET', 'BUS_NAME');
  const release = await uses.readRelease(tableName, input.release);
  const { application, commit } = release;
  const build = release.buildId === undefined ? undefined : await uses.readBuild(release.buildId);
  if (build?.status !== 'SUCCEEDED' || build.commit !== commit) {
    throw new DeploymentFailedError(`Sealing the artifact of ${release.id}: build ${release.buildId ?? '(none)'} did not build commit ${commit} (${build?.status ?? 'gone'}, ${build?.commit ?? 'no commit'}). Retry the release.`);
  }
  const prefix = incomingPrefix(await uses.listKeys(bucket, `incoming/${application}/`), application, build.id);
  const read = async (file: string) => Buffer.from(await uses.readObject(bucket, `${prefix}${file}`)).toString('utf8');
  const { templates } = readPacked(await read(packedFile));
  const packaged = await Promise.all(templates.map(async ({ file, ...it }) => ({ ...it, ...readPackaged(await read(file), file) })));
  const referred = [...new Set(packaged.flatMap(({ text, content }) => [...urlReferences(text, bucket), ...pairReferences(content, bucket)]))];
  refuseForeign(referred, prefix);

  const seal = async (bytes: Uint8Array): Promise<SealedObject> => {
    const body = isZip(bytes) ? equalZip(bytes) : bytes;
    const hash = sha256(body);
    const key = `sealed/${application}/${hash}`;
    await uses.writeOnce(bucket, key, body);
    return { key, sha256: hash, bytes: body.length };
  };
  const sealed = new Map<string, SealedObject>();
  for (const key of referred) sealed.set(key, await seal(await uses.readObject(bucket, key)));
  const keys = new Map([...sealed].map(([key, object]) => [key, object.key]));
  const made = await Promise.all(packaged.map(async ({ text, content: _, parameters, noEcho, outputs, ...it }) => ({ named: { ...it, ...(await seal(Buffer.from(rewrite(text, keys)))) }, knows: { parameters, noEcho, outputs } })));
  const { text, digest } = manifest(application, made.map(({ named }) => named), [...sealed.values()]);
  const manifestKey = `sealed/${application}/${digest}.json`;
  await uses.writeOnce(bucket, manifestKey, text);
  await uses.updateRelease(tableName, release.id, {
    artifact: { digest, bucket, manifestKey, templates: made.map(({ named: { bytes: _, ...named }, knows }) => ({ ...named, ...knows })) },
  });
  const said = `Built once and sealed: ${digest.slice(0, 12)}, ${String(sealed.size)} objects.`;
  await uses.report({ tableName, busName }, { kind: 'built', about: 'release', release: release.id, application, text: said }, uses.now());
  return { answer: 'sealed' };
}

export const handler = task({ name: 'seal-artifact', input: ReleaseTask, run: (input) => sealArtifact(real, input) });
