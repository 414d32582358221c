import { CloudFormationClient, DescribeStackEventsCommand, DescribeStacksCommand, ListStackResourcesCommand, ListStacksCommand, type Stack, StackStatus } from '@aws-sdk/client-cloudformation';
import type { FoundStack } from '../domain/offboard/stacks.ts';
import { calling } from './errors.ts';
import { pages } from './pages.ts';
import { type Access, clientOptions } from './person.ts';

export const cloudFormationOf = (access: Access, region: string): CloudFormationClient => new CloudFormationClient(clientOptions(access, region));

const pairs = <T>(list: readonly T[] | undefined, pair: (it: T) => readonly [string | undefined, string | undefined]): Record<string, string> =>
  Object.fromEntries((list ?? []).map(pair).map(([key = '', value = '']) => [key, value]));

/** What a stack's ARN says of where it is: `arn:aws:cloudformation:<region>:<account>:stack/…`. */
function found(stack: Stack): FoundStack {
  const arn = stack.StackId ?? '';
  const [, , , region = '', account = ''] = arn.split(':');
  return {
    arn,
    name: stack.StackName ?? '',
    status: stack.StackStatus ?? '',
    account,
    region,
    outputs: pairs(stack.Outputs, ({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
    parameters: pairs(stack.Parameters, ({ ParameterKey, ParameterValue }) => [ParameterKey, ParameterValue]),
    tags: pairs(stack.Tags, ({ Key, Value }) => [Key, Value]),
    terminationProtection: stack.EnableTerminationProtection === true,
  };
}

/** Every stack that is in an account and Region; nested ones belong to their parents. */
export async function listStacks(access: Access, region: string): Promise<FoundStack[]> {
  const client = cloudFormationOf(access, region);
  const list = (NextToken: string | undefined) => calling(`listing the stacks in ${region}`, () => client.send(new DescribeStacksCommand({ NextToken })));
  const stacks: FoundStack[] = [];
  for await (const { Stacks = [] } of pages(list, ({ NextToken }) => NextToken)) stacks.push(...Stacks.filter(({ ParentId }) => ParentId === undefined || ParentId === '').map(found));
  return stacks;
}

/** The newest deleted stack of a name; CloudFormation tells of it for 90 days (API: ListStacks). */
export async function findDeleted(access: Access, region: string, name: string): Promise<FoundStack | undefined> {
  const client = cloudFormationOf(access, region);
  const list = (NextToken: string | undefined) => calling(`listing deleted stacks in ${region}`, () => client.send(new ListStacksCommand({ StackStatusFilter: [StackStatus.DELETE_COMPLETE], NextToken })));
  let newest: { arn: string; at: number } | undefined;
  for await (const { StackSummaries = [] } of pages(list, ({ NextToken }) => NextToken)) {
    for (const { StackName, StackId = '', DeletionTime, CreationTime } of StackSummaries) {
      const at = (DeletionTime ?? CreationTime ?? new Date(0)).getTime();
      if (StackName === name && (newest === undefined || at > newest.at)) newest = { arn: StackId, at };
    }
  }
  if (newest === undefined) return undefined;
  const { arn } = newest;
  const { Stacks: [stack] = [] } = await calling(`looking at the deleted stack ${name}`, () => client.send(new DescribeStacksCommand({ StackName: arn })));
  return stack === undefined ? undefined : found(stack);
}

/** What a stack has made, by its logical ids; of a deleted one what it left behind. */
export async function resourcesIn(access: Access, { arn, region, name, status }: Pick<FoundStack, 'arn' | 'region' | 'name' | 'status'>): Promise<ReadonlyMap<string, string>> {
  const client = cloudFormationOf(access, region);
  const doing = `listing what is in the stack ${name}`;
  if (status !== 'DELETE_COMPLETE') {
    const list = (NextToken: string | undefined) => calling(doing, () => client.send(new ListStackResourcesCommand({ StackName: arn, NextToken })));
    const ids = new Map<string, string>();
    for await (const { StackResourceSummaries = [] } of pages(list, ({ NextToken }) => NextToken)) for (const it of StackResourceSummaries) if (it.PhysicalResourceId !== undefined) ids.set(it.LogicalResourceId ?? '', it.PhysicalResourceId);
    return ids;
  }
  const events = (NextToken: string | undefined) => calling(doing, () => client.send(new DescribeStackEventsCommand({ StackName: arn, NextToken })));
  const left = new Map<string, string>();
  for await (const { StackEvents = [] } of pages(events, ({ NextToken }) => NextToken)) for (const it of StackEvents) if (it.ResourceStatus === 'DELETE_SKIPPED' && it.PhysicalResourceId !== undefined) left.set(it.LogicalResourceId ?? '', it.PhysicalResourceId);
  return left;
}
