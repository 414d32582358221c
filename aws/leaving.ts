import type { Left } from '../contracts/left.ts';
import type { Release } from '../contracts/release.ts';
import { leftByFiles } from '../domain/removal/left.ts';
import { forgetDeployed, listDeployed } from './deployed.ts';
import { keepLeft } from './left.ts';
import { readRegistry } from './registry.ts';
import { findRelease } from './releases.ts';
import type { RemovalContext } from './removals.ts';

const real = { readRegistry, listDeployed, findRelease, forgetDeployed, keepLeft, now: () => new Date() };

/** Looks, when a release has gone well everywhere, for what the same branch had deployed and its files do not name any more. */
export async function noticeLeftByFiles(context: RemovalContext, release: Release, uses: typeof real = real): Promise<string[]> {
  const { tableName } = context;
  const rows = await uses.listDeployed(tableName, release.application);
  const from = new Map(await Promise.all([...new Set(rows.map((row) => row.release))].map(async (id) => [id, await uses.findRelease(tableName, id)] as const)));
  const filed = (row: { release: string; environment: string }) => {
    const source = from.get(row.release);
    return source?.configuration?.environments.some(({ name }) => name === row.environment) === true && source.promoted?.includes(row.environment) !== true && source.only === undefined;
  };
  const { left, renamed, covered } = leftByFiles((await uses.readRegistry(tableName)).content, release, rows, filed);
  for (const row of renamed) await uses.forgetDeployed(tableName, row, { application: row.application, environment: row.environment, target: row.target, release: release.id, sequence: release.sequence, at: uses.now().toISOString() });
  const concerns = ({ application, environment, by }: Left) => by === 'files' && application === release.application && covered.includes(environment);
  // What was said before is not said with every release; it stays in view in the status.
  return (await uses.keepLeft(context, left, concerns)).filter(({ isNew }) => isNew).map(({ text }) => text);
}
