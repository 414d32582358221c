import type { Place } from '../../contracts/doctor.ts';
import { bad, type Check, good, remark, unknown } from './check.ts';

export type { Place };

/** How an attempt ended that IAM decides. */
export type Attempt = { readonly allowed: true } | { readonly allowed: false; readonly because: string };

const targetStack = 'the stack drawbridge-target (infra/target-account.yaml)';

export const planRole: Check<Attempt, Place> = {
  what: 'the plan role can be assumed',
  why: 'Nothing can be planned here without it.',
  todo: ({ account, externalId }) => `Deploy ${targetStack} in account ${account} with ExternalId=${externalId} and the id of the tools account as ToolsAccountId.`,
  judge: (attempt, { account }) => (attempt.allowed ? good(`drawbridge-plan in ${account}`) : bad(`drawbridge-plan in ${account} is missing or does not trust Drawbridge with the registered external id: ${attempt.because}`)),
};

/** A refusal proves something only where the same role lets the right external id in. */
export interface Refusal {
  readonly withRight: boolean;
  readonly withThis: boolean;
}

const guard = (what: string, how: string): Check<Refusal, Place> => ({
  what,
  why: 'Otherwise whoever can make the tools account act for them reaches this account too: the confused deputy.',
  todo: ({ account, externalId }) => `Deploy ${targetStack} in account ${account} again; the trust policy of drawbridge-plan must demand sts:ExternalId to equal ${externalId}, in every statement that allows sts:AssumeRole.`,
  judge: ({ withRight, withThis }, { account }) => {
    if (withThis) return bad(`drawbridge-plan in ${account} can be assumed ${how}`);
    return withRight ? good('refused, as it must be') : unknown('cannot be known while the role cannot be assumed at all');
  },
});

export const demandsExternalId = guard('the plan role is closed without an external id', 'without any external id');
export const demandsRightExternalId = guard('the plan role is closed to a wrong external id', 'with a wrong external id');

export type Reading = { readonly read: boolean } | { readonly refused: string } | 'no bucket';

export const artifactsReadable: Check<Reading, Place> = {
  what: 'sealed artifacts can be read and decrypted',
  why: 'CloudFormation reads templates and code in the name of this account’s roles.',
  todo: ({ account, region }) => `Add ${account} to TargetAccountIds of the control plane’s stack, and give ${targetStack} there the control plane’s outputs ArtifactBucketArn and ArtifactKeyArn. Where the control plane is in another Region than ${region}, it is infra/artifact-region.yaml there in the tools account that has TargetAccountIds, and whose outputs both stacks take as RegionalArtifactBucketArns and RegionalArtifactKeyArns.`,
  judge: (reading, { region }) => {
    if (reading === 'no bucket') return bad(`there is no artifact bucket in ${region}`);
    if ('refused' in reading) return bad(reading.refused);
    return reading.read ? good('a test object was read') : bad('the test object is not what was written');
  },
};

export const roomForStacks: Check<{ readonly used: number; readonly limit: number }, Place> = {
  what: 'there is room for stacks',
  why: 'A new application or a nested stack fails when the account has as many stacks as it may.',
  todo: ({ account }) => `Ask for more in the Service Quotas console of ${account}, AWS CloudFormation, "Stack count", or remove what nobody needs.`,
  judge: ({ used, limit }) => {
    const says = `${String(used)} of ${String(limit)}`;
    if (used >= limit) return bad(says);
    return used >= limit * 0.9 ? remark(says) : good(says);
  },
};
