import { lockOperation } from '../../domain/lock.ts';
import type { StackPlace } from '../../domain/sweep/seen.ts';
import type { Uses, Where } from './uses.ts';

/** Whoever stands first takes the lock that was given up; the others are woken by whoever gives it back. */
export async function wakeNext(uses: Uses, where: Where, place: StackPlace): Promise<void> {
  for (const waiter of await uses.waiters(where.tableName, place)) {
    const woken = await uses.completeWait(where, lockOperation(place, waiter.execution), { answer: 'again' });
    await uses.dequeue(where.tableName, place, waiter);
    if (woken === 'completed') return;
  }
}
