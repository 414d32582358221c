import { listAdoptions, removeAdoption, writeAdoption } from '../../aws/adoptions.ts';
import { readRegistry } from '../../aws/registry.ts';
import type { AdoptionAnswer, AdoptionRequest } from '../../contracts/commands.ts';
import type * as z from 'zod';
import { adoptionPlace } from '../../domain/adoption-place.ts';
import { approverOf, principalOf } from '../../domain/callers.ts';
import { InvalidInputError, NotFoundError } from '../../domain/errors.ts';

/**
 * Lets an application take over a stack that was deployed by other means, or takes that back. Whether there is such a stack
 * the next plan sees: only planning may look into a target account.
 */
export async function adopt({ tableName }: { tableName: string }, request: z.output<typeof AdoptionRequest>, from: string): Promise<AdoptionAnswer> {
  const { stack, application, environment, reason, end } = request;
  const registry = (await readRegistry(tableName)).content;
  const found = adoptionPlace(registry, request);
  if (!found.ok) throw new InvalidInputError(found.problem);
  const { place } = found;
  const about = `${stack} (${place.account}, ${place.region})`;
  if (end) {
    const adopted = (await listAdoptions(tableName)).some((it) => it.stackName === stack && it.account === place.account && it.region === place.region);
    if (!adopted || !(await removeAdoption(tableName, { ...place, application, environment }))) throw new NotFoundError(`Taking back the adoption of ${about}: ${application} in ${environment} does not wait for it. "drawbridge status" lists what waits.`);
    return { ...place, sentence: `${application} may not take over ${about} any more.` };
  }
  const by = approverOf(registry, from) ?? principalOf(from);
  if (!(await writeAdoption(tableName, { ...place, application, environment, by, at: new Date().toISOString(), reason }))) {
    throw new InvalidInputError(`Adopting ${about}: something else is to take it over. "drawbridge status" says what; end that first.`);
  }
  return { ...place, sentence: `${application} takes over ${about} in ${environment}, if it was deployed by other means, with the next release or "drawbridge retry RELEASE". A person must say yes to its first plan.` };
}
