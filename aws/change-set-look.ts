import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { changeSetAnswer, needsEvents, nestedChangeSet } from '../domain/change-set-answer.ts';
import type { PlanTemplates } from '../contracts/plan.ts';
import { concernsTemplates } from '../domain/hidden-facts.ts';
import type { DescribedChangeSet } from '../domain/plan.ts';
import { type ChangeSetId, deleteChangeSet } from './change-sets.ts';
import { describeChangeSet } from './described-change-set.ts';
import { failedChecks } from './stack-events.ts';
import { readTemplates } from './templates.ts';

export type Look =
  | { readonly answer: 'pending' | 'gone' | 'no-changes' }
  | { readonly answer: 'ready'; readonly described: DescribedChangeSet; readonly templates: PlanTemplates['stacks'] }
  | { readonly answer: 'failed'; readonly reason: string };

/** Looks at a change set once. One without changes is deleted at once: it can never be executed. */
export async function lookAtChangeSet(client: CloudFormationClient, id: ChangeSetId, operation: 'CREATE' | 'UPDATE'): Promise<Look> {
  const described = await describeChangeSet(client, id);
  if (described === undefined) return { answer: 'gone' };
  const answer = changeSetAnswer(described);
  switch (answer) {
    case 'ready':
      return { answer, described, templates: concernsTemplates(described.changes) ? await readTemplates(client, id.stackName, operation, described) : [] };
    case 'failed':
      return { answer, reason: await reasonOf(client, described) };
    case 'no-changes':
      await deleteChangeSet(client, id);
      return { answer };
    default:
      return { answer };
  }
}

/** The reason of a failed change set, from where CloudFormation keeps it. */
async function reasonOf(client: CloudFormationClient, { arn, reason }: DescribedChangeSet, depth = 3): Promise<string> {
  const nestedArn = nestedChangeSet(reason);
  if (nestedArn !== undefined && depth > 0) {
    const nested = await describeChangeSet(client, { stackName: '', changeSet: nestedArn });
    if (nested !== undefined) return await reasonOf(client, nested, depth - 1);
  }
  if (!needsEvents(reason)) return reason ?? '';
  const checks = await failedChecks(client, arn);
  return checks.length > 0 ? checks.join('; ') : (reason ?? 'CloudFormation gave no reason');
}
