import type { Change, KeptResource, OwnedStore, Plan } from '../../contracts/plan.ts';
import type { Release, Target } from '../../contracts/release.ts';
import { normalise } from '../changes.ts';
import { planDigest, sha256 } from '../digest.ts';
import { roleArn } from '../session.ts';
import { parseTemplate } from '../template-text.ts';
import { type Fate, fateOf, isEmptiedByItself } from './fate.ts';
import { isMapping } from './mapping.ts';

/** A stack as it stands, with what it owns; nested stacks are in a list of their own. */
export interface OwnedStack {
  /** `Nested/` before the logical ids of what is in it. */
  readonly prefix: string;
  readonly template: string;
  readonly resources: readonly { readonly logicalId: string; readonly type: string; readonly physicalId?: string | undefined }[];
}

interface Wanted {
  readonly release: Pick<Release, 'id'>;
  readonly environment: string;
  readonly target: Pick<Target, 'name' | 'account' | 'region' | 'stackName'>;
  readonly attempt: string;
  readonly stackArn: string;
  /** The stack itself first. */
  readonly stacks: readonly OwnedStack[];
}

interface Fated {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId?: string | undefined;
  readonly fate: Fate;
  readonly policy: string;
  readonly emptiesItself: boolean;
}

const nestedType = 'AWS::CloudFormation::Stack';

/** What stays with its stack: a nested one that is kept keeps all that is in it. */
function fatedOf(stacks: readonly OwnedStack[]): Fated[] {
  const kept = new Set<string>();
  return stacks.flatMap(({ prefix, template, resources }) => {
    const declared = parseTemplate(template)?.['Resources'];
    const all = isMapping(declared) ? declared : {};
    const inKept = [...kept].some((outer) => prefix.startsWith(outer));
    return resources.map((resource): Fated => {
      const { fate, policy } = inKept ? { fate: 'retained' as const, policy: 'Retain' } : fateOf(resource.type, all[resource.logicalId]);
      const logicalId = `${prefix}${resource.logicalId}`;
      if (resource.type === nestedType && fate !== 'deleted') kept.add(`${logicalId}/`);
      return { ...resource, logicalId, fate, policy, emptiesItself: isEmptiedByItself(all[resource.logicalId]) };
    });
  });
}

const policyActions: Readonly<Record<Fate, string | undefined>> = { deleted: 'Delete', snapshot: 'Snapshot', retained: 'Retain', unknown: undefined };

const changeOf = ({ logicalId, type, physicalId, fate }: Fated): Change => {
  const policyAction = policyActions[fate];
  return { action: 'Remove', logicalId, type, scope: [], details: [], ...(physicalId === undefined ? {} : { physicalId }), ...(policyAction === undefined ? {} : { policyAction }) };
};

const byName = <T extends { readonly logicalId: string }>(list: readonly T[]): T[] => [...list].sort((a, b) => (a.logicalId < b.logicalId ? -1 : 1));

function storesOf(fated: readonly Fated[]): OwnedStore[] {
  return fated.flatMap(({ logicalId, type, physicalId, fate, emptiesItself }) => {
    // What may be kept is never emptied.
    if (fate !== 'deleted' || physicalId === undefined || emptiesItself) return [];
    return type === 'AWS::S3::Bucket' || type === 'AWS::ECR::Repository' ? [{ logicalId, type, name: physicalId }] : [];
  });
}

/** What deleting the stack would do. Made again of the equal stack it has the equal digest. */
export function makeRemovalPlan({ release, environment, target, attempt, stackArn, stacks }: Wanted): Plan {
  const fated = fatedOf(stacks);
  const kept = byName(fated.filter(({ fate }) => fate === 'retained')).map(({ logicalId, type, physicalId, policy }): KeptResource => ({ logicalId, type, policy, ...(physicalId === undefined ? {} : { physicalId }) }));
  const content = {
    account: target.account,
    region: target.region,
    stackName: target.stackName,
    operation: 'DELETE' as const,
    // Another stack of the same name is another plan.
    templateSha256: sha256([stackArn, ...stacks.map(({ template }) => sha256(template))].join('\n')),
    parameters: {},
    tags: {},
    capabilities: [],
    roleArn: roleArn(target.account, 'cloudformation'),
    changes: normalise(fated.filter(({ fate }) => fate !== 'retained').map(changeOf)),
    outputsOnly: false,
    kept,
    emptied: byName(storesOf(fated)),
  };
  const unsure = fated.filter(({ fate }) => fate === 'unknown');
  return {
    ...content,
    release: release.id,
    environment,
    target: target.name,
    attempt,
    stackArn,
    parameterChanges: [],
    access: [],
    network: [],
    remarks: unsure.map(({ logicalId, type }) => `Cannot say whether ${logicalId} (${type}) is kept: its DeletionPolicy is computed. It is not emptied.`),
    digest: planDigest(content),
  };
}

/** The stacks that go: not what is in a nested one that is kept. */
export const leaving = <Stack extends Pick<OwnedStack, 'prefix'>>({ kept = [] }: Pick<Plan, 'kept'>, stacks: readonly Stack[]): Stack[] =>
  stacks.filter(({ prefix }) => !kept.some(({ type, logicalId }) => type === nestedType && prefix.startsWith(`${logicalId}/`)));

/** `Archive (AWS::S3::Bucket) orders-archive`. */
export const keptLine = ({ logicalId, type, physicalId }: KeptResource): string => `${logicalId} (${type})${physicalId === undefined ? '' : ` ${physicalId}`}`;

/** For the person who decides, after what is deleted. */
export const stayLines = ({ kept = [], emptied = [], remarks }: Pick<Plan, 'kept' | 'emptied' | 'remarks'>): string[] => [
  ...emptied.map(({ logicalId, name }) => `Empties ${logicalId} (${name}) first, with every version in it.`),
  ...kept.map((resource) => `Leaves ${keptLine(resource)} behind: its DeletionPolicy is ${resource.policy}. No stack owns it then.`),
  ...remarks,
];
