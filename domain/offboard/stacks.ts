import { ownerTag } from '../owner-tags.ts';

/** The output by which a stack of Drawbridge's own templates says what it is. */
export const partOutput = 'DrawbridgePart';

export type Part = 'control-plane' | 'application' | 'target-account' | 'target-region' | 'artifact-region';

/** A stack as it was found in an account. */
export interface FoundStack {
  readonly arn: string;
  readonly name: string;
  readonly status: string;
  readonly account: string;
  readonly region: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly terminationProtection: boolean;
}

/** The control plane that is spoken of; another one may share its accounts. */
export interface ControlPlane {
  readonly stack: FoundStack;
  readonly busArn: string;
  readonly artifactBucket: string;
}

/** @returns `undefined` when the stack is no control plane */
export function controlPlaneOf(stack: FoundStack): ControlPlane | undefined {
  const { [partOutput]: part, BusArn: busArn, ArtifactBucket: artifactBucket } = stack.outputs;
  return part === 'control-plane' && busArn !== undefined && artifactBucket !== undefined ? { stack, busArn, artifactBucket } : undefined;
}

const tied: Readonly<Record<string, { readonly part: Part; readonly parameter: string; readonly to: 'busArn' | 'artifactBucket' }>> = {
  application: { part: 'application', parameter: 'ArtifactBucket', to: 'artifactBucket' },
  'target-account': { part: 'target-account', parameter: 'ToolsBusArn', to: 'busArn' },
  'target-region': { part: 'target-region', parameter: 'ToolsBusArn', to: 'busArn' },
  'artifact-region': { part: 'artifact-region', parameter: 'HomeBucket', to: 'artifactBucket' },
};

/**
 * Which part of this control plane a stack is, or `undefined`: a stack is ours only where its own template says so and it
 * was made for this control plane and no other.
 */
export function partOf(stack: FoundStack, control: ControlPlane): Part | undefined {
  if (stack.arn === control.stack.arn) return 'control-plane';
  const claim = tied[stack.outputs[partOutput] ?? ''];
  return claim !== undefined && stack.parameters[claim.parameter] === control[claim.to] ? claim.part : undefined;
}

/** Whose a deployed stack is by its tags, or `undefined` where it is nobody's that Drawbridge knows. */
export function deployedFor({ tags }: Pick<FoundStack, 'tags'>): { readonly application: string; readonly environment: string } | undefined {
  const application = tags[ownerTag.application];
  return application === undefined ? undefined : { application, environment: tags[ownerTag.environment] ?? 'no environment' };
}

const listed = (text: string | undefined): string[] => (text ?? '').split(',').filter((it) => it !== '');

/** The target accounts that a control plane was deployed for. */
export const accountsOf = ({ stack }: ControlPlane): string[] => listed(stack.parameters['TargetAccountIds']);

/** The other Regions that it has a bucket in: each is named after the home bucket and the Region. */
export const regionsOf = ({ stack, artifactBucket }: Pick<ControlPlane, 'stack' | 'artifactBucket'>): string[] =>
  listed(stack.parameters['RegionalArtifactBucketArns']).flatMap((arn) => {
    const name = arn.split(':::')[1] ?? '';
    return name.startsWith(`${artifactBucket}-`) ? [name.slice(artifactBucket.length + 1)] : [];
  });
