import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { StackEnd } from '../contracts/outcome.ts';
import type { FailureEvent } from '../domain/first-cause.ts';
import { deletionEnd, type Refused } from '../domain/removal/refusals.ts';
import { removalTreatment } from '../domain/removal/treatment.ts';
import { stackEnd } from '../domain/stack-end.ts';
import { stackNameOf } from '../domain/stack-arn.ts';
import { describeStack } from './cloudformation.ts';
import { operationEvents } from './stack-events.ts';

/** Newest first: what came after the last time that the stack began to be deleted. */
function ofLastDeletion(events: readonly FailureEvent[]): readonly FailureEvent[] {
  const began = events.findIndex(({ ofStack, status }) => ofStack && status === 'DELETE_IN_PROGRESS');
  return began === -1 ? events : events.slice(0, began);
}

const nestedType = 'AWS::CloudFormation::Stack';

/** What was refused, each resource once; a nested stack that failed stands for what was refused in it. */
async function refusedIn(client: CloudFormationClient, events: readonly FailureEvent[], prefix = ''): Promise<Refused[]> {
  const failed = events.filter(({ ofStack, status }) => !ofStack && status === 'DELETE_FAILED');
  const once = [...new Map(failed.map((event) => [event.logicalId, event])).values()];
  const found = await Promise.all(
    once.map(async ({ logicalId, type, reason = '', physicalId }): Promise<Refused[]> => {
      const own = { logicalId: `${prefix}${logicalId}`, type, reason };
      if (type !== nestedType || physicalId === undefined || physicalId === '') return [own];
      const inside = await refusedIn(client, ofLastDeletion(await operationEvents(client, physicalId, undefined)), `${prefix}${logicalId}/`);
      return inside.length === 0 ? [own] : inside;
    }),
  );
  return found.flat();
}

async function failedEnd(client: CloudFormationClient, stackArn: string, events: readonly FailureEvent[]): Promise<StackEnd> {
  const reason = events.find(({ ofStack }) => ofStack)?.reason;
  return deletionEnd({ name: stackNameOf(stackArn), reason }, await refusedIn(client, events));
}

/**
 * How the deletion of a stack ended, read from the target itself; `undefined` while it moves. The stack's own events
 * decide; where none is ours, somebody else was faster, and how the stack stands is what counts.
 */
export async function readRemoval(client: CloudFormationClient, { stackArn, token }: { readonly stackArn: string; readonly token: string }): Promise<StackEnd | undefined> {
  const ours = await operationEvents(client, stackArn, token);
  const status = ours.find(({ ofStack }) => ofStack)?.status;
  if (status !== undefined) {
    const end = stackEnd('DELETE', status);
    return end?.outcome === 'failed' ? await failedEnd(client, stackArn, ours) : end;
  }
  const stack = await describeStack(client, stackArn);
  if (removalTreatment(stack?.status) === 'gone') return stackEnd('DELETE', 'DELETE_COMPLETE');
  return stack?.status === 'DELETE_FAILED' ? await failedEnd(client, stackArn, ofLastDeletion(await operationEvents(client, stackArn, undefined))) : undefined;
}
