import { bad, type Check, good, remark, unknown } from './check.ts';

/** What the doctor looks at in the tools account. */

export const registered: Check<{ readonly version: number; readonly registeredAt: string } | undefined, object> = {
  what: 'environments are registered',
  why: 'A push goes nowhere without them.',
  todo: () => 'Run "drawbridge register environments.yaml".',
  judge: (registry) => (registry === undefined ? bad('nothing is registered') : good(`version ${String(registry.version)}, since ${registry.registeredAt.slice(0, 10)}`)),
};

interface Application {
  readonly application: string;
  /** Missing where releases come from uploads. */
  readonly repository: string | undefined;
  readonly project: string;
}

export const repositoryExists: Check<boolean, Application & { readonly repository: string }> = {
  what: 'the repository is there',
  why: 'Its pushes start the releases, and its files say what they ask for.',
  todo: ({ application, repository }) => `Create the CodeCommit repository ${repository} in the tools account, or correct applications.${application}.repository in environments.yaml and register it.`,
  judge: (exists, { application, repository }) => (exists ? good(`${application}: ${repository}`) : bad(`${application}: there is no CodeCommit repository ${repository}`)),
};

/** `type` and `computeType` as CodeBuild names them. */
export interface Machine {
  readonly type: string;
  readonly computeType: string;
}

export const projectExists: Check<Machine | undefined, Application> = {
  what: 'the build project is there',
  why: 'Without it the first build of a release fails.',
  todo: ({ application, repository }) => `Deploy infra/application.yaml in the tools account with Application=${application} ${repository === undefined ? 'UploadBucket=… (output UploadBucket of the stack drawbridge)' : `Repository=${repository}`}.`,
  judge: (machine, { application, project }) => (machine === undefined ? bad(`${application}: there is no CodeBuild project ${project}`) : good(`${application}: ${project}`)),
};

const systems: Readonly<Record<string, string>> = { LINUX_CONTAINER: 'Linux', ARM_CONTAINER: 'ARM', LINUX_GPU_CONTAINER: 'Linux GPU' };
const sizes: Readonly<Record<string, string>> = { SMALL: 'Small', MEDIUM: 'Medium', LARGE: 'Large', XLARGE: 'XLarge', '2XLARGE': '2XLarge' };

/** The name of a machine in Service Quotas; CodeBuild counts each kind for itself (CodeBuild User Guide, "Quotas"). */
export function quotaName({ type, computeType }: Machine): string {
  const size = computeType.replace(/^BUILD_GENERAL1_/, '');
  return `Concurrently running builds for ${systems[type] ?? type}/${sizes[size] ?? size} environment`;
}

export interface BuildRoom {
  readonly machines: readonly Machine[];
  readonly quotas: readonly { readonly name: string; readonly value: number }[];
}

export const concurrentBuilds: Check<BuildRoom, object> = {
  what: 'several builds can run at once',
  why: 'CodeBuild gives new accounts as little as one; releases of several applications then wait for each other.',
  todo: () => 'Ask for more in the Service Quotas console, AWS CodeBuild, "Concurrently running builds for …".',
  judge: ({ machines, quotas }) => {
    const names = [...new Set(machines.map(quotaName))];
    if (names.length === 0) return unknown('no build project is known yet');
    const found = names.map((name) => ({ name, value: quotas.find((quota) => quota.name.toLowerCase() === name.toLowerCase())?.value }));
    const said = found.map(({ name, value }) => `${name.replace('Concurrently running builds for ', '').replace(' environment', '')}: ${value === undefined ? 'not told' : String(value)}`).join(', ');
    if (found.some(({ value }) => value === 0)) return bad(`${said}; no build can start`);
    if (found.some(({ value }) => value === undefined)) return unknown(`cannot be checked here: Service Quotas does not tell it (${said})`);
    return found.some(({ value }) => value === 1) ? remark(`${said}; further builds wait in line`) : good(said);
  },
};

/** Below this, one environment of forty targets already has functions that wait for each other. */
const comfortable = 100;

export const concurrentFunctions: Check<{ readonly limit: number; readonly unreserved: number }, object> = {
  what: 'Lambda runs enough functions at once',
  why: 'New accounts may have ten; functions are then throttled, and releases slow down by retries.',
  todo: () => 'Ask for more in the Service Quotas console, AWS Lambda, "Concurrent executions".',
  judge: ({ limit, unreserved }) => {
    if (unreserved === 0) return bad(`all ${String(limit)} are reserved for others; no function of Drawbridge can run`);
    return unreserved < comfortable ? remark(`only ${String(unreserved)} at once`) : good(`${String(unreserved)} at once`);
  },
};
