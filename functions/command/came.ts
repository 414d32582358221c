import { listHeads, listReleases } from '../../aws/heads.ts';
import { findRelease, readEnvironment } from '../../aws/releases.ts';
import type { Release } from '../../contracts/release.ts';
import { inBatches } from '../../domain/batches.ts';
import { type Came, environmentsOf } from '../../domain/halt.ts';

/** So many releases of an application are looked at, besides the last of each branch. */
const mostReleases = 30;
const atOnce = 20;

/** Releases of an application that came to a registered environment or to one of its branches, or are on their way there. */
export async function cameTo(tableName: string, application: string, registered: string): Promise<(Came & { readonly release: Release })[]> {
  const [newest, heads] = await Promise.all([listReleases(tableName, application, mostReleases), listHeads(tableName, application)]);
  const ids = [...new Set([...newest, ...heads.map(({ release }) => release)])];
  const releases = (await inBatches(ids, atOnce, (id) => findRelease(tableName, id))).filter((release) => release !== undefined);
  const going = releases.flatMap((release) => environmentsOf(release, registered).map((environment) => ({ release, environment })));
  return await inBatches(going, atOnce, async ({ release, environment }) => ({
    release,
    environment,
    record: await readEnvironment(tableName, release.id, environment.name),
    rests: heads.find(({ branch }) => branch === environment.branch)?.rests,
  }));
}
