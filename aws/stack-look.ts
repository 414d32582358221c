import { type CloudFormationClient, ListChangeSetsCommand, ListStackResourcesCommand, ListStacksCommand, StackStatus, type StackSummary } from '@aws-sdk/client-cloudformation';
import type { Place } from '../contracts/doctor.ts';
import type { FoundStack, FoundStacks } from '../contracts/sweep.ts';
import { isNamedByUs } from '../domain/change-set-request.ts';
import { AccessDeniedError } from '../domain/errors.ts';
import { ownerTag } from '../domain/owner-tags.ts';
import { roleArn, sessionTags } from '../domain/session.ts';
import { sweepPolicy } from '../domain/sweep/session.ts';
import { cloudFormationFor, describeStack } from './cloudformation.ts';
import { calling } from './errors.ts';
import { pages } from './pages.ts';
import { assumeRole } from './sts.ts';

/** Each unknown stack costs a call, and CloudFormation takes few of them a second. */
const mostStacks = 200;

/** What is being deleted goes by itself. */
const there = Object.values(StackStatus).filter((status) => !status.startsWith('DELETE_') || status === 'DELETE_FAILED');

/** A session in a target account that reads stacks and nothing else. */
export async function sweepingIn({ account, region, externalId }: Place): Promise<CloudFormationClient> {
  const tags = sessionTags({ release: 'sweep', environment: 'sweep', application: 'sweep', commit: 'none' });
  const credentials = await assumeRole(`assuming ${roleArn(account, 'plan')}`, { RoleArn: roleArn(account, 'plan'), RoleSessionName: 'sweep', Policy: sweepPolicy(account), ExternalId: externalId, Tags: tags });
  return cloudFormationFor(credentials, region);
}

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

async function ours(client: CloudFormationClient, { StackName: stackName = '', StackStatus: status, CreationTime }: StackSummary): Promise<FoundStack | undefined> {
  const about = { stackName, status: status ?? '', createdAt: (CreationTime ?? new Date(0)).toISOString() };
  try {
    const stack = await describeStack(client, stackName);
    const [application, environment] = [stack?.tags[ownerTag.application], stack?.tags[ownerTag.environment]];
    const tagged = { ...about, ...(application === undefined ? {} : { application }), ...(environment === undefined ? {} : { environment }) };
    if (status === 'REVIEW_IN_PROGRESS') return application !== undefined || (await onlyOurs(client, stackName)) ? { ...tagged, types: [] } : undefined;
    return application === undefined ? undefined : { ...tagged, types: await typesIn(client, stackName) };
  } catch (error) {
    // What the role may not look at has a name that is not ours to use.
    if (error instanceof AccessDeniedError) return undefined;
    throw error;
  }
}

async function onlyOurs(client: CloudFormationClient, StackName: string): Promise<boolean> {
  const { Summaries = [] } = await calling(`listing the change sets of ${StackName}`, () => client.send(new ListChangeSetsCommand({ StackName })));
  return Summaries.length > 0 && Summaries.every(({ ChangeSetName = '' }) => isNamedByUs(ChangeSetName));
}

async function typesIn(client: CloudFormationClient, StackName: string): Promise<string[]> {
  const types = new Set<string>();
  const list = (NextToken: string | undefined) => calling(`listing what ${StackName} holds`, () => client.send(new ListStackResourcesCommand({ StackName, NextToken })));
  for await (const { StackResourceSummaries = [] } of pages(list, ({ NextToken }) => NextToken)) for (const { ResourceType = '' } of StackResourceSummaries) types.add(ResourceType);
  return [...types].sort();
}
