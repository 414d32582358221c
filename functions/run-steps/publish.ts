import { readObject } from '../../aws/artifacts.ts';
import { deleteOthers, invalidate, publishFile, siteFor } from '../../aws/publish.ts';
import type { Credentials } from '../../aws/sts.ts';
import type { Release } from '../../contracts/release.ts';
import { Listing, type PublishStep } from '../../contracts/steps.ts';
import type { Cursor } from '../../contracts/tasks.ts';
import { groups, headersOf, inOrder } from '../../domain/publishing.ts';
import { folderOf } from '../../domain/steps.ts';
import { inBatches } from '../../domain/batches.ts';

export const publishing = { readObject, siteFor, publishFile, deleteOthers, invalidate };

/** So many files are looked at, and copied where they differ, in one call. */
const filesInACall = 250;
const filesAtOnce = 16;

interface Work {
  readonly release: Pick<Release, 'id' | 'artifact'>;
  readonly step: PublishStep;
  /** Where its files are sealed. */
  readonly bucket: string;
  readonly credentials: Credentials;
  readonly region: string;
  readonly cursor: Cursor;
  /** It was not done here as it is, or did not come to its end. */
  readonly isNew: boolean;
  /** Names an invalidation. */
  readonly reference: string;
}

/** @returns the file to go on with, or `undefined` when the step is done */
export async function publishSome(uses: typeof publishing, { release, step, bucket, credentials, region, cursor, isNew, reference }: Work): Promise<{ file: number | undefined; copied: number }> {
  const text = Buffer.from(await uses.readObject(bucket, folderOf(release, step.folder).key)).toString('utf8');
  const files = inOrder(Listing.parse(JSON.parse(text)).files);
  const site = uses.siteFor(credentials, region, step);
  const next = cursor.file + filesInACall;
  let { copied } = cursor;
  for (const group of groups(files.slice(cursor.file, next))) {
    const done = await inBatches(group, filesAtOnce, ({ path, key, sha256 }) => uses.publishFile(site, { path, sha256, source: { bucket, key }, ...headersOf(path, step) }));
    copied += done.filter((it) => it).length;
  }
  if (next < files.length) return { file: next, copied };
  const deleted = step.delete ? await uses.deleteOthers(site, new Set(files.map(({ path }) => path))) : 0;
  // What broke off between the copies and this was not noted as done, so it is made up for.
  if (step.invalidate !== undefined && (isNew || copied + deleted > 0)) await uses.invalidate(credentials, region, step.invalidate, reference);
  return { file: undefined, copied };
}
