import { Approval } from '../contracts/approval.ts';
import type { EnvironmentRecord } from '../contracts/release.ts';
import { readRow, writeRow } from './rows.ts';
import { keys } from './table.ts';

/** Begins an attempt: what an earlier one left in the row is gone, but for the approval, which an equal digest keeps. */
export async function startEnvironment(tableName: string, record: EnvironmentRecord): Promise<void> {
  await writeRow(tableName, keys.environment(record.release, record.environment), record);
}

export async function findApproval(tableName: string, id: string | undefined): Promise<Approval | undefined> {
  return id === undefined ? undefined : await readRow(tableName, keys.approval(id), Approval);
}
