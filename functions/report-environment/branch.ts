import type { changeBranchEnvironment, readBranchEnvironment } from '../../aws/branch-environments.ts';
import type { TargetRecord } from '../../contracts/plan.ts';
import type { Release } from '../../contracts/release.ts';
import { environmentLines } from '../../domain/release-summary.ts';

interface Uses {
  readonly readBranchEnvironment: typeof readBranchEnvironment;
  readonly changeBranchEnvironment: typeof changeBranchEnvironment;
}

/** Keeps where a branch's environment can be looked at, unless something newer has it or has ended it by now. */
export async function noteBranch(uses: Uses, tableName: string, release: Release, name: string, records: readonly TargetRecord[]): Promise<string | undefined> {
  const [url] = environmentLines(release, [], records).find(({ environment }) => environment === name)?.urls ?? [];
  const row = url === undefined ? undefined : await uses.readBranchEnvironment(tableName, release.application, name);
  if (url === undefined || row?.release !== release.id || row.state !== 'live') return undefined;
  if (row.url !== url) await uses.changeBranchEnvironment(tableName, row, { url });
  return url;
}
