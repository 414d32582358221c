import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits for something in the local cloud, with a limit.
 * @param limit milliseconds
 */
export async function eventually<T>(what: string, look: () => Promise<T | undefined>, limit = 120_000): Promise<T> {
  const end = Date.now() + limit;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`Waiting for ${what}: nothing after ${String(limit / 1000)} s. The log of the local cloud says more.`);
    await sleep(100);
  }
}
