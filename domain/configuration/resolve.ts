import type { Environment, Environments, RegisteredApproval } from '../../contracts/environments.ts';
import { StackName } from '../../contracts/names.ts';
import type { Artifact, Configuration, ResolvedEnvironment, Target } from '../../contracts/release.ts';
import { environmentsFor } from '../accepting.ts';
import { membersOf, quorumsOf } from '../people.ts';
import { inSentence, type Reference } from '../reference.ts';
import { stackPatterns } from '../stack-patterns.ts';
import { afterStacks } from './after-stacks.ts';
import type { Asked, AskedEnvironment } from './asked.ts';
import { withEarlierOutputs } from './earlier-outputs.ts';
import { type BranchPlace, branchPlace } from './branch-place.ts';
import { withExports } from './exports.ts';
import { fits } from '../wildcard.ts';
import { outsidePrefix } from './parameter-values.ts';
import { secondsOf } from './seconds.ts';
import { stepsFor } from './build-steps.ts';
import { stacksOf } from './stacks.ts';
import { targetsOf } from './targets.ts';

interface Of extends Reference {
  readonly application: string;
  /** A release that is only looked at may look at every environment of its application. */
  readonly mode: 'deploy' | 'plan';
  /** Goes to this one environment, whatever the order. */
  readonly only?: string | undefined;
  /** Environments that come after those of the order. */
  readonly promoted?: readonly string[] | undefined;
}

export type Resolved =
  | { readonly ok: true; readonly configuration: Configuration }
  | { readonly ok: false; readonly problems: readonly string[]; /** Nothing is wrong, and there is nothing to do. */ readonly nothing?: string };

/**
 * Files in the repository ask; the registry decides. Everything that cannot be granted is said at once.
 * @param artifact once it is built: only then is it certain which stacks there are, and what their templates know
 */
export function resolve(registry: Environments, asked: Asked, { application, mode, only, promoted = [], ...reference }: Of, artifact?: Artifact): Resolved {
  const problems: string[] = [];
  const remarks: string[] = [];
  const say = (message: string) => problems.push(`${asked.file}: ${message}`);
  if (asked.application !== undefined && asked.application !== application) say(`application: it says ${asked.application}, but this repository is registered as ${application}.`);

  const registered = Object.keys(registry.environments);
  const all = mode === 'plan' ? registered.filter((name) => registry.environments[name]?.applications?.includes(application) !== false) : environmentsFor(registry, application, reference);
  const open = all.filter((name) => registry.environments[name]?.disposable !== true);
  for (const name of new Set([...(asked.order ?? []), ...Object.keys(asked.environments)])) {
    if (!registered.includes(name)) say(`there is no environment ${name}; registered: ${registered.join(', ')}. Ask the platform team, or correct the name.`);
  }
  const wanted = only === undefined ? [...new Set([...(asked.order ?? open), ...promoted])] : [only];
  const order = wanted.filter((name) => {
    if (open.includes(name)) return true;
    if (registry.environments[name]?.disposable === true) remarks.push(`${name} is disposable: it takes no release under its own name, only those of branches under branches:, so it is left out.`);
    else if (registered.includes(name)) remarks.push(`${name} takes no releases of ${inSentence(reference)} of ${application}, so it is left out.`);
    return false;
  });
  const own = mode === 'deploy' && reference.branch !== undefined ? branchPlace(registry, asked, application, reference.branch) : { problems: [], remarks: [] };
  for (const problem of own.problems) say(problem);
  remarks.push(...own.remarks);
  const places = [...(own.place === undefined || (only !== undefined && own.place.name !== only) ? [] : [own.place]), ...order.map((name): Place => ({ name, wish: asked.environments[name] ?? asked.otherwise }))];

  const patterns = stackPatterns(application, registry.applications[application]);
  const environments = places.map((place): ResolvedEnvironment => {
    const { name, registered = name, branch, life } = place;
    const it = registry.environments[registered];
    const wish = withExports(place.wish, name, artifact);
    if (it === undefined) return { name, targets: [] };
    const { stacks, problems: wrong } = it.targets.every(({ codeDeploy }) => codeDeploy !== undefined) ? { stacks: [], problems: [] } : stacksOf(asked, wish, name, artifact);
    const after = afterStacks(wish.after ?? { steps: [], tests: [], commands: [] }, stacks, artifact);
    for (const problem of [...wrong, ...(stacks.length === 0 ? [] : after.problems)]) say(`environments.${name}: ${problem}`);
    const several = stacks.length > 1 || asked.stacks !== undefined;
    if (several && it.targets.some(({ stack }) => stack !== undefined)) say(`environments.${name}: the registered target names one stack, but ${application} has several. Ask the platform team to leave the name away.`);
    const { targets, problems: untakeable } = withEarlierOutputs({ registry, asked, application, environment: name, artifact }, targetsOf(registry, it, { application, name, branch, wish, kind: asked.build?.kind, stacks, after: after.of }));
    for (const problem of untakeable) say(`environments.${name}: ${problem}`);
    const twice = targets.find(({ name: it }, index) => targets.findIndex((other) => other.name === it) !== index);
    if (twice !== undefined) say(`environments.${name}: two stacks would both be the target ${twice.name}; give one of them a shorter name.`);
    for (const { stackName } of targets.filter(({ codeDeploy }) => codeDeploy === undefined)) {
      if (!StackName.safeParse(stackName).success) say(`environments.${name}: ${stackName} is not a stack name.`);
      else if (!patterns.some((pattern) => fits(pattern, stackName))) say(`environments.${name}: the stack name ${stackName} is not one that ${application} may use; allowed: ${patterns.join(', ')}.`);
      else if (branch !== undefined && !stackName.includes(name)) say(`branches: the stack name ${stackName} would be the same for every branch; it must hold the environment's name, ${name}. Put {environment} into it.`);
    }
    for (const lookups of [wish.lookups, ...stacks.map((stack) => stack.lookups)]) for (const problem of outsidePrefix(registry, application, lookups ?? {})) say(`environments.${name}: ${problem}`);
    remarks.push(...differences(name, wish, targets));
    const approval = approvalOf(it, wish, registry);
    if (wish.asksApproval && approval === undefined) say(`environments.${name}: it asks for an approval, but no approver is registered.`);
    return { name, ...(branch === undefined ? {} : { registered, branch, life }), targets, ...(approval === undefined ? {} : { approval }) };
  });
  if (environments.length === 0 && problems.length === 0 && all.length > 0 && mode === 'deploy') {
    return { ok: false, problems, nothing: `Only ${all.join(', ')} takes releases of ${inSentence(reference)} of ${application}, which is for branches that have an entry under branches: in ${asked.file}. There is none that fits, so nothing is deployed.` };
  }
  if (environments.length === 0 && problems.length === 0) say(`no registered environment takes releases of ${inSentence(reference)} of ${application}.`);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, configuration: { ...(asked.build === undefined ? {} : { build: stepsFor(asked.build, reference) }), environments, remarks } };
}

