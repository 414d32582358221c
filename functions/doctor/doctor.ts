import type { DoctorAnswer, DoctorRequest } from '../../contracts/doctor.ts';
import type { Environments } from '../../contracts/environments.ts';
import { targetNames } from '../../domain/configuration/target-names.ts';
import { answerOf } from '../../domain/doctor/check.ts';
import type { Place } from '../../domain/doctor/target-checks.ts';
import { NotFoundError } from '../../domain/errors.ts';
import { each } from './examine.ts';
import { examinePlace, groupOf, type Shared } from './target.ts';
import { examineTools } from './tools.ts';
import type { Uses } from './uses.ts';

/** Looks at everything that a release will need, and changes nothing but its own test object. */
export async function doctor(uses: Uses, projectPrefix: string, { environment }: DoctorRequest): Promise<DoctorAnswer> {
  const registration = await uses.findRegistry();
  const registry = registration?.content;
  if (environment !== undefined && registry !== undefined && !Object.hasOwn(registry.environments, environment)) {
    throw new NotFoundError(`Examining ${environment}: there is no such environment. Registered: ${Object.keys(registry.environments).join(', ')}.`);
  }
  const targets = registry === undefined ? [] : targetsOf(registry, environment);
  const written = each(() => uses.writeCanary());
  const records = each(async () => (await Promise.all(Object.keys(registry?.applications ?? {}).map((application) => uses.deployedTargets(application)))).flat());
  const shared: Shared = { canary: () => written(''), deployed: () => records('') };
  // Environments may share an account; it is looked at once.
  const findingsOf = each((key) => {
    const first = targets.find((it) => keyOf(it.place) === key);
    return first === undefined ? Promise.resolve([]) : examinePlace(uses, shared, first.place, first.environment);
  });
  const groups = await Promise.all([examineTools(uses, registration, projectPrefix), ...targets.map(async (it) => groupOf(it.environment, it.target, it.place, await findingsOf(keyOf(it.place))))]);
  return answerOf(groups);
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
