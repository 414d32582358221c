import { type CloudFormationClient, DescribeChangeSetCommand, ListStackResourcesCommand, ListStacksCommand, StackStatus, type StackSummary } from '@aws-sdk/client-cloudformation';
import type { FoundStack, FoundStacks } from '../contracts/sweep.ts';
import { isNamedByUs } from '../domain/change-set-request.ts';
import { AccessDeniedError } from '../domain/errors.ts';
import { ownerTag } from '../domain/owner-tags.ts';
import { changeSetsOf } from './change-sets.ts';
import { describeStack } from './cloudformation.ts';
import { calling } from './errors.ts';
import { pages } from './pages.ts';

/** Each unknown stack costs a call, and CloudFormation takes few of them a second. */
const mostStacks = 200;

/** What is being deleted goes by itself. */
const there = Object.values(StackStatus).filter((status) => !status.startsWith('DELETE_') || status === 'DELETE_FAILED');

/** Stacks that carry our tags, or hold only a change set of ours, and that are not among those known. */
export async function lookForStacks(client: CloudFormationClient, known: ReadonlySet<string>): Promise<FoundStacks> {
  const unknown: StackSummary[] = [];
  const list = (NextToken: string | undefined) => calling('listing stacks', () => client.send(new ListStacksCommand({ StackStatusFilter: there, NextToken })));
  for await (const { StackSummaries = [] } of pages(list, ({ NextToken }) => NextToken)) {
    unknown.push(...StackSummaries.filter(({ StackName = '', ParentId, RootId }) => ParentId === undefined && RootId === undefined && !known.has(StackName)));
  }
  const stacks: FoundStack[] = [];
  for (const summary of unknown.slice(0, mostStacks)) {
    const found = await ours(client, summary);
    if (found !== undefined) stacks.push(found);
  }
  return { stacks, cut: unknown.length > mostStacks };
}

async function ours(client: CloudFormationClient, { StackName: stackName = '', StackId: stackArn = '', StackStatus: status, CreationTime, LastUpdatedTime }: StackSummary): Promise<FoundStack | undefined> {
  const changedAt = LastUpdatedTime === undefined ? {} : { changedAt: LastUpdatedTime.toISOString() };
  const about = { stackName, stackArn, status: status ?? '', createdAt: (CreationTime ?? new Date(0)).toISOString(), ...changedAt };
  try {
    const stack = await describeStack(client, stackName);
    const tags = stack?.tags ?? {};
    if (status === 'REVIEW_IN_PROGRESS') return await shell(client, about, tags);
    return tags[ownerTag.application] === undefined ? undefined : { ...about, ...whose(tags), types: await typesIn(client, stackName) };
  } catch (error) {
    // What the role may not look at has a name that is not ours to use.
    if (error instanceof AccessDeniedError) return undefined;
    throw error;
  }
}

function whose(tags: Readonly<Record<string, string>>): Pick<FoundStack, 'application' | 'environment' | 'branch'> {
  const { [ownerTag.application]: application, [ownerTag.environment]: environment, [ownerTag.branch]: branch } = tags;
  return { ...(application === undefined ? {} : { application }), ...(environment === undefined ? {} : { environment }), ...(branch === undefined ? {} : { branch }) };
}

/** An empty stack that our change sets made. It takes its tags with the first that is executed, so until then those of its change sets say whose it is. */
async function shell(client: CloudFormationClient, about: Omit<FoundStack, 'types'>, tags: Readonly<Record<string, string>>): Promise<FoundStack | undefined> {
  const changeSets = await changeSetsOf(client, about.stackArn);
  const tagged = tags[ownerTag.application] !== undefined;
  const [first] = changeSets;
  if (!tagged && (first === undefined || !changeSets.every(isNamedByUs))) return undefined;
  const all = tagged ? [tags] : await Promise.all(changeSets.map((name) => tagsOf(client, about.stackArn, name)));
  const [one = {}, ...others] = all.map((it) => whose(it));
  const agreed = others.every((it) => it.application === one.application && it.environment === one.environment);
  return { ...about, ...(agreed ? one : {}), types: [], changeSets };
}

async function tagsOf(client: CloudFormationClient, StackName: string, ChangeSetName: string): Promise<Record<string, string>> {
  const { Tags = [] } = await calling(`looking at the change set ${ChangeSetName}`, () => client.send(new DescribeChangeSetCommand({ StackName, ChangeSetName })));
  return Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}

async function typesIn(client: CloudFormationClient, StackName: string): Promise<string[]> {
  const types = new Set<string>();
  const list = (NextToken: string | undefined) => calling(`listing what ${StackName} holds`, () => client.send(new ListStackResourcesCommand({ StackName, NextToken })));
  for await (const { StackResourceSummaries = [] } of pages(list, ({ NextToken }) => NextToken)) for (const { ResourceType = '' } of StackResourceSummaries) types.add(ResourceType);
  return [...types].sort();
}
