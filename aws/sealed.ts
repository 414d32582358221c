import type { Artifact } from '../contracts/release.ts';
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
  for (let from = 0; from < objects.length; from += atOnce) {
    const some = objects.slice(from, from + atOnce);
    const same = await Promise.all(some.map((object) => isUnaltered(bucketOf(object), object)));
    const altered = some[same.indexOf(false)];
    if (altered !== undefined) return altered;
  }
  return undefined;
}
