import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { StackEnd } from '../contracts/outcome.ts';
import type { FailureEvent } from '../domain/first-cause.ts';
import { deletionEnd, type Refused } from '../domain/removal/refusals.ts';
import { stackEnd } from '../domain/stack-end.ts';
import { stackNameOf } from '../domain/stack-arn.ts';
import { describeStack } from './cloudformation.ts';
import { deletionEvents } from './stack-events.ts';

/** How a person is told of what could not be deleted. */
interface Told {
  readonly name: string;
  /** What to do about it, where no release is to be retried. */
  readonly advice?: string;
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
      const inside = await refusedIn(client, (await deletionEvents(client, physicalId)) ?? [], `${prefix}${logicalId}/`);
      return inside.length === 0 ? [own] : inside;
    }),
  );
  return found.flat();
}

const isOver = ({ ofStack, status }: FailureEvent) => ofStack && stackEnd('DELETE', status) !== undefined;

/** How a deletion ended by its events. What was done to the stack afterwards is newer than its end. */
async function endOf(client: CloudFormationClient, events: readonly FailureEvent[], { name, advice }: Told): Promise<StackEnd | undefined> {
  const last = events.findLast(isOver);
  if (last === undefined) return undefined;
  const end = stackEnd('DELETE', last.status);
  if (end?.outcome !== 'failed') return end;
  const reasons = [last, ...events.filter(({ ofStack }) => ofStack)].flatMap(({ reason }) => (reason === undefined || reason === '' ? [] : [reason]));
  return deletionEnd({ name, status: last.status, reason: reasons[0] }, await refusedIn(client, events), advice);
}

const gone = (status: string | undefined) => (status === undefined || status === 'DELETE_COMPLETE' ? stackEnd('DELETE', 'DELETE_COMPLETE') : undefined);

/**
 * How our own deletion of a stack ended, read from the target itself; `undefined` while it moves, or nothing is seen of it
 * yet. DescribeStacks is eventually consistent (F 2.22): it may still show how the deletion before ended, so it is
 * believed only that the stack is gone.
 */
export async function readRemoval(client: CloudFormationClient, { stackArn, token }: { readonly stackArn: string; readonly token: string }, told: Told = { name: stackNameOf(stackArn) }): Promise<StackEnd | undefined> {
  const events = await deletionEvents(client, stackArn, token);
  return (events === undefined ? undefined : await endOf(client, events, told)) ?? gone((await describeStack(client, stackArn))?.status);
}

/**
 * How the newest deletion of a stack ended, whoever asked for it: somebody may have been faster than we. Only for a look that
 * comes long after, when nothing of ours can be invisible any more.
 */
export async function lookAtRemoval(client: CloudFormationClient, stackArn: string, told: Told = { name: stackNameOf(stackArn) }): Promise<StackEnd | undefined> {
  const events = await deletionEvents(client, stackArn);
  const end = events === undefined ? undefined : await endOf(client, events, told);
  if (end !== undefined) return end;
  const stack = await describeStack(client, stackArn);
  if (stack === undefined || events !== undefined || stackEnd('DELETE', stack.status) === undefined) return gone(stack?.status);
  return gone(stack.status) ?? deletionEnd({ name: told.name, status: stack.status, reason: stack.reason }, [], told.advice);
}
