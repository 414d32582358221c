import { listDeployed } from '../../aws/deployed.ts';
import { listReleases } from '../../aws/heads.ts';
import { applicationsOf, findRegistry } from '../../aws/registry.ts';
import { findRelease } from '../../aws/releases.ts';
import type { DeployedAnswer } from '../../contracts/commands.ts';

/** Among so many of the newest releases of an application are those that run still. */
const newest = 30;

/** Everything that is deployed, whether it works and whether it is registered or not, and the releases that are on their way. */
export async function deployed({ tableName }: { tableName: string }): Promise<DeployedAnswer> {
  const registration = await findRegistry(tableName);
  const applications = applicationsOf(registration).map(async (application) => {
    const [rows, ids] = await Promise.all([listDeployed(tableName, application), listReleases(tableName, application, newest)]);
    const releases = await Promise.all(ids.map((id) => findRelease(tableName, id)));
    const running = releases.flatMap((it) => (it?.state === 'running' ? [{ release: it.id, mode: it.mode }] : []));
    return { application, registered: registration?.content.applications[application] !== undefined, deployed: rows, running };
  });
  return { applications: await Promise.all(applications) };
}
