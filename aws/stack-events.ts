import { type CloudFormationClient, DescribeEventsCommand, DescribeStackEventsCommand, type OperationEvent, type StackEvent } from '@aws-sdk/client-cloudformation';
import { failedNestedStack, type FailureEvent, firstCause } from '../domain/first-cause.ts';
import { isMissing } from './cloudformation.ts';
import { calling } from './errors.ts';

/** More pages than any operation fills: 500 resources give some thousand events, and a page has a hundred. */
const mostPages = 60;

const toEvent = (event: StackEvent): FailureEvent => ({
  logicalId: event.LogicalResourceId ?? '',
  type: event.ResourceType ?? '',
  status: event.ResourceStatus ?? '',
  reason: event.ResourceStatusReason,
  at: event.Timestamp ?? new Date(0),
  ofStack: event.PhysicalResourceId === event.StackId,
  physicalId: event.PhysicalResourceId,
});

/** Everything that happened to a stack, newest first. */
async function* eventPages(client: CloudFormationClient, stackArn: string): AsyncGenerator<readonly StackEvent[]> {
  let next: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const answer = await calling(`reading the events of ${stackArn}`, () =>
      client.send(new DescribeStackEventsCommand({ StackName: stackArn, ...(next === undefined ? {} : { NextToken: next }) })),
    ).catch((error: unknown) => {
      // Of a stack that is gone and forgotten there are no events.
      if (isMissing(error)) return { StackEvents: [], NextToken: undefined };
      throw error;
    });
    yield answer.StackEvents ?? [];
    next = answer.NextToken;
    if (next === undefined || next === '') return;
  }
}

/** The events of one operation, newest first: all of them carry its client request token. */
export async function operationEvents(client: CloudFormationClient, stackArn: string, token: string | undefined): Promise<FailureEvent[]> {
  const found: FailureEvent[] = [];
  for await (const events of eventPages(client, stackArn)) {
    const ours = events.filter(({ ClientRequestToken }) => token === undefined || ClientRequestToken === token);
    found.push(...ours.map(toEvent));
    // What lies behind our own operation is older than it.
    if (found.length > 0 && ours.at(-1) !== events.at(-1)) break;
  }
  return found;
}

/**
 * What came after a stack last began to be deleted, newest first.
 * @param token of the deletion that is meant: `undefined` means the newest, whoever asked for it
 * @returns `undefined` when it is not seen to have begun, or another one has begun since
 */
export async function deletionEvents(client: CloudFormationClient, stackArn: string, token?: string): Promise<readonly FailureEvent[] | undefined> {
  const found: FailureEvent[] = [];
  const isMeant = ({ ClientRequestToken }: StackEvent) => token === undefined || ClientRequestToken === token;
  for await (const events of eventPages(client, stackArn)) {
    if (!events.some(isMeant)) return undefined;
    const began = events.findIndex((event) => event.ResourceStatus === 'DELETE_IN_PROGRESS' && event.PhysicalResourceId === event.StackId);
    found.push(...events.slice(0, began === -1 ? undefined : began).map(toEvent));
    if (began !== -1) return events.slice(began, began + 1).some(isMeant) ? found : undefined;
  }
  return undefined;
}

/** The first cause among the events, looking into the nested stack that failed first. */
export async function causeOf(client: CloudFormationClient, events: readonly FailureEvent[], depth = 3): Promise<string | undefined> {
  const nested = failedNestedStack(events);
  if (nested !== undefined && depth > 0) {
    const deeper = await causeOf(client, await operationEvents(client, nested, undefined), depth - 1);
    if (deeper !== undefined) return deeper;
  }
  return firstCause(events);
}

const said = ({ LogicalResourceId: id, ValidationPath: path, ValidationStatusReason: validation, ResourceStatusReason: resource, HookStatusReason: hook }: OperationEvent) => {
  const reason = validation ?? resource ?? hook;
  return reason === undefined ? [] : [`${[id, path].filter((part) => part !== undefined && part !== '').join(' at ')}: ${reason}`];
};

/** What failed while a change set was made: the reason of an early validation is here and nowhere else. */
export async function failedChecks(client: CloudFormationClient, changeSetArn: string): Promise<string[]> {
  const answer = await calling(`reading the events of the change set ${changeSetArn}`, () =>
    client.send(new DescribeEventsCommand({ ChangeSetName: changeSetArn, Filters: { FailedEvents: true } })),
  );
  const events = (answer.OperationEvents ?? []).filter(({ ValidationFailureMode }) => ValidationFailureMode !== 'WARN');
  const validations = events.filter(({ EventType }) => EventType === 'VALIDATION_ERROR');
  return [...new Set((validations.length > 0 ? validations : events).flatMap(said))];
}
