import { type FoundStack, FoundStacks, type LookForStacks } from '../../contracts/sweep.ts';
import type { Place } from '../../contracts/doctor.ts';
import type { Environments } from '../../contracts/environments.ts';
import { inBatches } from '../../domain/batches.ts';
import { stackRemark } from '../../domain/sweep/stacks.ts';
import type { LookedAt } from './look.ts';
import type { Troubles, Uses, Where } from './uses.ts';

const atOnce = 5;

/** A stack that carries our tags, or that only our change sets made, and that no release that is noted has deployed. */
export interface FoundThere {
  readonly stack: FoundStack;
  /** The account, as `environments.yaml` calls it. */
  readonly name: string;
  readonly place: Place;
}

/** What lies in target accounts that no environment knows. */
export async function lookAtStacks(uses: Uses, where: Where, registry: Environments, { noted, unread }: LookedAt, troubles: Troubles): Promise<FoundThere[]> {
  const found = await inBatches(placesIn(registry), atOnce, async ({ name, place }) => {
    const known = noted.filter(({ account, region }) => account === place.account && region === place.region).map(({ stackName }) => stackName);
    const asked: LookForStacks = { place, known: [...new Set(known)] };
    const there = await troubles.attempt(async () => FoundStacks.parse(await uses.askFunction(where.lookForStacksFunction, asked)));
    if (there?.cut === true) troubles.sentences.push(`Looking for stacks in ${name}, ${place.region}: there are too many that are not known; only the first were looked at.`);
    // Of an application that could not be looked at, what is known seems to be unknown.
    return (there?.stacks ?? []).filter(({ application }) => application === undefined || !unread.has(application)).map((stack) => ({ stack, name, place }));
  });
  return found.flat();
}

/** What is to be said of those that a machine may not remove. */
export function stackRemarks(found: readonly FoundThere[], registry: Environments, { applications }: LookedAt, now: Date): string[] {
  const environments = new Set(
    applications.flatMap(({ application, rows }) => [...Object.keys(registry.environments), ...rows.filter(({ state }) => state !== 'removed').map(({ name }) => name)].map((environment) => `${application} ${environment}`)),
  );
  return found.map(({ stack, name }) => stackRemark(stack, name, { environments }, now)).filter((it) => it !== undefined);
}

/** Each account and Region of a registered environment, once. */
function placesIn({ accounts, environments }: Environments): Pick<FoundThere, 'name' | 'place'>[] {
  const all = Object.values(environments).flatMap(({ targets }) =>
    targets.flatMap(({ account: name, region }) => {
      const account = accounts[name];
      return account === undefined ? [] : [{ name: `${name} (${account.id})`, place: { account: account.id, region, externalId: account.externalId } }];
    }),
  );
  return [...new Map(all.map((it) => [`${it.place.account} ${it.place.region}`, it])).values()];
}
