import type { listKeys, readObject } from '../../aws/artifacts.ts';
import type { readBuild } from '../../aws/codebuild.ts';
import type { readVersion } from '../../aws/uploads.ts';
import type { Packed } from '../../contracts/packed.ts';
import type { Release } from '../../contracts/release.ts';
import { DeploymentFailedError } from '../../domain/errors.ts';
import { publishedFolders, testedFolders } from '../../domain/folders.ts';
import { incomingPrefix, packedFile, readPacked, refuseAltered, refuseChanged } from '../../domain/packaged.ts';
import type { Place } from '../../domain/packaging/json.ts';
import { builtSource, isBuildOf, objectName, releasedSource, type Upload } from '../../domain/source.ts';
import { most, openArchive } from '../../domain/uploads/archive.ts';
import { ReadyUpload } from '../../domain/uploads/ready.ts';
import { readyList } from '../../domain/uploads/ready-list.ts';

/** What there is to be sealed. */
export interface Left {
  readonly packed: Packed;
  /** Where it lies, and every key there. */
  readonly prefix: string;
  readonly keys: readonly string[];
  readonly readObject: (bucket: string, key: string) => Promise<Uint8Array>;
}

interface Uses {
  readonly readBuild: typeof readBuild;
  readonly listKeys: typeof listKeys;
  readonly readObject: typeof readObject;
  readonly readVersion: typeof readVersion;
}

/** What the build of a release left: what CodeBuild keeps of the build says whether it is still that. */
export async function leftByBuild(uses: Uses, bucket: string, release: Release): Promise<Left> {
  const { id, application, buildId } = release;
  const build = buildId === undefined ? undefined : await uses.readBuild(buildId);
  if (build?.status !== 'SUCCEEDED' || !isBuildOf(build, release)) {
    throw new DeploymentFailedError(`Sealing the artifact of ${id}: build ${buildId ?? '(none)'} did not build ${releasedSource(release)} (${build === undefined ? 'gone' : `${build.status}, ${builtSource(build)}`}). Retry the release.`);
  }
  const keys = await uses.listKeys(bucket, `incoming/${application}/`);
  const prefix = incomingPrefix(keys, application, build.id);
  const list = await uses.readObject(bucket, `${prefix}${packedFile}`);
  refuseChanged(packedFile, list, build.exported['DRAWBRIDGE_SHA256']);
  const packed = readPacked(Buffer.from(list).toString('utf8'));
  const readObject: Left['readObject'] = async (from, key) => {
    const bytes = await uses.readObject(from, key);
    refuseAltered(packed, key.slice(prefix.length), bytes);
    return bytes;
  };
  return { packed, prefix, keys, readObject };
}

/** What was uploaded ready: a version of an object never changes, so there is nothing to compare it with. */
export async function leftInUpload(uses: Uses, { bucket, region }: Omit<Place, 'prefix'>, source: Upload, { id, application, configuration }: Release): Promise<Left> {
  const archive = openArchive(await uses.readVersion(source, most.archive), objectName(source));
  const prefix = `uploads/${application}/${id}`;
  const upload = new ReadyUpload(archive, { bucket, prefix, region });
  return { packed: readyList(archive, publishedFolders(configuration), testedFolders(configuration)), prefix: `${prefix}/`, keys: upload.keys, readObject: (_, key) => Promise.resolve(upload.read(key)) };
}
