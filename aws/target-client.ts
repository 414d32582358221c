import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { Release, Target } from '../contracts/release.ts';
import type { Purpose } from '../domain/session.ts';
import { cloudFormationFor } from './cloudformation.ts';
import { credentialsFor } from './sts.ts';

interface Visit {
  readonly release: Pick<Release, 'id' | 'application' | 'commit'>;
  readonly environment: string;
  readonly target: Pick<Target, 'account' | 'region' | 'stackName' | 'externalId'>;
  readonly approvers?: readonly string[];
}

/** CloudFormation in a target account, with a session for exactly this stack and purpose. */
export async function clientFor(purpose: Purpose, { release, environment, target, approvers = [] }: Visit): Promise<CloudFormationClient> {
  const context = { release: release.id, environment, application: release.application, commit: release.commit, approvers };
  return cloudFormationFor(await credentialsFor(target, purpose, context), target.region);
}
