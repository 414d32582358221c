import type { Deployed } from '../contracts/plan.ts';
import type { Release, ResolvedEnvironment, Target } from '../contracts/release.ts';

/** What is noted of a target that a release is deployed to: enough to find it again when no file names it any more. */
export function deployedIn(
  { application, id, commit, branch, tag, sequence }: Pick<Release, 'application' | 'id' | 'commit' | 'branch' | 'tag' | 'sequence'>,
  { name: environment, registered }: Pick<ResolvedEnvironment, 'name' | 'registered'>,
  { name: target, account, accountName, externalId, region, stackName, wave, codeDeploy }: Pick<Target, 'name' | 'account' | 'accountName' | 'externalId' | 'region' | 'stackName' | 'wave' | 'codeDeploy'>,
): Omit<Deployed, 'fence' | 'deployedAt' | 'outputs' | 'steps' | 'stackArn'> {
  return { application, environment, target, account, accountName, externalId, region, stackName, wave, codeDeploy, registered, release: id, commit, branch, tag, sequence };
}
