import type { RevisionPlan } from '../contracts/plan.ts';
import type { Artifact, Release, Target } from '../contracts/release.ts';
import type { FactCount } from '../contracts/verdict.ts';
import { nameOfGroup } from './code-deploy.ts';
import { canonical, sha256 } from './digest.ts';
import { ConfigurationError, InvalidInputError } from './errors.ts';

export type Revision = NonNullable<Artifact['revision']>;
type GroupTarget = Target & { readonly codeDeploy: NonNullable<Target['codeDeploy']> };

/** A deployment group as it stands. */
export interface GroupLook {
  readonly deploymentConfig: string;
  readonly computePlatform: string;
  /** The revision of the last deployment that succeeded. */
  readonly revision: { readonly bucket: string; readonly key: string } | { readonly appSpec: string } | { readonly other: string } | undefined;
  /** The last attempt was that one: nothing failed or began since. */
  readonly settled: boolean;
  readonly running: boolean;
}

export function groupOf(target: Target): GroupTarget {
  if (target.codeDeploy === undefined) throw new ConfigurationError(`Deploying to ${target.stackName}: the target is no deployment group. The workflow and the record do not agree; retry the release.`);
  return { ...target, codeDeploy: target.codeDeploy };
}

/** @throws InvalidInputError when the build makes none */
export function revisionOf({ id, artifact }: Pick<Release, 'id' | 'artifact'>, target: GroupTarget): Revision {
  if (artifact?.revision !== undefined) return artifact.revision;
  throw new InvalidInputError(`Planning ${nameOfGroup(target.codeDeploy)}: the build of ${id} makes no revision for CodeDeploy. Say build: { kind: codedeploy, revision: FOLDER } in drawbridge.yaml, or register a stack as the target.`);
}

/** Ours lie under their SHA-256. */
function nameOf(revision: GroupLook['revision'], bucket: string): string | undefined {
  if (revision === undefined) return undefined;
  if ('other' in revision) return revision.other;
  if ('appSpec' in revision) return sha256(revision.appSpec);
  const ours = /^sealed\/[^/]+\/([0-9a-f]{64})$/.exec(revision.key)?.[1];
  return revision.bucket === bucket && ours !== undefined ? ours : `s3://${revision.bucket}/${revision.key}`;
}

interface Wanted {
  readonly release: Pick<Release, 'id'>;
  readonly environment: string;
  readonly target: GroupTarget;
  readonly attempt: string;
  readonly bucket: string;
  readonly revision: Revision;
}

/**
 * The plan that the group's state stands for; made again of the equal state it has the equal digest.
 * @throws InvalidInputError for a group that takes no such revision
 */
export function makeRevisionPlan({ release, environment, target, attempt, bucket, revision }: Wanted, group: GroupLook): RevisionPlan {
  const made = revision.appSpec === undefined ? 'Server' : 'Lambda';
  if (group.computePlatform !== made) {
    throw new InvalidInputError(`Planning ${nameOfGroup(target.codeDeploy)}: the group deploys to ${group.computePlatform}, and the appspec.yml of ${release.id} is one for ${made}. Correct appspec.yml, or register another group; there is no way to ECS.`);
  }
  const before = nameOf(group.revision, bucket);
  const content = {
    account: target.account,
    region: target.region,
    codeDeploy: target.codeDeploy,
    revision: { ...(before === undefined ? {} : { before }), after: revision.appSpec === undefined ? revision.sha256 : sha256(revision.appSpec) },
    deploymentConfig: group.deploymentConfig,
  };
  return { ...content, release: release.id, environment, target: target.name, attempt, digest: sha256(canonical(content)) };
}

/** The group has exactly this revision, and nothing was attempted since. */
export const isThereAlready = ({ revision }: Pick<RevisionPlan, 'revision'>, { settled }: Pick<GroupLook, 'settled'>): boolean => settled && revision.before === revision.after;

/** What CloudFormation would call it too: the property Deployment of the group, by which only the code that runs is exchanged. */
export const factsOfRevision: readonly FactCount[] = [{ kind: 'code', type: 'AWS::CodeDeploy::DeploymentGroup', count: 1 }];

const short = (name: string): string => (/^[0-9a-f]{64}$/.test(name) ? name.slice(0, 12) : name);

/** `revision 0a1b2c3d4e5f in place of 5f4e3d2c1b0a`. */
export const revisionSentence = ({ before, after }: RevisionPlan['revision']): string =>
  before === undefined ? `revision ${short(after)}, the first` : before === after ? `revision ${short(after)} once more` : `revision ${short(after)} in place of ${short(before)}`;
