/** A lock as its row has it. A free lock keeps its fence: the number only ever grows. */
export interface Lock {
  readonly owner?: string | undefined;
  readonly fence: number;
  /** Unguessable part of the client request token of whoever holds the lock. */
  readonly nonce?: string | undefined;
  readonly since?: string | undefined;
}

export type LockAnswer = { readonly answer: 'held-already'; readonly fence: number } | { readonly answer: 'take'; readonly fence: number } | { readonly answer: 'held'; readonly owner: string };

/** What an execution may do about a lock. A holder that does not run any more cannot give it back. */
export function decideLock(lock: Lock | undefined, execution: string, holderRuns: boolean): LockAnswer {
  if (lock?.owner === execution) return { answer: 'held-already', fence: lock.fence };
  if (lock?.owner !== undefined && holderRuns) return { answer: 'held', owner: lock.owner };
  return { answer: 'take', fence: (lock?.fence ?? 0) + 1 };
}

/** Letters, digits and hyphens only (CloudFormation API: ClientRequestToken). */
export const clientRequestToken = ({ fence, nonce }: { readonly fence: number; readonly nonce: string }) => `db-${String(fence)}-${nonce}`;

/** A deletion that is asked again is another operation: each try has a token of its own. */
export const removalToken = (lock: { readonly fence: number; readonly nonce: string }, tries: number) => `${clientRequestToken(lock)}-${String(tries + 1)}`;

export const stackOperation = (stackArn: string, token: string) => `stack:${stackArn}:${token}`;
/** Waited for by whoever found the stack moving: any final event of it will do. */
export const stackFree = (stackArn: string) => `stack:${stackArn}:free`;
export const lockOperation = ({ account, region, stackName }: { readonly account: string; readonly region: string; readonly stackName: string }, execution: string) =>
  `lock:${account}#${region}#${stackName}:${execution}`;

/** How often a deletion that AWS refused is asked for again, by the machine `remove-target`. */
export const mostRefusals = 6;

interface Holding {
  readonly execution: string;
  readonly removes: boolean;
  readonly lock: Lock;
  readonly place: Parameters<typeof lockOperation>[0];
  /** The stack that was planned, if one was. */
  readonly stackArn: string | undefined;
}

/** What the holder of a lock may have waited for since it stood in line. */
export function operationsUnder({ execution, removes, lock: { fence, nonce }, place, stackArn }: Holding): string[] {
  if (stackArn === undefined || nonce === undefined) return [lockOperation(place, execution)];
  const lock = { fence, nonce };
  const tokens = removes ? Array.from({ length: mostRefusals + 1 }, (_, tries) => removalToken(lock, tries)) : [clientRequestToken(lock)];
  return [lockOperation(place, execution), ...tokens.map((token) => stackOperation(stackArn, token))];
}
