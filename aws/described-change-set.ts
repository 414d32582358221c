import { type Change as SdkChange, type CloudFormationClient, DescribeChangeSetCommand, type DescribeChangeSetOutput } from '@aws-sdk/client-cloudformation';
import type { Change } from '../contracts/plan.ts';
import { isIncomplete } from '../domain/change-set-answer.ts';
import { mergeByLogicalId } from '../domain/changes.ts';
import type { DescribedChangeSet } from '../domain/plan.ts';
import type { ChangeSetId } from './change-sets.ts';
import { calling, isNamed } from './errors.ts';

const isGone = (error: unknown) =>
  isNamed(error, 'ChangeSetNotFoundException', 'ChangeSetNotFound') || (isNamed(error, 'ValidationError') && error.message.includes('does not exist'));

/** Every page: CloudFormation cuts at 1 MB, in the middle of the list of changes. */
async function pages(client: CloudFormationClient, { stackName, changeSet }: ChangeSetId, values: boolean) {
  const changes: SdkChange[] = [];
  let first: DescribeChangeSetOutput | undefined;
  let incomplete = false;
  let next: string | undefined;
  do {
    const page: DescribeChangeSetOutput = await calling(`looking at the change set ${changeSet}`, () =>
      client.send(
        new DescribeChangeSetCommand({
          // Of a nested stack that is not made yet the ARN of its change set is all there is.
          ...(stackName === '' ? {} : { StackName: stackName }),
          ChangeSetName: changeSet,
          ...(values ? { IncludePropertyValues: true } : {}),
          ...(next === undefined ? {} : { NextToken: next }),
        }),
      ),
    );
    first ??= page;
    incomplete ||= isIncomplete(page.StatusReason);
    changes.push(...(page.Changes ?? []));
    next = page.NextToken;
  } while (next !== undefined && next !== '');
  return { first, changes, incomplete };
}

/** Property values are asked for, because they make the details finer, and dropped here: they may be secret. */
function toChange(prefix: string, { ResourceChange: change }: SdkChange): Change[] {
  if (change === undefined) return [];
  return [
    {
      action: change.Action ?? 'Dynamic',
      logicalId: `${prefix}${change.LogicalResourceId ?? ''}`,
      ...(change.PhysicalResourceId === undefined ? {} : { physicalId: change.PhysicalResourceId }),
      type: change.ResourceType ?? '',
      ...(change.Replacement === undefined ? {} : { replacement: change.Replacement }),
      ...(change.PolicyAction === undefined ? {} : { policyAction: change.PolicyAction }),
      scope: change.Scope ?? [],
      details: (change.Details ?? []).map(({ Target, Evaluation, ChangeSource, CausingEntity }) => ({
        attribute: Target?.Attribute ?? '',
        ...(Target?.Name === undefined ? {} : { name: Target.Name }),
        ...(Target?.RequiresRecreation === undefined ? {} : { recreation: Target.RequiresRecreation }),
        ...(Evaluation === undefined ? {} : { evaluation: Evaluation }),
        ...(ChangeSource === undefined ? {} : { source: ChangeSource }),
        ...(CausingEntity === undefined ? {} : { cause: CausingEntity }),
      })),
    },
  ];
}

async function changesOf(client: CloudFormationClient, prefix: string, changes: readonly SdkChange[]): Promise<Change[]> {
  const found = changes.flatMap((change) => toChange(prefix, change));
  for (const { ResourceChange: change } of changes) {
    if (change?.ChangeSetId === undefined) continue;
    // A nested stack: its own change set says what happens inside.
    const nested = await allChanges(client, { stackName: change.PhysicalResourceId ?? '', changeSet: change.ChangeSetId }, `${prefix}${change.LogicalResourceId ?? ''}/`);
    found.push(...nested.changes);
  }
  return found;
}

async function allChanges(client: CloudFormationClient, id: ChangeSetId, prefix: string) {
  const withValues = await pages(client, id, true);
  const changes = await changesOf(client, prefix, withValues.changes);
  if (!withValues.incomplete) return { first: withValues.first, changes };
  const plain = await pages(client, id, false);
  return { first: withValues.first, changes: mergeByLogicalId(changes, await changesOf(client, prefix, plain.changes)) };
}

/** A change set with all that it would change, nested stacks included; `undefined` when it is not there. */
export async function describeChangeSet(client: CloudFormationClient, id: ChangeSetId): Promise<DescribedChangeSet | undefined> {
  try {
    const { first, changes } = await allChanges(client, id, '');
    return {
      arn: first.ChangeSetId ?? '',
      stackArn: first.StackId ?? '',
      status: first.Status ?? '',
      executionStatus: first.ExecutionStatus,
      reason: first.StatusReason,
      // A parameter that stands for a value kept elsewhere counts by the value. NoEcho values come as asterisks.
      parameters: Object.fromEntries((first.Parameters ?? []).map(({ ParameterKey = '', ParameterValue = '', ResolvedValue }) => [ParameterKey, ResolvedValue ?? ParameterValue])),
      tags: Object.fromEntries((first.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
      capabilities: first.Capabilities ?? [],
      changes,
    };
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}