/** An environment under its own name, or a branch's. */
type Place = Pick<BranchPlace, 'name' | 'wish'> & Partial<BranchPlace>;

/** The file may ask for an approval where the registry does not; who may give it is the registry's. */
function approvalOf(environment: Environment, wish: AskedEnvironment, registry: Environments): ResolvedEnvironment['approval'] {
  const everybody = Object.keys(registry.approvers);
  const registered = environment.approval ?? (wish.asksApproval && everybody.length > 0 ? { approvers: everybody, required: 1, expires: '3 days', authorMayApprove: false } : undefined);
  return registered === undefined ? undefined : resolvedApproval(registry, registered);
}

/** What a registered approval says, with groups opened and times in seconds. */
export function resolvedApproval(registry: Pick<Environments, 'groups'>, registered: RegisteredApproval): NonNullable<ResolvedEnvironment['approval']> {
  const expiresInSeconds = Math.max(2, secondsOf(registered.expires));
  const before = registered.remind === undefined ? Math.ceil(expiresInSeconds / 4) : secondsOf(registered.remind);
  return {
    quorums: quorumsOf(registry, registered),
    breakGlass: membersOf(registry, registered.breakGlass ?? []),
    expiresInSeconds,
    remindInSeconds: Math.max(1, expiresInSeconds - Math.max(1, before)),
    authorMayApprove: registered.authorMayApprove,
  };
}

/** What the file says and the registry does not follow. */
function differences(name: string, wish: AskedEnvironment, targets: readonly Target[]): string[] {
  const said: string[] = [];
  if (wish.region !== undefined && targets.some(({ region }) => region !== wish.region)) said.push(`${name}: the file says Region ${wish.region}; the registered target is in ${[...new Set(targets.map(({ region }) => region))].join(', ')}, which is used.`);
  const account = wish.roleArn?.split(':')[4];
  if (account !== undefined && targets.some((target) => target.account !== account)) said.push(`${name}: role_arn is of account ${account}; the registered target is ${[...new Set(targets.map((target) => target.account))].join(', ')}, which is used.`);
  if (wish.ignored.length > 0) said.push(`${name}: ${wish.ignored.join(', ')} in samconfig.toml ${wish.ignored.length === 1 ? 'is' : 'are'} read, not obeyed.`);
  return said;
}
