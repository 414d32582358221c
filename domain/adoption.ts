import type { Adoption } from '../contracts/adoption.ts';
import type { Deployed } from '../contracts/plan.ts';
import type { Target } from '../contracts/release.ts';
import { oneLine } from './mail.ts';
import { isTaggedFor, notTheirs, ownerTag } from './owner-tags.ts';
import { samePlace } from './removal/left.ts';

interface Owned {
  readonly application: string;
  readonly environment: string;
  readonly branch?: string | undefined;
}

interface Found {
  readonly arn: string;
  readonly status: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly changedAt: string | undefined;
}

interface Asked {
  readonly release: string;
  readonly owned: Owned;
  readonly target: Pick<Target, 'account' | 'region' | 'stackName'>;
  readonly stack: Found;
  /** Only a stack whose first creation failed is deleted and made anew. */
  readonly stillborn: boolean;
  /** Another target of the environment has a stack of the same name. */
  readonly ambiguous: boolean;
  readonly deployed: Pick<Deployed, 'account' | 'region' | 'stackName' | 'stackArn'> | undefined;
  readonly adoption: Adoption | undefined;
}

/** `takes-over`: it is not the application's yet, and a person has let it become so. */
export type Claim = { readonly answer: 'ours' } | { readonly answer: 'refused' | 'takes-over'; readonly sentence: string };

/** Tags may have been taken off by whoever updated the stack by other means; a stack made anew under the name is another one. */
const isNoted = ({ deployed, target, stack }: Asked): boolean => deployed !== undefined && samePlace(deployed, target) && (deployed.stackArn === undefined || deployed.stackArn === stack.arn);

const isAdopted = ({ adoption, owned }: Asked): boolean => adoption?.application === owned.application && adoption.environment === owned.environment;

/** May a release deploy to the stack that is there? What Drawbridge did not deploy becomes an application's only where a person says so. */
export function claimOn(asked: Asked): Claim {
  const { stack, owned } = asked;
  const another = notTheirs(stack.tags, owned) ?? anotherApplication(stack.tags, owned);
  if (another !== undefined) return { answer: 'refused', sentence: another };
  if (isTaggedFor(stack.tags, owned) || isNoted(asked)) return { answer: 'ours' };
  if (asked.stillborn) return { answer: 'refused', sentence: `the stack is in ${stack.status} and was made by other means, so it is not deleted. Delete it in the target account, then retry the release.` };
  return isAdopted(asked) ? { answer: 'takes-over', sentence: takeover(asked) } : { answer: 'refused', sentence: unclaimed(asked) };
}

function anotherApplication(tags: Found['tags'], { application }: Owned): string | undefined {
  const theirs = tags[ownerTag.application];
  if (theirs === undefined || theirs === application) return undefined;
  return `the stack is there already, and its tags say that it belongs to ${theirs}. It is left alone. Give this one another name; if ${theirs} has left the stack, take the tag ${ownerTag.application} off it, then adopt it.`;
}

/** The environment of the same application that its tags name. */
const otherEnvironment = ({ stack: { tags }, owned }: Asked): string | undefined => (tags[ownerTag.application] === owned.application ? tags[ownerTag.environment] : undefined);

function unclaimed(asked: Asked): string {
  const { target, owned, ambiguous, release } = asked;
  const other = otherEnvironment(asked);
  const how = other === undefined ? 'was deployed by other means' : `its tags say that it belongs to ${other}`;
  const where = ambiguous ? ` --account ${target.account} --target-region ${target.region}` : '';
  return `the stack is there already and ${how}. "drawbridge adopt ${target.stackName} ${owned.application} ${owned.environment}${where}" takes it over, then "drawbridge retry ${release}"; its first plan is asked for.`;
}

/** So much of a stack's tags is shown. */
const longestTags = 200;

function takeover(asked: Asked): string {
  const { target, stack, adoption } = asked;
  const other = otherEnvironment(asked);
  const tags = Object.entries(stack.tags).sort(([one], [two]) => (one < two ? -1 : 1)).map(([name, value]) => `${name}=${value}`);
  const facts = [
    ...(stack.changedAt === undefined ? [] : [`last changed on ${stack.changedAt.slice(0, 16).replace('T', ' at ')} UTC`]),
    tags.length === 0 ? 'without tags' : `tagged ${oneLine(tags.join(', '), longestTags)}`,
    ...(adoption === undefined ? [] : [`adopted by ${adoption.by}${adoption.reason === '' ? '' : `: ${oneLine(adoption.reason, longestTags)}`}`]),
  ];
  return `Takes over ${target.stackName}, a stack that ${other === undefined ? 'was deployed by other means' : `belonged to ${other}`}: ${facts.join('; ')}.`.replace(/\.\.$/, '.');
}
