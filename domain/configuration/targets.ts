import type { BuildKind } from '../../contracts/build.ts';
import type { Environment, Environments } from '../../contracts/environments.ts';
import type { Capability } from '../../contracts/names.ts';
import type { Target } from '../../contracts/release.ts';
import { nameOfGroup } from '../code-deploy.ts';
import type { AskedEnvironment } from './asked.ts';
import type { WantedStack } from './stacks.ts';
import { ownerTags } from '../owner-tags.ts';
import { stackTargetName, targetNames } from './target-names.ts';

/** What `sam deploy --guided` and most templates need where nobody says otherwise. */
const usual: Record<BuildKind | 'ready', Capability[]> = {
  sam: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
  cloudformation: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'],
  // What these write is not for the user to know.
  ready: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
  serverless: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
  cdk: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
  buildspec: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
  codedeploy: [],
};

interface Wanted {
  readonly application: string;
  readonly name: string;
  /** Whose environment it is, where it is a branch environment. */
  readonly branch?: string | undefined;
  readonly wish: AskedEnvironment;
  /** How it is built, unless it is ready. */
  readonly kind: BuildKind | undefined;
  /** In order. */
  readonly stacks: readonly WantedStack[];
  /** What comes after a stack. */
  readonly after: (key: string | undefined) => Pick<Target, 'steps' | 'tests' | 'commands' | 'url'>;
}

/** A samconfig.toml may say anything; what tells whose a stack is must be ours. */
const withoutOurs = (tags: Readonly<Record<string, string>>) => Object.fromEntries(Object.entries(tags).filter(([name]) => !name.startsWith('drawbridge:')));

/** Every stack in every registered place. */
export function targetsOf(registry: Environments, environment: Environment, { application, name, branch, wish, kind, stacks, after: afterStack }: Wanted): Target[] {
  const places = targetNames(environment.targets);
  const tags = { ...withoutOurs(wish.tags), ...environment.tags, ...ownerTags({ application, environment: name, owner: registry.applications[application]?.owner, branch }) };
  const targets = environment.targets.flatMap(({ account, region, stack: registered, codeDeploy, wave }, index): (Target & { depth: number })[] => {
    const { id = '', externalId = '' } = registry.accounts[account] ?? {};
    const at = { account: id, accountName: account, externalId, region, wave };
    if (codeDeploy !== undefined) return [{ ...at, name: places[index] ?? account, depth: 0, stackName: nameOfGroup(codeDeploy), codeDeploy, parameters: {}, tags, capabilities: [] }];
    return stacks.map(({ key, stack, template, capabilities, parameters, lookups, after, depth }) => {
      const place = places[index] ?? account;
      const usually = template?.name ?? (key === undefined ? '{application}-{environment}' : '{application}-{stack}-{environment}');
      const pattern = registered ?? stack ?? usually;
      const values = key === undefined ? wish : { parameters, lookups };
      return {
        name: stackTargetName(places, place, key),
        ...at,
        depth,
        ...(key === undefined ? {} : { stack: key }),
        ...(after.length === 0 ? {} : { after: Object.fromEntries(after.map((it) => [it, stackTargetName(places, place, it)])) }),
        stackName: pattern.replaceAll('{environment}', name).replaceAll('{application}', application).replaceAll('{stack}', key ?? application),
        parameters: { ...values.parameters },
        ...(values.lookups === undefined || Object.keys(values.lookups).length === 0 ? {} : { lookups: { ...values.lookups } }),
        tags,
        capabilities: [...(capabilities ?? wish.capabilities ?? usual[kind ?? 'ready'])],
        ...afterStack(key),
      };
    });
  });
  return inWaves(targets);
}

/** In each registered wave the stacks come one after the other; all of it is one count, for only numbers move together. */
function inWaves(targets: readonly (Target & { depth: number })[]): Target[] {
  if (targets.every(({ depth }) => depth === 0)) return targets.map(({ depth: _, ...target }) => target);
  const order = ({ wave, depth }: { wave: number; depth: number }) => wave * targets.length + depth;
  const ranks = [...new Set(targets.map((target) => order(target)))].sort((a, b) => a - b);
  return targets.map(({ depth, ...target }) => ({ ...target, wave: ranks.indexOf(order({ wave: target.wave, depth })) + 1 }));
}
