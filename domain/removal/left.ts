import type { Environments } from '../../contracts/environments.ts';
import type { Left } from '../../contracts/left.ts';
import type { Deployed } from '../../contracts/plan.ts';
import type { Release } from '../../contracts/release.ts';
import { environmentsFor } from '../accepting.ts';
import { sha256 } from '../digest.ts';

type Place = Pick<Deployed, 'account' | 'region' | 'stackName'>;

const placeOf = ({ account, region, stackName }: Place) => `${account}#${region}#${stackName}`;
export const samePlace = (one: Place, other: Place): boolean => placeOf(one) === placeOf(other);

/** What a target was before it moved to another place: a name of its own, so that it is not forgotten. */
export const nameOfOld = (row: Place): string => `old-${sha256(placeOf(row)).slice(0, 8)}`;

export interface Leaving {
  readonly row: Deployed;
  readonly by: Left['by'];
  readonly why: string;
}

/** Is it noted already? */
export const isLeft = (left: Pick<Left, 'application' | 'environment' | 'target'>, { row }: Leaving): boolean => left.application === row.application && left.environment === row.environment && left.target === row.target;

/** Why the registered environments have no place any more for what is deployed, or `undefined`. */
function whyNotRegistered(registry: Environments, row: Deployed): string | undefined {
  if (registry.applications[row.application] === undefined) return `${row.application} is not registered any more`;
  const name = row.registered ?? row.environment;
  const environment = registry.environments[name];
  if (environment === undefined) return `the environment ${name} is not registered any more`;
  if (environment.applications?.includes(row.application) === false) return `${name} does not take ${row.application} any more`;
  const there = environment.targets.some(({ account, region, codeDeploy }) => registry.accounts[account]?.id === row.account && region === row.region && (codeDeploy !== undefined) === row.stackName.includes('/'));
  return there ? undefined : `the account ${row.account} in ${row.region} is no target of ${name} any more`;
}

/** What is deployed and has no place in the registered environments. */
export const leftByRegistry = (registry: Environments, rows: readonly Deployed[]): Leaving[] =>
  rows.flatMap((row) => {
    const why = whyNotRegistered(registry, row);
    return why === undefined ? [] : [{ row, by: 'registry' as const, why }];
  });

interface ByFiles {
  /** Deployed, and named by the files no more. */
  readonly left: readonly Leaving[];
  /** The same stack under another name of a target: only the old name is to be forgotten. */
  readonly renamed: readonly Deployed[];
  /** The environments that the files speak for. */
  readonly covered: readonly string[];
}

/** Only what came the same way is missed: another branch may deploy another set of stacks. */
const sameLine = (row: Deployed, { branch, tag }: Pick<Release, 'branch' | 'tag'>): boolean => (tag === undefined ? row.tag === undefined && row.branch === branch : row.tag !== undefined);

/**
 * What a release that went well everywhere left out, of what the same branch had deployed before.
 * @param filed whether the files of the release that deployed a row had named its environment: where somebody took it there
 * by hand, no file ever did
 */
export function leftByFiles(registry: Environments, release: Pick<Release, 'application' | 'branch' | 'tag' | 'mode' | 'from' | 'only' | 'configuration'>, rows: readonly Deployed[], filed: (row: Deployed) => boolean): ByFiles {
  // What goes back, or goes to one environment, says nothing of the others.
  if (release.mode !== 'deploy' || release.from !== undefined || release.only !== undefined) return { left: [], renamed: [], covered: [] };
  const environments = release.configuration?.environments ?? [];
  const covered = [...new Set([...environments.map(({ name }) => name), ...environmentsFor(registry, release.application, release)])];
  const targets = environments.flatMap(({ name, targets: all }) => all.map((target) => ({ environment: name, target })));
  const left: Leaving[] = [];
  const renamed: Deployed[] = [];
  for (const row of rows.filter((it) => covered.includes(it.environment) && sameLine(it, release))) {
    const named = targets.find(({ environment, target }) => environment === row.environment && target.name === row.target);
    if (named !== undefined && samePlace(named.target, row)) continue;
    // Another row of the same stack stands for it.
    if (targets.some(({ target }) => samePlace(target, row)) || rows.some((other) => other !== row && samePlace(other, row) && other.sequence > row.sequence)) {
      renamed.push(row);
      continue;
    }
    const whole = !environments.some(({ name }) => name === row.environment);
    if (whole && !filed(row)) continue;
    left.push({ row, by: 'files', why: whole ? `the files of ${release.application} do not name ${row.environment} any more` : `the files of ${release.application} do not make ${row.stackName} in ${row.environment} any more` });
  }
  return { left, renamed, covered };
}

/** One removal for each environment of each application. */
export function grouped(leaving: readonly Leaving[]): { readonly application: string; readonly environment: string; readonly targets: readonly string[]; readonly reason: string; readonly rows: readonly Leaving[] }[] {
  const groups = Map.groupBy(leaving, ({ row }) => `${row.application}#${row.environment}`);
  return [...groups.values()].flatMap((rows) => {
    const [first] = rows;
    if (first === undefined) return [];
    const reason = [...new Set(rows.map(({ why }) => why))].join('; ');
    return [{ application: first.row.application, environment: first.row.environment, targets: rows.map(({ row }) => row.target), reason, rows }];
  });
}

/** `orders in prod (orders-prod): the environment prod is not registered any more.` */
export const leavingSentence = ({ application, environment, reason, rows }: Pick<ReturnType<typeof grouped>[number], 'application' | 'environment' | 'reason' | 'rows'>): string =>
  `${application} in ${environment} (${rows.map(({ row }) => row.stackName).join(', ')}): ${reason}.`;
