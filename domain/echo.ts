import type { Change } from '../contracts/plan.ts';

type Detail = Change['details'][number];

/** Attributes by which a resource is known to others: they stay as long as it does. Any other may change with it. */
const identities = new Set(['ApiId', 'Arn', 'GroupId', 'Id', 'QueueName', 'QueueUrl', 'RoleId']);

/** What a custom resource is called and what it gives out, it says itself, anew each time it is asked. */
const isCustom = (type: string) => type === 'AWS::CloudFormation::CustomResource' || !type.startsWith('AWS::');
/** An output of a nested stack may be anything that is inside it. */
const isStack = (type: string) => type === 'AWS::CloudFormation::Stack';

/** The stack that a resource is in, with the slash. */
const stackOf = ({ logicalId }: Change): string => logicalId.slice(0, logicalId.lastIndexOf('/') + 1);

/** `Table` and `Table.Arn` are of `Table` in the stack of the resource that names them. */
const causing = (change: Change, { cause = '' }: Detail, all: readonly Change[]): Change | undefined => {
  const id = `${stackOf(change)}${cause.split('.')[0] ?? ''}`;
  return all.find(({ logicalId }) => logicalId === id);
};

function stays(change: Change, all: readonly Change[], seen: ReadonlySet<string>): boolean {
  if (change.action !== 'Modify' || seen.has(change.logicalId)) return false;
  return change.replacement === 'False' || follows(change, all, new Set([...seen, change.logicalId]));
}

/** A detail that follows from another resource which stays the one it was: the same value is given again. */
export function isEcho(change: Change, detail: Detail, all: readonly Change[], seen: ReadonlySet<string> = new Set()): boolean {
  const cause = causing(change, detail, all);
  if (cause === undefined || isCustom(cause.type)) return false;
  if (detail.source === 'ResourceReference') return stays(cause, all, seen);
  const attribute = detail.cause?.split('.').slice(1).join('.') ?? '';
  return detail.source === 'ResourceAttribute' && identities.has(attribute) && !isStack(cause.type) && stays(cause, all, seen);
}

/** A change that is none: CloudFormation lists it only because it refers to a resource that changes and stays. */
export function follows(change: Change, all: readonly Change[], seen: ReadonlySet<string> = new Set()): boolean {
  return change.action === 'Modify' && change.replacement !== 'True' && change.details.length > 0 && change.details.every((detail) => isEcho(change, detail, all, seen));
}

/** The resources that a change follows from. */
export const leaders = (change: Change, all: readonly Change[]): Change[] => [...new Set(change.details.flatMap((detail) => causing(change, detail, all) ?? []))];
