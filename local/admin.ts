// The admin door of the local cloud, typed. Tests use it to cause what AWS does on its own:
// lost and late events, cold starts; and to ask who called what.
import type { EmittedEvent, EventFault, KeptEvent, RefusedDelivery, Work } from './events.ts';

export interface ApiCall {
  readonly time: number;
  readonly account: string;
  readonly region: string;
  readonly principal: string;
  readonly service: string;
  readonly action: string;
  readonly status: number;
  readonly resource?: string;
  /** The function of the control plane that called, also with a role in another account. */
  readonly function?: string;
  /** The same for all repetitions by the SDK. */
  readonly call?: string;
}

export const faultKinds = ['throttle', 'error', 'lost', 'denied', 'kill'] as const;
export type FaultKind = (typeof faultKinds)[number];

/** The call of a function that is to go wrong: the `at`-th from now on that matches. */
export interface CallFault {
  /** `error`: 500 before the effect. `lost`: 500 after it. `kill`: the function's process ends after it. */
  readonly how: FaultKind;
  readonly at?: number;
  readonly function?: string;
  readonly service?: string;
  readonly action?: string;
  /** Something in the request. */
  readonly text?: string;
}

export interface CallFaultSeen extends Required<CallFault> {
  /** Calls that matched, until it was met. */
  readonly seen: number;
  /** How many requests of its call went wrong. */
  readonly met: number;
}

export interface ApiCallCount {
  readonly account: string;
  readonly service: string;
  readonly action: string;
  readonly principal: string;
  readonly status: number;
  readonly count: number;
}

export interface Mail {
  readonly id: string;
  readonly receivedAt: string;
  readonly to: string;
  readonly from: string;
  readonly subject: string;
  readonly body: string;
  readonly topicArn: string;
  readonly messageId: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What CodeDeploy deploys to: a directory on this machine, with a port of its own. */
export interface Instance {
  readonly account: string;
  readonly region: string;
  readonly id: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly port: number;
  readonly root: string;
}

const cloudFormation = 'aws.cloudformation';

export class CloudAdmin {
  readonly #endpoint: string;
  readonly #secret: string;

  constructor(endpoint: string, secret: string) {
    this.#endpoint = endpoint;
    this.#secret = secret;
  }

  async #ask<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${this.#endpoint}/_drawbridge/${path}`, {
      method,
      headers: { 'x-drawbridge-secret': this.#secret, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const answer: unknown = await response.json();
    if (!response.ok) {
      throw new Error(`${method} ${path} at the admin door of the local cloud was refused (${String(response.status)}): ${JSON.stringify(answer)}`);
    }
    return answer as Answer;
  }

  health(): Promise<{ status: string; endpoint: string; region: string }> {
    return this.#ask('GET', 'health');
  }

  /** Puts an event on a bus of the account as if an AWS service had sent it; `aws.*` sources are allowed here. */
  async emitEvent(account: string, event: EmittedEvent): Promise<void> {
    await this.#ask('POST', 'events', { ...event, account });
  }

  /** The next `count` events of the source never arrive. Zero ends it. */
  dropEvents(count: number, source: string): Promise<EventFault> {
    return this.#ask('POST', 'events/drop', { count, source });
  }

  /** The next `count` events of the source wait until `releaseEvents`. */
  holdEvents(count: number, source: string): Promise<EventFault> {
    return this.#ask('POST', 'events/hold', { count, source });
  }

