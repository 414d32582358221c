import type { Environment, Environments } from '../contracts/environments.ts';
import type { Reference } from './reference.ts';
import { fits } from './wildcard.ts';

/** Applications of a repository of which some environment takes releases of this branch or tag. */
export function applicationsFor(registry: Environments, repository: string, reference: Reference): string[] {
  return Object.entries(registry.applications)
    .filter(([application, it]) => it.repository === repository && environmentsFor(registry, application, reference).length > 0)
    .map(([application]) => application);
}

/** Environments that take releases of an application's branch or tag, in order of promotion. */
export function environmentsFor(registry: Environments, application: string, reference: Reference): string[] {
  return Object.entries(registry.environments)
    .filter(([, environment]) => environment.applications?.includes(application) !== false && takes(environment, reference))
    .map(([name]) => name);
}

/** A tag goes only where tags are named: an environment that takes every branch takes no tag. */
export function takes({ branches = [], gitTags = [] }: Pick<Environment, 'branches' | 'gitTags'>, { branch, tag }: Reference): boolean {
  const [patterns, name] = tag === undefined ? [branches, branch] : [gitTags, tag];
  return name !== undefined && patterns.some((pattern) => fits(pattern, name));
}
