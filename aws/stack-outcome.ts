import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { StackEnd } from '../contracts/outcome.ts';
import { stackEnd } from '../domain/stack-end.ts';
import { type DescribedStack, describeStack } from './cloudformation.ts';
import { causeOf, operationEvents } from './stack-events.ts';

export interface Operation {
  readonly stackArn: string;
  readonly operation: 'CREATE' | 'UPDATE';
  /** Its client request token. */
  readonly token: string;
}

export interface StackOutcome {
  /** Missing while the operation still moves. */
  readonly end: StackEnd | undefined;
  /** At least one event of the operation was seen. */
  readonly started: boolean;
  readonly outputs: Readonly<Record<string, string>>;
}

const withOutputs = (end: StackEnd | undefined, stack: DescribedStack | undefined): StackOutcome => ({ end, started: true, outputs: stack?.outputs ?? {} });

/**
 * How an operation ended, read from the target itself. DescribeStacks is eventually consistent and knows no token,
 * so its word counts only where it agrees with what an event said; otherwise the stack's own events decide.
 * @param said the status in the event that woke us
 */
export async function readOutcome(client: CloudFormationClient, operation: Operation, said?: string): Promise<StackOutcome> {
  const stack = said === undefined ? undefined : await describeStack(client, operation.stackArn);
  const agreed = said !== undefined && stack?.status === said;
  if (agreed) {
    const end = stackEnd(operation.operation, said);
    if (end?.outcome === 'deployed') return withOutputs(end, stack);
  }
  const events = await operationEvents(client, operation.stackArn, operation.token);
  const status = events.find(({ ofStack }) => ofStack)?.status;
  const end = status === undefined ? undefined : stackEnd(operation.operation, status);
  if (end === undefined) return { end, started: events.length > 0, outputs: {} };
  if (end.outcome === 'deployed') return withOutputs(end, stack?.status === status ? stack : await describeStack(client, operation.stackArn));
  const reason = (await causeOf(client, events)) ?? stack?.reason;
  return withOutputs(reason === undefined ? end : { ...end, reason }, undefined);
}