  /** Sends what was held, in order, and ends the fault. */
  async releaseEvents(source: string): Promise<number> {
    return (await this.#ask<{ sent: number }>('POST', 'events/release', { source })).sent;
  }

  dropStackEvents(count: number): Promise<EventFault> {
    return this.dropEvents(count, cloudFormation);
  }

  holdStackEvents(count: number): Promise<EventFault> {
    return this.holdEvents(count, cloudFormation);
  }

  releaseStackEvents(): Promise<number> {
    return this.releaseEvents(cloudFormation);
  }

  eventFaults(): Promise<Record<string, EventFault>> {
    return this.#ask('GET', 'events/faults');
  }

  /** From now on every event that the pattern meets, of whatever bus, waits under this name until it is decided on. */
  async keepEvents(name: string, pattern: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#ask('POST', 'events/kept', { name, pattern });
  }

  /** Oldest first. */
  async keptEvents(name: string): Promise<readonly KeptEvent[]> {
    return (await this.#ask<{ waiting: KeptEvent[] }>('GET', `events/kept?name=${encodeURIComponent(name)}`)).waiting;
  }

  /** `double`: it is delivered, and waits once more. */
  async decideOnEvent(number: number, how: 'deliver' | 'double' | 'lose'): Promise<void> {
    await this.#ask('POST', 'events/kept/one', { number, how });
  }

  /** What waits under this name is lost, and what comes is delivered at once again. */
  async loseKeptEvents(name: string): Promise<number> {
    return (await this.#ask<{ lost: number }>('DELETE', `events/kept?name=${encodeURIComponent(name)}`)).lost;
  }

  /**
   * Puts the clock of the whole cloud forward, that of the functions with it. What waits already waits as long as it would have.
   * @returns how many seconds it is before that of this machine
   */
  async putClockForward(seconds: number): Promise<number> {
    return (await this.#ask<{ ahead: number }>('POST', 'clock', { seconds })).ahead;
  }

  work(): Promise<Work> {
    return this.#ask('GET', 'work');
  }

  /** Events that a rule wanted to deliver to another account and was not allowed to. */
  async refusedDeliveries(): Promise<readonly RefusedDelivery[]> {
    return (await this.#ask<{ refused: RefusedDelivery[] }>('GET', 'events/refused')).refused;
  }

  /** Puts back when a stack was made and changed, as if it had been there for some days. */
  async ageStack(stackArn: string, days: number): Promise<void> {
    const { aged } = await this.#ask<{ aged: number }>('POST', 'stacks/age', { stackArn, days });
    if (aged === 0) throw new Error(`there is no stack ${stackArn} in the local cloud`);
  }

  /** Kills every environment of every function of an account, also one at work. Answers how many environments there were. */
  async killFunctions(account: string): Promise<number> {
    return (await this.#ask<{ killed: number }>('POST', 'workers/kill', { account })).killed;
  }

  /** Makes one call of one function go wrong. */
  async addFault(fault: CallFault): Promise<void> {
    await this.#ask('POST', 'faults', fault);
  }

  async faults(): Promise<readonly CallFaultSeen[]> {
    return (await this.#ask<{ faults: CallFaultSeen[] }>('GET', 'faults')).faults;
  }

  async clearFaults(): Promise<void> {
    await this.#ask('DELETE', 'faults');
  }

  /** Oldest first. */
  async mails(): Promise<readonly Mail[]> {
    return (await this.#ask<{ mails: Mail[] }>('GET', 'mails')).mails;
  }

  async instances(): Promise<readonly Instance[]> {
    return (await this.#ask<{ instances: Instance[] }>('GET', 'instances')).instances;
  }

  async deleteMails(): Promise<void> {
    await this.#ask('DELETE', 'mails');
  }

  /** Every task token that a workflow ever handed out. */
  async taskTokens(): Promise<readonly string[]> {
    return (await this.#ask<{ tokens: string[] }>('GET', 'task-tokens')).tokens;
  }

  /** Every API request since the start or the last reset, in order. */
  async calls(): Promise<readonly ApiCall[]> {
    return (await this.#ask<{ calls: ApiCall[] }>('GET', 'calls?each=1')).calls;
  }

  /** The same, counted by account, service, action, principal and status. */
  async callCounts(): Promise<readonly ApiCallCount[]> {
    return (await this.#ask<{ calls: ApiCallCount[] }>('GET', 'calls')).calls;
  }

  async resetCalls(): Promise<void> {
    await this.#ask('DELETE', 'calls');
  }
}
