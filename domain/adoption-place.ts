import type { Environments } from '../contracts/environments.ts';
import { stackPatterns } from './stack-patterns.ts';
import { fits } from './wildcard.ts';

interface Wanted {
  readonly stack: string;
  readonly application: string;
  readonly environment: string;
  /** By its id or its registered name. */
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

export type AdoptionPlace = { readonly ok: true; readonly place: { readonly account: string; readonly region: string; readonly stackName: string } } | { readonly ok: false; readonly problem: string };

/** Where the stack is that is to be taken over: in a place of the environment, under a name that a release there may deploy to. */
export function adoptionPlace(registry: Environments, { stack, application, environment: name, account, region }: Wanted): AdoptionPlace {
  const refused = (why: string): AdoptionPlace => ({ ok: false, problem: `Adopting ${stack} for ${application} in ${name}: ${why}` });
  const registered = registry.applications[application];
  if (registered === undefined) return refused(`there is no application ${application}. Registered: ${Object.keys(registry.applications).join(', ')}.`);
  const environment = registry.environments[name];
  if (environment === undefined) return refused(`there is no environment ${name}. Registered: ${Object.keys(registry.environments).join(', ')}.`);
  if (environment.disposable) return refused(`${name} is disposable, and what is there may be removed by a machine, so nothing that was deployed by other means goes there.`);
  if (environment.applications?.includes(application) === false) return refused(`${name} does not accept ${application}. Ask the platform team.`);
  const patterns = stackPatterns(application, registered);
  const stacks = environment.targets.filter(({ codeDeploy, stack: fixed }) => codeDeploy === undefined && (fixed === undefined ? patterns.some((pattern) => fits(pattern, stack)) : fixed === stack));
  if (stacks.length === 0) return refused(`no release of ${application} may deploy to a stack of that name there; it may use ${patterns.join(', ')}. Ask the platform team for stacks: in environments.yaml.`);
  const places = stacks.map((target) => ({ called: target.account, account: registry.accounts[target.account]?.id ?? '', region: target.region }));
  const fitting = places.filter((it) => (account === undefined || account === it.account || account === it.called) && (region === undefined || region === it.region));
  const each = [...new Map(fitting.map((it) => [`${it.account} ${it.region}`, it])).values()];
  const [place, ...others] = each;
  const listed = (all: typeof places) => all.map((it) => `--account ${it.called} --target-region ${it.region}`).join(', or ');
  if (place === undefined) return refused(`${name} has no target there. It has ${listed(places)}.`);
  if (others.length > 0) return refused(`it could be in several places. Say which: ${listed(each)}.`);
  return { ok: true, place: { account: place.account, region: place.region, stackName: stack } };
}
