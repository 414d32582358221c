import type { Artifact } from '../contracts/release.ts';
import { sha256 } from '../domain/digest.ts';
import { DeploymentFailedError } from '../domain/errors.ts';
import { sealedIn } from '../domain/seal.ts';
import { isUnaltered, readObject } from './artifacts.ts';

/** So many at a time: an artifact may hold hundreds. */
const atOnce = 20;

/**
 * Is everything that is deployed still what was sealed? Whoever may write to the bucket could have altered it since.
 * @throws DeploymentFailedError naming the object that is not
 */
export async function checkSealed(release: string, { bucket, digest, manifestKey }: Pick<Artifact, 'bucket' | 'digest' | 'manifestKey'>): Promise<void> {
  const text = Buffer.from(await readObject(bucket, manifestKey)).toString('utf8');
  const altered = sha256(text) === digest ? await firstAltered(bucket, sealedIn(text)) : manifestKey;
  if (altered === undefined) return;
  throw new DeploymentFailedError(`Checking the artifact of ${release}: ${altered} is not what was built, somebody altered or deleted it since. Find out who may write to ${bucket}, then push again; what is built is put right.`);
}

async function firstAltered(bucket: string, objects: readonly { key: string; sha256: string }[]): Promise<string | undefined> {
  for (let from = 0; from < objects.length; from += atOnce) {
    const some = objects.slice(from, from + atOnce);
    const same = await Promise.all(some.map((object) => isUnaltered(bucket, object)));
    const altered = some[same.indexOf(false)];
    if (altered !== undefined) return altered.key;
  }
  return undefined;
}
