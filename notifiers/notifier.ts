import type { Approval, Delegation } from '../contracts/approval.ts';
import type { Environments } from '../contracts/environments.ts';
import type { Halt } from '../contracts/halt.ts';
import type { TargetRecord } from '../contracts/plan.ts';
import type { EnvironmentRecord, Release } from '../contracts/release.ts';
import type { EnvironmentReport, Report } from '../contracts/report.ts';

/** One channel that tells people what happened. A new one is a file here and a line in `list.ts`. */
export interface Notifier<Means> {
  readonly name: string;
  /** Is this report worth telling there? */
  readonly wants: (report: Report) => boolean;
  /**
   * Tells it. Telling it twice must be harmless, for events are delivered at least once; and it tells how things stand
   * now, for it may come late.
   * @throws TransientError when the channel is down: it is told again later
   */
  readonly tell: (means: Means, report: Report) => Promise<void>;
  /** The same of what happened to an environment, where that is worth telling there. */
  readonly tellOfEnvironment?: (means: Means, report: EnvironmentReport) => Promise<void>;
}

/** What a channel may look up. */
export interface Records {
  registry(): Promise<Environments>;
  release(id: string): Promise<Release>;
  environments(release: string): Promise<readonly EnvironmentRecord[]>;
  targets(release: string, environment?: string): Promise<readonly TargetRecord[]>;
  approval(id: string): Promise<Approval | undefined>;
  /** Whether a registered environment is halted. */
  halt(environment: string): Promise<Halt | undefined>;
  delegations(): Promise<readonly Delegation[]>;
}
