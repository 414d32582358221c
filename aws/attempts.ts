import type { TargetRecord } from '../contracts/plan.ts';
import type { EnvironmentRecord } from '../contracts/release.ts';
import { writeRow } from './rows.ts';
import { keys } from './table.ts';

/** Begins an attempt: what an earlier one left in the row is gone, but for the approval, which an equal digest keeps. */
export async function startEnvironment(tableName: string, record: EnvironmentRecord): Promise<void> {
  await writeRow(tableName, keys.environment(record.release, record.environment), record);
}

/** Begins to plan a target: the row of an earlier round or attempt is gone. */
export async function startTarget(tableName: string, record: TargetRecord): Promise<void> {
  await writeRow(tableName, keys.target(record.release, record.environment, record.target), record);
}
