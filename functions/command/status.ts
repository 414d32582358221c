import { listWaiting } from '../../aws/approvals.ts';
import { listDeployed } from '../../aws/deployed.ts';
import { listHalts } from '../../aws/halts.ts';
import { listReleases } from '../../aws/heads.ts';
import { findRegistry } from '../../aws/registry.ts';
import { findRelease } from '../../aws/releases.ts';
import type { StatusAnswer } from '../../contracts/commands.ts';
import { questionOf } from '../../domain/question.ts';
import { shown } from './releases.ts';

const question = (approval: Parameters<typeof questionOf>[0]) => questionOf(approval, []);

/** Which commit is where, and what waits for whom. */
export async function status({ tableName }: { tableName: string }): Promise<StatusAnswer> {
  const registry = (await findRegistry(tableName))?.content;
  const environments = Object.keys(registry?.environments ?? {});
  const applications = Object.keys(registry?.applications ?? {}).map(async (application) => {
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
  return { halted: await listHalts(tableName), applications: await Promise.all(applications) };
}
