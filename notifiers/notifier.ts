import type { Report } from '../contracts/report.ts';

/** One channel that tells people what happened. A new one is a file here and a line in `list.ts`. */
export interface Notifier {
  readonly name: string;
  /** Is this report worth telling there? */
  wants(report: Report): boolean;
  /** Tells it. Telling it twice must be harmless: events are delivered at least once. */
  tell(report: Report): Promise<void>;
}
