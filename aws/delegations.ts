import { Delegation } from '../contracts/approval.ts';
import { queryRows, writeRow } from './rows.ts';
import { keys } from './table.ts';

/** Adds a delegation; what was there before stays as it was written. */
export async function writeDelegation(tableName: string, delegation: Delegation): Promise<void> {
  await writeRow(tableName, keys.delegation(delegation.approver, delegation.at), delegation);
}

/** Every delegation there ever was, oldest first. */
export async function listDelegations(tableName: string): Promise<Delegation[]> {
  return await queryRows(tableName, { pk: keys.delegation('', '').pk, skBegins: 'DELEGATION#' }, Delegation);
}
