import type { Environments } from '../../contracts/environments.ts';
import { isLeft, leftByRegistry } from '../../domain/removal/left.ts';
import type { LookedAt } from './look.ts';
import type { Uses, Where } from './uses.ts';

/** What has no place in the registered environments any more and is not kept in view: whoever registered them was interrupted, or it was deployed in that moment. */
export async function keepWhatLeft(uses: Uses, where: Where, registry: Environments, { applications }: LookedAt): Promise<string[]> {
  const leaving = leftByRegistry(registry, applications.flatMap(({ deployed }) => deployed));
  const kept = leaving.length === 0 ? [] : await uses.listLeft(where.tableName);
  const lost = leaving.filter((it) => !kept.some((left) => isLeft(left, it)));
  return lost.length === 0 ? [] : (await uses.keepLeft(where, lost, () => false)).map(({ text }) => `found that it has left the configuration: ${text}`);
}
