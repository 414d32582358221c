import type * as z from 'zod';
import { TargetRecord } from '../contracts/plan.ts';
import { EnvironmentRecord, Release } from '../contracts/release.ts';
import { ConfigurationError } from '../domain/errors.ts';
import { queryRows, readRow, updateRow } from './rows.ts';
import { keys } from './table.ts';

/** The release, which must exist: the workflow was started for it. */
export async function readRelease(tableName: string, id: string): Promise<Release> {
  const release = await findRelease(tableName, id);
  if (release === undefined) throw new ConfigurationError(`Reading release ${id}: there is no such release. Its row was removed, or the workflow was started by hand.`);
  return release;
}

export async function findRelease(tableName: string, id: string): Promise<Release | undefined> {
  return await readRow(tableName, keys.release(id), Release);
}

export async function updateRelease(tableName: string, id: string, fields: Partial<Release>): Promise<void> {
  await updateRow(tableName, keys.release(id), fields);
}

export async function readEnvironment(tableName: string, release: string, environment: string): Promise<EnvironmentRecord | undefined> {
  return await readRow(tableName, keys.environment(release, environment), EnvironmentRecord);
}

export async function listEnvironments(tableName: string, release: string): Promise<EnvironmentRecord[]> {
  return await queryRows(tableName, { pk: keys.release(release).pk, skBegins: 'ENVIRONMENT#' }, EnvironmentRecord);
}

export async function updateEnvironment(
  tableName: string,
  { release, environment }: { release: string; environment: string },
  fields: Partial<EnvironmentRecord>,
  now: Date,
): Promise<void> {
  await updateRow(tableName, keys.environment(release, environment), { release, environment, ...fields, updatedAt: now.toISOString() });
}

export async function readTarget(tableName: string, release: string, environment: string, target: string): Promise<TargetRecord | undefined> {
  return await readRow(tableName, keys.target(release, environment, target), TargetRecord);
}

export async function listTargets(tableName: string, release: string, environment?: string): Promise<TargetRecord[]> {
  const skBegins = environment === undefined ? 'TARGET#' : `TARGET#${environment}#`;
  return await queryRows(tableName, { pk: keys.release(release).pk, skBegins }, TargetRecord);
}

type TargetId = Pick<z.infer<typeof TargetRecord>, 'release' | 'environment' | 'target'>;

export async function updateTarget(tableName: string, id: TargetId, fields: Partial<TargetRecord>, now: Date): Promise<void> {
  await updateRow(tableName, keys.target(id.release, id.environment, id.target), { ...id, ...fields, updatedAt: now.toISOString() });
}
