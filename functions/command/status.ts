import { listAdoptions } from '../../aws/adoptions.ts';
import { listWaiting } from '../../aws/approvals.ts';
import { listDeployed } from '../../aws/deployed.ts';
import { listLeft } from '../../aws/left.ts';
import { listHalts } from '../../aws/halts.ts';
import { listReleases } from '../../aws/heads.ts';
import { applicationsOf, findRegistry } from '../../aws/registry.ts';
import { findRelease } from '../../aws/releases.ts';
import { lastSweep } from '../../aws/sweeps.ts';
import type { StatusAnswer } from '../../contracts/commands.ts';
import type { Left } from '../../contracts/left.ts';
import { questionOf } from '../../domain/question.ts';
import { shown } from './releases.ts';

const question = (approval: Parameters<typeof questionOf>[0]) => questionOf(approval, []);

/** Which commit is where, and what waits for whom. */
export async function status({ tableName }: { tableName: string }): Promise<StatusAnswer> {
  const registration = await findRegistry(tableName);
  const environments = Object.keys(registration?.content.environments ?? {});
  const applications = applicationsOf(registration).map(async (application) => {
    const [deployed, [newest], asked] = await Promise.all([listDeployed(tableName, application), listReleases(tableName, application, 1), listWaiting(tableName, application)]);
    const release = newest === undefined ? undefined : await findRelease(tableName, newest);
    return {
      application,
      deployed: deployed.filter(({ broken }) => broken !== true),
      ...(release === undefined ? {} : { newest: shown(release) }),
      // In order of promotion; those of branches are not in it, and come first.
      waiting: asked.sort((a, b) => environments.indexOf(a.environment) - environments.indexOf(b.environment)).flatMap((approval) =>
        approval.state === 'waiting'
          ? [
              {
                environment: approval.environment,
                release: approval.release,
                digest: approval.digest,
                since: approval.createdAt,
                expiresAt: approval.expiresAt,
                needs: question(approval).needs,
                stillNeeds: question(approval).stillNeeds,
                answers: [...question(approval).answers],
              },
            ]
          : [],
      ),
    };
  });
  const swept = await lastSweep(tableName);
  // Of what is not registered any more, only what is there still.
  const shownOf = (await Promise.all(applications)).filter(({ application, deployed, waiting }) => registration?.content.applications[application] !== undefined || deployed.length > 0 || waiting.length > 0);
  return { ...(swept === undefined ? {} : { swept }), adopted: await listAdoptions(tableName), halted: await listHalts(tableName), left: await stillThere(tableName), applications: shownOf };
}

/** Of what has left the configuration, what runs on. */
async function stillThere(tableName: string): Promise<Left[]> {
  const left = await listLeft(tableName);
  const rows = (await Promise.all([...new Set(left.map(({ application }) => application))].map((application) => listDeployed(tableName, application)))).flat();
  return left.filter((it) => rows.some((row) => row.application === it.application && row.environment === it.environment && row.target === it.target));
}
