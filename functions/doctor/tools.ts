import type { Registration } from '../../aws/registry.ts';
import type { FindingGroup } from '../../contracts/doctor.ts';
import { ownNames } from '../../domain/doctor/own-names.ts';
import { notHalted, ownStacks } from '../../domain/doctor/remarks.ts';
import { stackUses } from '../../domain/doctor/stack-uses.ts';
import { concurrentBuilds, concurrentFunctions, projectExists, registered, repositoryExists } from '../../domain/doctor/tools-checks.ts';
import { each, examine } from '../../runtime/examine.ts';
import type { Uses } from './uses.ts';

/** The tools account: what is registered, what an application needs here, and how much may run at once. */
export async function examineTools(uses: Uses, registration: Registration | undefined, projectPrefix: string): Promise<FindingGroup> {
  const registry = registration?.content;
  const applications = Object.entries(registry?.applications ?? {}).map(([application, { repository, upload }]) => ({ application, repository, isBuilt: upload?.ready !== true, project: `${projectPrefix}${application}` }));
  const project = each((name) => uses.findProject(name));
  const findings = await Promise.all([
    examine(registered, {}, () => Promise.resolve(registration)),
    ...applications.flatMap(({ repository, isBuilt, ...it }) => [
      ...(repository === undefined ? [] : [examine(repositoryExists, { ...it, repository }, () => uses.hasRepository(repository))]),
      ...(isBuilt ? [examine(projectExists, { ...it, repository }, () => project(it.project))] : []),
    ]),
    examine(concurrentBuilds, {}, async () => {
      const machines = await Promise.all(applications.filter(({ isBuilt }) => isBuilt).map((it) => project(it.project)));
      return { machines: machines.filter((machine) => machine !== undefined), quotas: await uses.buildQuotas() };
    }),
    examine(concurrentFunctions, {}, () => uses.functionConcurrency()),
    ...(registry === undefined
      ? []
      : [
          examine(notHalted, {}, () => uses.listHalts()),
          examine(ownStacks, {}, async () => {
            const newest = await Promise.all(applications.map(async ({ application }) => [application, await uses.newestConfiguration(application)] as const));
            return stackUses(registry, Object.fromEntries(newest));
          }),
          examine(ownNames, {}, async () => (await Promise.all(applications.map(({ application }) => uses.newestTemplates(application)))).flat()),
        ]),
  ]);
  return { about: 'tools account', findings };
}
