import { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import type { Release, Target } from '../contracts/release.ts';
import type { Purpose } from '../domain/session.ts';
import { retries } from './once.ts';
import { credentialsFor } from './sts.ts';

interface Visit {
  readonly release: Pick<Release, 'id' | 'application' | 'commit'>;
  readonly environment: string;
  readonly target: Pick<Target, 'account' | 'region' | 'stackName' | 'codeDeploy' | 'externalId'>;
  readonly approvers?: readonly string[];
}

/** CodeDeploy in a target account, with a session for exactly this group and purpose. */
export async function codeDeployFor(purpose: Purpose, { release, environment, target, approvers = [] }: Visit): Promise<CodeDeployClient> {
  const context = { release: release.id, environment, application: release.application, commit: release.commit, approvers };
  return new CodeDeployClient({ ...retries, region: target.region, credentials: { ...(await credentialsFor(target, purpose, context)) } });
}
