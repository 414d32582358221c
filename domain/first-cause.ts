/** What a stack event says, as far as it explains a failure. */
export interface FailureEvent {
  readonly logicalId: string;
  readonly type: string;
  readonly status: string;
  readonly reason: string | undefined;
  readonly at: Date;
  /** The event is about the stack itself. */
  readonly ofStack: boolean;
  readonly physicalId?: string | undefined;
}

/** Victims of the first failure, in CloudFormation's own words, and a nested stack that only repeats its child's. */
const echoes = [
  /^Resource (creation|update|deletion) cancelled/i,
  /^The following resource\(s\) failed to/i,
  /^Embedded stack .* was not successfully (created|updated)/i,
  /^Rollback requested by user/i,
];

const failed = ({ status }: FailureEvent) => status.endsWith('_FAILED');
const echo = (reason: string) => echoes.some((wording) => wording.test(reason));

const oldestFirst = (events: readonly FailureEvent[]) => events.map((event, index) => ({ event, index }))
  // CloudFormation lists the newest first, and several may have the same time.
  .sort((left, right) => left.event.at.getTime() - right.event.at.getTime() || right.index - left.index)
  .map(({ event }) => event);

/** The first resource that failed by itself, as one clause; `undefined` when the events say nothing. */
export function firstCause(events: readonly FailureEvent[]): string | undefined {
  const failures = oldestFirst(events).filter((event) => failed(event) && event.reason !== undefined && event.reason !== '');
  const first = failures.find(({ reason, ofStack }) => !ofStack && !echo(reason ?? '')) ?? failures.find(({ ofStack }) => !ofStack) ?? failures[0];
  if (first?.reason === undefined) return undefined;
  return first.ofStack ? first.reason : `${first.logicalId} (${first.type}): ${first.reason}`;
}

/** The nested stack that failed first, whose own events have the cause. */
export function failedNestedStack(events: readonly FailureEvent[]): string | undefined {
  const failures = oldestFirst(events).filter((event) => failed(event) && !event.ofStack);
  const first = failures.find(({ reason }) => !/cancelled/i.test(reason ?? ''));
  // One that could not even be begun has an empty id and no events of its own.
  return first?.type === 'AWS::CloudFormation::Stack' && first.physicalId !== '' ? first.physicalId : undefined;
}
