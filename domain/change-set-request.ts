import type { Release, SealedTemplate, Target } from '../contracts/release.ts';
import { ownerTags } from './owner-tags.ts';
import { shortName } from './reference.ts';
import { roleArn } from './session.ts';

/** Derived, so that a repeated task meets its own change set. CloudFormation takes letters, digits and hyphens, at most 128. */
export const changeSetName = (release: string, attempt: string) => `${release}-${attempt}`;

/** The release of a change set by its name, or `undefined` where it has no name as ours have. */
export const releaseOfChangeSet = (name: string): string | undefined => /^([a-z][a-z0-9-]*-\d+-[0-9a-f]{8})-\d+(-\d+)?$/.exec(name)?.[1];

export const isNamedByUs = (name: string): boolean => releaseOfChangeSet(name) !== undefined;

export interface ChangeSetRequest {
  readonly name: string;
  readonly stackName: string;
  readonly operation: 'CREATE' | 'UPDATE';
  readonly templateUrl: string;
  readonly roleArn: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly capabilities: readonly ('CAPABILITY_IAM' | 'CAPABILITY_NAMED_IAM' | 'CAPABILITY_AUTO_EXPAND')[];
  readonly description: string;
}

interface Wanted {
  readonly release: Pick<Release, 'id' | 'application' | 'commit' | 'branch' | 'tag'>;
  readonly template: Pick<SealedTemplate, 'key' | 'region'> & { readonly bucket: string };
  readonly environment: string;
  readonly target: Target;
  readonly attempt: string;
  readonly operation: 'CREATE' | 'UPDATE';
  /** Where the control plane's own artifact bucket is: a template that names no Region lies there. */
  readonly region: string;
}

/** Everything that CloudFormation is asked for one target. */
export function changeSetRequest({ release, template, environment, target, attempt, operation, region }: Wanted): ChangeSetRequest {
  return {
    name: changeSetName(release.id, attempt),
    stackName: target.stackName,
    operation,
    templateUrl: `https://${template.bucket}.s3.${template.region ?? region}.amazonaws.com/${template.key}`,
    roleArn: roleArn(target.account, 'cloudformation'),
    parameters: target.parameters,
    tags: { ...target.tags, ...ownerTags({ application: release.application, environment }) },
    capabilities: target.capabilities,
    description: `Drawbridge: release ${release.id} to ${environment}, commit ${release.commit} of ${shortName(release)}`.slice(0, 1024),
  };
}
