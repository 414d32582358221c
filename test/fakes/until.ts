import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds between two looks: soon at first, and then seldom enough to leave the machine to what is waited for. */
const [shortest, longest, growth] = [50, 400, 1.3];

/**
 * Waits for a condition, with a limit, and answers what the condition found.
 * @param limit milliseconds
 */
export async function until<T>(what: string, look: () => Promise<T | undefined | false>, limit = 90_000): Promise<T> {
  const end = Date.now() + limit;
  let trouble: unknown;
  for (let pause = shortest; ; pause = Math.min(longest, pause * growth)) {
    try {
      const found = await look();
      if (found !== undefined && found !== false) return found;
      trouble = undefined;
    } catch (error) {
      trouble = error;
    }
    if (Date.now() > end) throw new Error(`Waiting until ${what}: not within ${String(limit / 1000)} s.`, { cause: trouble });
    await sleep(pause);
  }
}
