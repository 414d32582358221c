import type { listDeployed } from '../../aws/deployed.ts';
import type { Registration } from '../../aws/registry.ts';
import type { updateRelease } from '../../aws/releases.ts';
import type { Release } from '../../contracts/release.ts';
import { resolveRemoval } from '../../domain/removal/resolve.ts';

interface Uses {
  readonly listDeployed: typeof listDeployed;
  readonly updateRelease: typeof updateRelease;
}

/** A removal reads no files: what goes is what is deployed now. */
export async function resolveWhatGoes(uses: Uses, tableName: string, { id, application, removal }: Release, registry: Registration): Promise<{ answer: 'built' | 'ended' }> {
  const rows = (await uses.listDeployed(tableName, application)).filter(({ environment, target }) => environment === removal?.environment && removal.targets.includes(target));
  if (removal === undefined || rows.length === 0) {
    await uses.updateRelease(tableName, id, { outcome: 'removed', reason: 'Nothing is deployed there any more.' });
    return { answer: 'ended' };
  }
  const resolved = resolveRemoval(registry.content, { application, environment: removal.environment }, rows);
  if (!resolved.ok) {
    await uses.updateRelease(tableName, id, { outcome: 'failed', reason: resolved.problem });
    return { answer: 'ended' };
  }
  await uses.updateRelease(tableName, id, { configuration: { environments: [resolved.environment], remarks: [] }, registryVersion: registry.version });
  return { answer: 'built' };
}
