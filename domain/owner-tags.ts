/** The longest that a tag's value may be, with these characters (AWS General Reference, "Tagging AWS resources"; STS API: Tag). */
const longest = 256;
export const tagValue = (text: string): string => text.replaceAll(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, '-').slice(0, longest);

interface Owned {
  readonly application: string;
  readonly environment: string;
  /** Who is registered as the application's owner. */
  readonly owner?: string | undefined;
  /** Whose environment it is, where it is a branch environment. */
  readonly branch?: string | undefined;
}

/** The names of the tags by which a machine tells whose a stack is. */
export const ownerTag = { application: 'drawbridge:application', environment: 'drawbridge:environment', owner: 'drawbridge:owner', branch: 'drawbridge:branch' } as const;

/** Its own tags say that a stack is this application's in this environment. */
export const isTaggedFor = (tags: Readonly<Record<string, string>>, { application, environment }: Pick<Owned, 'application' | 'environment'>): boolean => tags[ownerTag.application] === application && tags[ownerTag.environment] === environment;

/**
 * Whose a stack is, for bills and for sweeps. Release, commit and expiry are not among them: CloudFormation hands a
 * stack's tags on to its resources, so each release would change all of them and none could ever be without changes.
 */
export function ownerTags({ application, environment, owner, branch }: Owned): Record<string, string> {
  return {
    [ownerTag.application]: application,
    [ownerTag.environment]: environment,
    ...(owner === undefined ? {} : { [ownerTag.owner]: owner }),
    ...(branch === undefined ? {} : { [ownerTag.branch]: tagValue(branch) }),
  };
}

/**
 * Why a stack that is there already may not be deployed to, or `undefined` when it may. The stack of a branch's
 * environment is removed by a machine, so it must never have been anybody else's, nor become so.
 * @param tags of the stack, or `undefined` when there is none
 */
export function notTheirs(tags: Readonly<Record<string, string>> | undefined, { application, environment, branch }: Owned): string | undefined {
  if (tags === undefined || (branch === undefined && tags[ownerTag.branch] === undefined)) return undefined;
  const wanted = ownerTags({ application, environment, branch });
  if (Object.values(ownerTag).every((name) => name === ownerTag.owner || tags[name] === wanted[name])) return undefined;
  const theirs = tags[ownerTag.environment];
  const whose = theirs === undefined ? 'was not made by Drawbridge for this branch' : `belongs to ${theirs} of ${tags[ownerTag.application] ?? 'another application'}`;
  return `the stack is there already and ${whose}. What is in a branch environment is removed by a machine, so it shares no stack with anything else; give it another name.`;
}
