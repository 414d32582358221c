import type { Environments } from '../contracts/environments.ts';
import { fits } from './wildcard.ts';

/** Applications of a repository of which some environment takes releases of this branch. */
export function applicationsFor(registry: Environments, repository: string, branch: string): string[] {
  return Object.entries(registry.applications)
    .filter(([application, it]) => it.repository === repository && environmentsFor(registry, application, branch).length > 0)
    .map(([application]) => application);
}

/** Environments that take releases of an application's branch, in order of promotion. */
export function environmentsFor(registry: Environments, application: string, branch: string): string[] {
  return Object.entries(registry.environments)
    .filter(([, { applications, branches }]) => applications?.includes(application) !== false && branches.some((pattern) => fits(pattern, branch)))
    .map(([name]) => name);
}
