import type { BranchLimits, Environments } from '../../contracts/environments.ts';
import { environmentsFor } from '../accepting.ts';
import type { Life } from '../branch-life.ts';
import { branchEnvironmentName } from '../branch-name.ts';
import { fits } from '../wildcard.ts';
import type { Asked, AskedEnvironment } from './asked.ts';
import { secondsOf } from './seconds.ts';

/** Where a branch goes that has an environment of its own. */
export interface BranchPlace {
  readonly name: string;
  readonly registered: string;
  readonly branch: string;
  readonly life: Life;
  readonly wish: AskedEnvironment;
}

interface Found {
  readonly place?: BranchPlace;
  readonly problems: readonly string[];
  readonly remarks: readonly string[];
}

/** The first entry under `branches:` that the branch fits and whose registered environment takes it. */
export function branchPlace(registry: Environments, { branches = [] }: Pick<Asked, 'branches'>, application: string, branch: string): Found {
  const remarks: string[] = [];
  for (const { pattern, environment: registered, life, settings } of branches.filter((it) => fits(it.pattern, branch))) {
    const where = `branches: ${pattern}`;
    const found = registry.environments[registered];
    const disposable = Object.keys(registry.environments).filter((name) => registry.environments[name]?.disposable);
    if (found?.disposable !== true) return { remarks, problems: [`${where}: ${found === undefined ? `there is no environment ${registered}` : `${registered} is not registered as disposable`}, so no branch can have an environment there; disposable: ${disposable.join(', ') || 'none'}. Ask the platform team, or correct the name.`] };
    // Nobody can tell when a branch that an uploader names has come to its end.
    if (registry.applications[application]?.repository === undefined) return { remarks: [...remarks, `${where}: an upload is no branch of a repository here, so it gets no environment of its own.`], problems: [] };
    if (!environmentsFor(registry, application, { branch }).includes(registered)) {
      remarks.push(`${where}: ${registered} takes no releases of the branch ${branch} of ${application}, so this entry is passed over.`);
      continue;
    }
    const name = branchEnvironmentName(branch);
    if (Object.hasOwn(registry.environments, name)) return { remarks, problems: [`${where}: the environment of the branch ${branch} would be called ${name}, as a registered one is. Give the branch another name.`] };
    const within = limited(life, found.limits ?? {});
    remarks.push(...within.remarks.map((it) => `${where}: ${registered} allows branch environments ${it}, which is used.`));
    return { place: { name, registered, branch, life: within.life, wish: named(settings, name) }, remarks, problems: [] };
  }
  return { remarks, problems: [] };
}

/** The file can ask for less than is registered, never for more. */
function limited(asked: Life, { timeToLive, idle, atOnce }: BranchLimits): { life: Life; remarks: string[] } {
  const most = { timeToLiveSeconds: timeToLive === undefined ? Infinity : secondsOf(timeToLive), idleSeconds: idle === undefined ? Infinity : secondsOf(idle), atOnce: atOnce ?? Infinity };
  const remarks = [
    ...(asked.timeToLiveSeconds > most.timeToLiveSeconds ? [`to live for ${timeToLive ?? ''} at most`] : []),
    ...(asked.idleSeconds > most.idleSeconds ? [`to be idle for ${idle ?? ''} at most`] : []),
    ...(asked.atOnce > most.atOnce ? [`${String(atOnce)} at once at most`] : []),
  ];
  return { life: { timeToLiveSeconds: Math.min(asked.timeToLiveSeconds, most.timeToLiveSeconds), idleSeconds: Math.min(asked.idleSeconds, most.idleSeconds), atOnce: Math.min(asked.atOnce, most.atOnce) }, remarks };
}

/** `{environment}` in a parameter is the name of the branch's environment: nobody could write it down before there is a branch. */
function named(wish: AskedEnvironment, name: string): AskedEnvironment {
  const filled = (parameters: Readonly<Record<string, string>>) => Object.fromEntries(Object.entries(parameters).map(([key, value]) => [key, value.replaceAll('{environment}', name)]));
  const stacks = wish.stacks === undefined ? {} : { stacks: Object.fromEntries(Object.entries(wish.stacks).map(([key, it]) => [key, { ...it, parameters: filled(it.parameters) }])) };
  return { ...wish, parameters: filled(wish.parameters), ...stacks };
}
