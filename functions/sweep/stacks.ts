import { FoundStacks, type LookForStacks } from '../../contracts/sweep.ts';
import type { Place } from '../../contracts/doctor.ts';
import type { Environments } from '../../contracts/environments.ts';
import { inBatches } from '../../domain/batches.ts';
import { stackRemark } from '../../domain/sweep/stacks.ts';
import type { LookedAt } from './look.ts';
import type { Troubles, Uses, Where } from './uses.ts';

const atOnce = 5;

/** Says what lies in target accounts that no environment knows. Nothing is removed: which stack it is that is gone from all notes, a person says. */
export async function lookAtStacks(uses: Uses, where: Where, registry: Environments, { applications }: LookedAt, troubles: Troubles): Promise<string[]> {
  const environments = new Set(
    applications.flatMap(({ application, rows }) => [...Object.keys(registry.environments), ...rows.filter(({ state }) => state !== 'removed').map(({ name }) => name)].map((environment) => `${application} ${environment}`)),
  );
  const moving = applications.flatMap(({ recent }) => recent.filter(({ state }) => state === 'running').flatMap(({ configuration }) => configuration?.environments.flatMap(({ targets }) => targets) ?? []));
  const noted = [...applications.flatMap(({ deployed }) => deployed), ...moving];
  const remarks = await inBatches(placesIn(registry), atOnce, async ({ name, place }) => {
    const known = noted.filter(({ account, region }) => account === place.account && region === place.region).map(({ stackName }) => stackName);
    const asked: LookForStacks = { place, known: [...new Set(known)] };
    const found = await troubles.attempt(async () => FoundStacks.parse(await uses.askFunction(where.lookForStacksFunction, asked)));
    if (found?.cut === true) troubles.sentences.push(`Looking for stacks in ${name}, ${place.region}: there are too many that are not known; only the first were looked at.`);
    return (found?.stacks ?? []).map((stack) => stackRemark(stack, name, { environments }, uses.now()));
  });
  return remarks.flat().filter((it) => it !== undefined);
}

/** Each account and Region of a registered environment, once. */
function placesIn({ accounts, environments }: Environments): { readonly name: string; readonly place: Place }[] {
  const all = Object.values(environments).flatMap(({ targets }) =>
    targets.flatMap(({ account: name, region }) => {
      const account = accounts[name];
      return account === undefined ? [] : [{ name: `${name} (${account.id})`, place: { account: account.id, region, externalId: account.externalId } }];
    }),
  );
  return [...new Map(all.map((it) => [`${it.place.account} ${it.place.region}`, it])).values()];
}
