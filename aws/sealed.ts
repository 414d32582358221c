import type { Artifact } from '../contracts/release.ts';
import { inBatches } from '../domain/batches.ts';
import { sha256 } from '../domain/digest.ts';
import { DeploymentFailedError } from '../domain/errors.ts';
import { sealedIn, type SealedObject } from '../domain/seal.ts';
import { isUnaltered, readObject } from './artifacts.ts';

/** So many at a time: an artifact may hold hundreds. */
const atOnce = 20;

/**
 * Is everything that is deployed there still what was sealed? Whoever may write to a bucket could have altered it since.
 * @param regions where it is deployed
 * @throws DeploymentFailedError naming the object that is not
 */
export async function checkSealed(release: string, { bucket, buckets = {}, digest, manifestKey }: Pick<Artifact, 'bucket' | 'buckets' | 'digest' | 'manifestKey'>, regions: readonly string[]): Promise<void> {
  const text = Buffer.from(await readObject(bucket, manifestKey)).toString('utf8');
  const bucketOf = ({ region }: Pick<SealedObject, 'region'>) => (region === undefined ? bucket : (buckets[region] ?? bucket));
  const manifest = { key: manifestKey, region: undefined };
  const altered = sha256(text) === digest ? await firstAltered(bucketOf, sealedIn(text).filter(({ region }) => region === undefined || regions.includes(region))) : manifest;
  if (altered === undefined) return;
  throw new DeploymentFailedError(`Checking the artifact of ${release}: ${altered.key} is not what was built, somebody altered or deleted it since. Find out who may write to ${bucketOf(altered)}, then push again; what is built is put right.`);
}

async function firstAltered(bucketOf: (object: SealedObject) => string, objects: readonly SealedObject[]): Promise<SealedObject | undefined> {
  // Named by content, the same object may serve several templates, environments and files.
  const different = [...new Map(objects.map((object) => [`${bucketOf(object)}/${object.key}`, object])).values()];
  const same = await inBatches(different, atOnce, (object) => isUnaltered(bucketOf(object), object));
  return different[same.indexOf(false)];
}
