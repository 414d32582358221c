export interface EmittedEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: unknown;
  readonly resources?: readonly string[];
  readonly region?: string;
  /** The bus by name; without it the default bus, where AWS services put theirs. */
  readonly bus?: string;
}

export interface EventFault {
  readonly how: 'drop' | 'hold';
  readonly left: number;
  readonly dropped: number;
  readonly held: number;
}

/** An event that waits in the hand of a test. */
export interface KeptEvent {
  readonly number: number;
  readonly 'detail-type': string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What goes on in the whole cloud at this moment. */
export interface Work {
  readonly events: number;
  /** Asynchronous ones, also those that wait to be tried again. */
  readonly invocations: number;
  readonly functions: number;
  readonly executions: number;
}

export interface RefusedDelivery {
  readonly target: string;
  readonly rule: string;
  readonly reason: string;
  readonly event: string;
}
