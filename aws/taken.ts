import type { Release, Target } from '../contracts/release.ts';
import { type Taken, takenOf } from '../domain/taken.ts';
import { readDeployed } from './deployed.ts';

interface Taker {
  readonly release: Pick<Release, 'application'>;
  readonly target: Pick<Target, 'takes'>;
}

/** The outputs of earlier environments that a target takes, as we keep them of what is deployed there now. */
export async function readTaken(tableName: string, { release, target }: Taker): Promise<Taken> {
  const id = (environment: string, name: string) => `${environment}#${name}`;
  const places = new Map(Object.values(target.takes ?? {}).map((place) => [id(place.environment, place.target), place]));
  const deployed = new Map(await Promise.all([...places].map(async ([key, place]) => [key, await readDeployed(tableName, release.application, place.environment, place.target)] as const)));
  return takenOf(target, (environment, name) => deployed.get(id(environment, name)));
}
