import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { Place } from '../contracts/doctor.ts';
import { roleArn, sessionTags } from '../domain/session.ts';
import { shellPolicy } from '../domain/sweep/shells.ts';
import { cloudFormationFor } from './cloudformation.ts';
import { assumeRole } from './sts.ts';

/** A session in a target account that can delete this one stack and nothing else. */
export async function removingShellIn({ account, region, externalId }: Place, stackArn: string): Promise<CloudFormationClient> {
  const role = roleArn(account, 'execute');
  const tags = sessionTags({ release: 'sweep', environment: 'sweep', application: 'sweep', commit: 'none' });
  return cloudFormationFor(await assumeRole(`assuming ${role} for ${stackArn}`, { RoleArn: role, RoleSessionName: 'sweep', Policy: shellPolicy(stackArn), ExternalId: externalId, Tags: tags }), region);
}
