import { DoorError } from '../../aws/door-client.ts';
import { findDeleted, listStacks } from '../../aws/found-stacks.ts';
import { accountOf, type Access } from '../../aws/person.ts';
import { DeployedAnswer, RegistryAnswer } from '../../contracts/commands.ts';
import { Environments } from '../../contracts/environments.ts';
import { parseYamlFile } from '../../domain/configuration/yaml-file.ts';
import { ConfigurationError, InvalidInputError } from '../../domain/errors.ts';
import type { Found } from '../../domain/offboard/list.ts';
import { nameOf, type Scope, type Wishes } from '../../domain/offboard/scope.ts';
import { accountsOf, type ControlPlane as Control, controlPlaneOf, regionsOf } from '../../domain/offboard/stacks.ts';
import type { Administrator, ControlPlane } from '../connect.ts';
import { findEmptied, findKept } from './kept.ts';

export interface Surroundings {
  readonly door: Pick<ControlPlane, 'ask'>;
  readonly administrator: Administrator;
  /** By account. */
  readonly profiles: ReadonlyMap<string, string>;
  /** Accounts that somebody else sees to. */
  readonly without: ReadonlySet<string>;
}

const nothing = { applications: [], registry: undefined, stacks: [], accounts: [], kept: [], emptied: [] } as const;

async function registered(door: Surroundings['door']): Promise<Found['registry']> {
  try {
    const { version, text } = await door.ask(RegistryAnswer, 'GET', '/registry');
    const parsed = parseYamlFile('environments.yaml', text, Environments);
    if (!parsed.ok) throw new ConfigurationError(`Reading the registered environments: ${parsed.problems[0]?.message ?? 'they are not valid'}. Use the version of this command that the control plane is of.`);
    return { version, text, content: parsed.value };
  } catch (error) {
    if (error instanceof DoorError && error.status === 404) return undefined;
    throw error;
  }
}

function controlIn(stacks: Found['stacks'], { stack: name, region, url }: Administrator): Control | undefined {
  const stack = stacks.find((it) => it.name === name);
  if (stack === undefined) return undefined;
  const control = controlPlaneOf(stack);
  const doing = `Looking at the stack ${name} in ${stack.account}, ${region}`;
  if (control === undefined) throw new InvalidInputError(`${doing}: it does not say that it is a control plane of Drawbridge (its output DrawbridgePart). Deploy template.yaml of this version first, or give --stack.`);
  if (url !== undefined && url !== stack.outputs['DoorUrl']) throw new InvalidInputError(`${doing}: its door is ${stack.outputs['DoorUrl'] ?? 'nowhere'}, and you ask ${url}. Name the control plane with --stack and leave --url away.`);
  return control;
}

/** @returns `undefined` where nobody gave credentials */
async function accessTo(account: string, tools: string, { administrator, profiles }: Surroundings): Promise<Access | undefined> {
  const profile = profiles.get(account);
  if (profile === undefined) return account === tools ? administrator.tools : undefined;
  const access = administrator.by(profile);
  const really = await accountOf(access, administrator.region, `the credentials of the profile ${profile}`);
  if (really !== account) throw new InvalidInputError(`Acting in ${account}: the profile ${profile} leads to ${really}.`);
  return access;
}

/** Looks up anew everything that is there; nothing is remembered between two looks, so an interruption loses nothing. */
export async function look(scope: Scope, wishes: Wishes, surroundings: Surroundings): Promise<Found> {
  const { door, administrator, without } = surroundings;
  const { tools, region: home, stack: name } = administrator;
  const toolsAccount = await accountOf(tools, home, 'your credentials');
  const stacks = await listStacks(tools, home);
  const control = controlIn(stacks, administrator);
  if (control === undefined) return await afterwards(scope, wishes, { tools, home, name, toolsAccount });

  // A door whose stack is being deleted answers nobody, and all that it knew of was seen to before.
  const answers = !control.stack.status.startsWith('DELETE_');
  const applications = answers ? (await door.ask(DeployedAnswer, 'GET', '/deployed')).applications : [];
  const registry = answers ? await registered(door) : undefined;
  const rows = applications.flatMap(({ deployed }) => deployed);
  const targets = Object.values(registry?.content.environments ?? {}).flatMap((environment) => environment.targets);
  const other = regionsOf(control).filter((it) => it !== home);
  const regions = [...new Set([home, ...other, ...targets.map(({ region }) => region), ...rows.map(({ region }) => region)])];
  const known = new Set([...accountsOf(control), ...Object.values(registry?.content.accounts ?? {}).map(({ id }) => id), ...rows.map(({ account }) => account)]);
  const all = [...stacks, ...(await Promise.all(other.map((region) => listStacks(tools, region)))).flat()];
  const kept = await findKept(tools, control.stack, all);
  const accounts = wanted(scope, known).filter((account) => !without.has(account));
  return {
    control,
    applications,
    registry,
    stacks: all,
    kept,
    emptied: await findEmptied(tools, scope, wishes, kept),
    accounts: await Promise.all(
      accounts.map(async (account) => {
        const access = await accessTo(account, toolsAccount, surroundings);
        return { account, regions, stacks: access === undefined ? undefined : (await Promise.all(regions.map((region) => listStacks(access, region)))).flat() };
      }),
    ),
  };
}

function wanted(scope: Scope, known: ReadonlySet<string>): string[] {
  if (scope.kind === 'application') return [];
  if (scope.kind === 'all') return [...known].sort();
  if (!known.has(scope.account)) throw new InvalidInputError(`Offboarding ${scope.account}: it is no target account of this control plane. It knows ${[...known].sort().join(', ')}.`);
  return [scope.account];
}

/** When the control plane is gone, only what it left behind can be found. */
async function afterwards(scope: Scope, wishes: Wishes, { tools, home, name, toolsAccount }: { tools: Access; home: string; name: string; toolsAccount: string }): Promise<Found> {
  const gone = await findDeleted(tools, home, name);
  if (gone === undefined || scope.kind !== 'all') throw new ConfigurationError(`Offboarding ${nameOf(scope)}: there is no stack ${name} in ${toolsAccount}, ${home}${gone === undefined ? '' : ' any more, so only ALL can be asked for'}. Give --stack, another Region or other credentials.`);
  const kept = await findKept(tools, gone, []);
  return { ...nothing, control: undefined, kept, emptied: await findEmptied(tools, scope, wishes, kept) };
}
