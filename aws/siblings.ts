import type { Deployed } from '../contracts/plan.ts';
import type { Release, Target } from '../contracts/release.ts';
import { type Siblings, siblingsOf } from '../domain/deferral.ts';
import { readDeployed } from './deployed.ts';

interface Place {
  readonly release: Pick<Release, 'id' | 'application'>;
  readonly environment: string;
  readonly target: Pick<Target, 'after' | 'lookups'>;
}

async function readWorking(tableName: string, application: string, environment: string, target: string): Promise<Deployed | undefined> {
  const deployed = await readDeployed(tableName, application, environment, target);
  return deployed?.broken === true ? undefined : deployed;
}

/** What the stacks that come before a target have to give, as they are deployed now. */
export async function readSiblings(tableName: string, { release, environment, target }: Place): Promise<Siblings> {
  const before = await Promise.all(Object.entries(target.after ?? {}).map(async ([stack, name]) => ({ stack, deployed: await readWorking(tableName, release.application, environment, name) })));
  return siblingsOf(release.id, target, before);
}
