import type { Target } from '../../contracts/release.ts';
import { isTaggedFor, ownerTag } from '../owner-tags.ts';

interface Found {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly terminationProtection: boolean;
}

interface Owner {
  readonly application: string;
  readonly environment: string;
  readonly target: Pick<Target, 'stackName' | 'account' | 'region'>;
}

/**
 * Why a stack that is there must not be deleted, or `undefined`. Its own tags say whose it is: our records may be older
 * than what somebody did to it by other means.
 */
export function mustStay({ tags, terminationProtection }: Found, { application, environment, target: { stackName, account, region } }: Owner): string | undefined {
  const doing = `Removing ${stackName} in ${account}, ${region}`;
  if (!isTaggedFor(tags, { application, environment })) {
    const theirs = tags[ownerTag.application];
    const whose = theirs === undefined ? 'nobody that Drawbridge knows' : `${theirs} in ${tags[ownerTag.environment] ?? 'no environment'}`;
    return `${doing}: its tags say that it belongs to ${whose}, not to ${application} in ${environment}. It is left alone. Look at the tags ${ownerTag.application} and ${ownerTag.environment} of the stack.`;
  }
  if (terminationProtection) {
    return `${doing}: its termination protection is on, so nothing of it was touched. Switch it off (aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${stackName} --region ${region}, in ${account}), then retry the release.`;
  }
  return undefined;
}
