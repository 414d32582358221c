import { type Change as SdkChange, type CloudFormationClient, DescribeChangeSetCommand, type DescribeChangeSetOutput } from '@aws-sdk/client-cloudformation';
import type { Change } from '../contracts/plan.ts';
import { isIncomplete } from '../domain/change-set-answer.ts';
import { mergeByLogicalId } from '../domain/changes.ts';
import type { DescribedChangeSet, NestedChangeSet } from '../domain/plan.ts';
import type { ChangeSetId } from './change-sets.ts';
import { isMissing } from './cloudformation.ts';
import { calling, isNamed } from './errors.ts';

const isGone = (error: unknown) => isNamed(error, 'ChangeSetNotFoundException', 'ChangeSetNotFound') || isMissing(error);

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
      ...(change.ResourceDriftStatus === undefined || change.ResourceDriftStatus === 'NOT_CHECKED' ? {} : { drift: change.ResourceDriftStatus }),
      details: (change.Details ?? []).map(({ Target, Evaluation, ChangeSource, CausingEntity }) => ({
        attribute: Target?.Attribute ?? '',
        ...(Target?.Name === undefined ? {} : { name: Target.Name }),
        ...(Target?.RequiresRecreation === undefined ? {} : { recreation: Target.RequiresRecreation }),
        ...(Evaluation === undefined ? {} : { evaluation: Evaluation }),
        ...(ChangeSource === undefined ? {} : { source: ChangeSource }),
        ...(CausingEntity === undefined ? {} : { cause: CausingEntity }),
        ...(Target?.Drift === undefined ? {} : { drifted: true }),
      })),
    },
  ];
}

interface Found {
  readonly changes: Change[];
  readonly nested: NestedChangeSet[];
}

async function changesOf(client: CloudFormationClient, prefix: string, changes: readonly SdkChange[]): Promise<Found> {
  const found: Found = { changes: changes.flatMap((change) => toChange(prefix, change)), nested: [] };
  for (const { ResourceChange: change } of changes) {
    if (change?.ChangeSetId === undefined) continue;
    // A nested stack: its own change set says what happens inside.
    const inside = { prefix: `${prefix}${change.LogicalResourceId ?? ''}/`, stackArn: change.PhysicalResourceId ?? '', changeSetArn: change.ChangeSetId };
    const within = await allChanges(client, { stackName: inside.stackArn, changeSet: inside.changeSetArn }, inside.prefix);
    found.changes.push(...within.changes);
    found.nested.push(inside, ...within.nested);
  }
  return found;
}

async function allChanges(client: CloudFormationClient, id: ChangeSetId, prefix: string) {
  const withValues = await pages(client, id, true);
  const { changes, nested } = await changesOf(client, prefix, withValues.changes);
  if (!withValues.incomplete) return { first: withValues.first, changes, nested };
  const plain = await pages(client, id, false);
  const complete = await changesOf(client, prefix, plain.changes);
  return { first: withValues.first, changes: mergeByLogicalId(changes, complete.changes), nested: complete.nested };
}

/** A change set with all that it would change, nested stacks included; `undefined` when it is not there. */
export async function describeChangeSet(client: CloudFormationClient, id: ChangeSetId): Promise<DescribedChangeSet | undefined> {
  try {
    const { first, changes, nested } = await allChanges(client, id, '');
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
      nested,
      ...(first.StackDriftStatus === undefined || first.StackDriftStatus === 'NOT_CHECKED' ? {} : { drift: first.StackDriftStatus }),
    };
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}
