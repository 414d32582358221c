import { appendFile, mkdir, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import { faultKinds } from '../../local/admin.ts';
import { named, shortName, type Trial } from './calls.ts';
import type { Result } from './trial.ts';

const Line = z.object({
  trial: z.object({ call: z.object({ function: z.string(), service: z.string(), action: z.string(), occurrence: z.int() }), kind: z.enum(faultKinds) }),
  result: z.object({ says: z.string(), wrongs: z.array(z.string()), seconds: z.number() }),
  date: z.string(),
});

export interface Tried {
  readonly trial: Trial;
  readonly result: Result;
  readonly date: string;
}

const keyOf = ({ call, kind }: Trial): string => `${named(call)} ${kind}`;

/** What was tried, a line each: hours of it survive whatever ends the run, and another run may go on. */
export class Journal {
  readonly #path: string;
  readonly #tried: Map<string, Tried>;

  private constructor(path: string, tried: readonly Tried[]) {
    this.#path = path;
    this.#tried = new Map(tried.map((one) => [keyOf(one.trial), one]));
  }

  /** Goes on with what an earlier run has tried, or begins anew. */
  static async open(path: string, resume: boolean): Promise<Journal> {
    await mkdir(dirname(path), { recursive: true });
    if (!resume) await rm(path, { force: true });
    const text = await readFile(path, 'utf8').catch(() => '');
    return new Journal(path, text.split('\n').filter((line) => line !== '').map((line) => Line.parse(JSON.parse(line))));
  }

  get tried(): readonly Tried[] {
    return [...this.#tried.values()];
  }

  has(trial: Trial): boolean {
    return this.#tried.has(keyOf(trial));
  }

  async add({ call, kind }: Trial, result: Result): Promise<void> {
    // Each cloud has names of its own for the functions.
    const one = { trial: { call: { ...call, function: shortName(call.function) }, kind }, result, date: new Date().toISOString().slice(0, 10) };
    this.#tried.set(keyOf(one.trial), one);
    await appendFile(this.#path, `${JSON.stringify(one)}\n`);
  }
}
