import type { Finding } from '../contracts/doctor.ts';
import { becauseOf, type Check, findingOf, unknown } from '../domain/doctor/check.ts';

/** An answer later than this would come too late for the caller: an HTTP API waits for 30 seconds. */
const patienceMilliseconds = 20_000;

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, failed) => {
    timer = setTimeout(() => {
      failed(new Error(`no answer within ${String(milliseconds / 1000)} seconds`));
    }, milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Looks and judges. A look that fails says so, and stops no other. */
export async function examine<Fact, About>(check: Check<Fact, About>, about: About, look: () => Promise<Fact>, patience = patienceMilliseconds): Promise<Finding> {
  try {
    return findingOf(check, about, check.judge(await within(patience, look()), about));
  } catch (error) {
    return findingOf(check, about, unknown(`cannot be checked here: ${becauseOf(error)}`));
  }
}

/** Asks for each key once, however many want to know. */
export function each<T>(ask: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const asked = new Map<string, Promise<T>>();
  return (key) => {
    const answer = asked.get(key) ?? ask(key);
    asked.set(key, answer);
    return answer;
  };
}
