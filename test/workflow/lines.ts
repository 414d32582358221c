import type { Line, Script } from './theatre.ts';

export const answer = (value: unknown): Line => ({ answer: value });
export const completes = (value: unknown): Line => ({ completes: value });
export const throws = (name: string): Line => ({ throws: name, message: `${name} as scripted` });
export const silent: Line = { silent: true };

/** One way through a machine: what its functions do, and the states that follow from it. */
export interface Path {
  readonly name: string;
  readonly script: Script;
  readonly states: readonly string[];
  readonly output?: unknown;
  readonly timeouts?: Record<string, number>;
  readonly status?: string;
  /** What the function that closes the target is handed, among other things. */
  readonly closes?: Readonly<Record<string, unknown>>;
}
