import type { DoctorAnswer, DoctorRequest, Finding, Place } from '../../contracts/doctor.ts';
import type { Environments } from '../../contracts/environments.ts';
import { targetNames } from '../../domain/configuration/target-names.ts';
import { answerOf, becauseOf, findingOf, unknown } from '../../domain/doctor/check.ts';
import { NotFoundError } from '../../domain/errors.ts';
import { each } from '../../runtime/examine.ts';
import { examineTools } from './tools.ts';
import type { Uses } from './uses.ts';

/** Looks at everything that a release will need, and changes nothing but a test object of its own. */
export async function doctor(uses: Uses, projectPrefix: string, { environment }: DoctorRequest): Promise<DoctorAnswer> {
  const registration = await uses.findRegistry();
  const registry = registration?.content;
  if (environment !== undefined && registry !== undefined && !Object.hasOwn(registry.environments, environment)) {
    throw new NotFoundError(`Examining ${environment}: there is no such environment. Registered: ${Object.keys(registry.environments).join(', ')}.`);
  }
  const targets = registry === undefined ? [] : targetsOf(registry, environment);
  // Environments may share an account; it is looked at once.
  const findingsOf = each((key) => {
    const first = targets.find((it) => keyOf(it.place) === key);
    return first === undefined ? Promise.resolve([]) : found(uses, first.place, first.environment);
  });
  const groups = await Promise.all([examineTools(uses, registration, projectPrefix), ...targets.map(async (it) => ({
    about: `target ${it.target} of ${it.environment}: ${it.place.account}, ${it.place.region}`,
    findings: [...(await findingsOf(keyOf(it.place)))],
  }))]);
  return answerOf(groups);
}

/** A target that cannot be looked at stops no other. */
async function found(uses: Uses, place: Place, environment: string): Promise<readonly Finding[]> {
  try {
    return await uses.examinePlace(place, environment);
  } catch (error) {
    const look = { what: 'the target can be looked at', why: 'Nothing else can be said of it.', todo: () => 'Ask again; the log group of examine-targets says more.' };
    return [findingOf(look, place, unknown(`cannot be looked at: ${becauseOf(error)}`))];
  }
}

const keyOf = ({ account, region, externalId }: Place) => `${account} ${region} ${externalId}`;

function targetsOf({ accounts, environments }: Environments, only: string | undefined): { environment: string; target: string; place: Place }[] {
  return Object.entries(environments)
    .filter(([name]) => only === undefined || name === only)
    .flatMap(([environment, { targets }]) => {
      const names = targetNames(targets);
      return targets.map(({ account, region }, index) => ({
        environment,
        target: names[index] ?? account,
        place: { account: accounts[account]?.id ?? '', region, externalId: accounts[account]?.externalId ?? '' },
      }));
    });
}
