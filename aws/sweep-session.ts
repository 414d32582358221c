import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { Place } from '../contracts/doctor.ts';
import { roleArn, sessionTags } from '../domain/session.ts';
import { sweepPolicy } from '../domain/sweep/session.ts';
import { shellPolicy } from '../domain/sweep/shells.ts';
import { cloudFormationFor } from './cloudformation.ts';
import { assumeRole } from './sts.ts';

const tags = sessionTags({ release: 'sweep', environment: 'sweep', application: 'sweep', commit: 'none' });

async function sessionIn({ account, region, externalId }: Place, purpose: 'plan' | 'execute', policy: string, about = ''): Promise<CloudFormationClient> {
  const role = roleArn(account, purpose);
  return cloudFormationFor(await assumeRole(`assuming ${role}${about}`, { RoleArn: role, RoleSessionName: 'sweep', Policy: policy, ExternalId: externalId, Tags: tags }), region);
}

/** A session in a target account that reads stacks and nothing else. */
export const sweepingIn = (place: Place): Promise<CloudFormationClient> => sessionIn(place, 'plan', sweepPolicy(place.account));

/** A session in a target account that can delete this one stack and nothing else. */
export const removingShellIn = (place: Place, stackArn: string): Promise<CloudFormationClient> => sessionIn(place, 'execute', shellPolicy(stackArn), ` for ${stackArn}`);
