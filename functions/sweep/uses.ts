import type { RemovalContext } from '../../aws/removals.ts';
import type { real } from './real.ts';

/** What a sweep looks and works with. */
export type Uses = typeof real;

export interface Where extends RemovalContext {
  readonly keyArn: string;
  /** ARN of the machine that takes a release through one environment. */
  readonly environmentMachine: string;
  readonly startReleaseFunction: string;
  readonly lookForStacksFunction: string;
  readonly removeShellFunction: string;
}

/** Keeps what could not be looked at or done; the rest of the sweep goes on. */
export class Troubles {
  readonly sentences: string[] = [];

  /** @returns `undefined` where it failed */
  async attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.sentences.push(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }
}
