import { bad, type Check, good, unknown } from './check.ts';
import type { Place } from './target-checks.ts';

export interface EventFact {
  /** What became of the test event; `untried` where the account does not let us send one. */
  readonly canary: 'arrived' | 'lost' | 'untried';
  /** How long was waited for it, at most. */
  readonly patienceSeconds: number;
  /** The event of a stack of this account and Region that was seen last: when it was received. */
  readonly seenAt: string | undefined;
}

/**
 * How long a test event may take. Events of AWS mostly need less than a second. A person waits for the doctor, whose door
 * must answer within half a minute; a first release is better late than ended for an event that is late.
 */
export const patienceSeconds = { doctor: 10, release: 15 } as const;

/**
 * Only an event that came proves the whole way: rule, role, bus and its policy, and the function that takes it. A test event
 * goes through the same ones as the events of stacks.
 */
export const eventsArrive: Check<EventFact, Place> = {
  what: 'events arrive from there',
  why: 'Without them each wait ends only when it looks for itself, after LookAgainSeconds.',
  todo: ({ account, region }) =>
    `In ${account}, ${region}: look into the queue DeadEvents of the stack drawbridge-target (infra/target-account.yaml), or of infra/target-region.yaml where the control plane is in another Region; check its parameter ToolsBusArn, that its rule ForwardStacks is enabled, that this stack is there and up to date, and that ${account} is in TargetAccountIds of the control plane.`,
  judge: ({ canary, seenAt, patienceSeconds: waited }) => {
    if (canary === 'lost') return bad(`a test event did not arrive within ${String(waited)} seconds`);
    if (canary === 'arrived') return good(`a test event arrived${seenAt === undefined ? '' : `; the last one of a stack at ${seenAt}`}`);
    return unknown(`no test event can be sent there: its stack drawbridge-target is older than that${seenAt === undefined ? '' : `; the last event of a stack came at ${seenAt}`}`);
  },
};
