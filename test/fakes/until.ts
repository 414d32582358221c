import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits for a condition, with a limit, and answers what the condition found.
 * @param limit milliseconds
 */
export async function until<T>(what: string, look: () => Promise<T | undefined | false>, limit = 30_000): Promise<T> {
  const end = Date.now() + limit;
  let trouble: unknown;
  for (;;) {
    try {
      const found = await look();
      if (found !== undefined && found !== false) return found;
      trouble = undefined;
    } catch (error) {
      trouble = error;
    }
    if (Date.now() > end) throw new Error(`Waiting until ${what}: not within ${String(limit / 1000)} s.`, { cause: trouble });
    await sleep(50);
  }
}
