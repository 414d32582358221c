import type { Target } from '../../contracts/release.ts';

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
  const [ofApplication, ofEnvironment] = [tags['drawbridge:application'], tags['drawbridge:environment']];
  if (ofApplication !== application || ofEnvironment !== environment) {
    const whose = ofApplication === undefined ? 'nobody that Drawbridge knows' : `${ofApplication} in ${ofEnvironment ?? 'no environment'}`;
    return `${doing}: its tags say that it belongs to ${whose}, not to ${application} in ${environment}. It is left alone. Look at the tags drawbridge:application and drawbridge:environment of the stack.`;
  }
  if (terminationProtection) {
    return `${doing}: its termination protection is on, so nothing of it was touched. Switch it off (aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${stackName} --region ${region}, in ${account}), then retry the release.`;
  }
  return undefined;
}
