import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { Halt } from '../contracts/halt.ts';
import { calling } from './errors.ts';
import { queryRows, readRow, writeRow } from './rows.ts';
import { keys, table } from './table.ts';

/** Whether nothing may start in an environment now, and why. */
export async function findHalt(tableName: string, environment: string): Promise<Halt | undefined> {
  return await readRow(tableName, keys.halt(environment), Halt);
}

export async function listHalts(tableName: string): Promise<Halt[]> {
  return await queryRows(tableName, { pk: keys.halt('').pk, skBegins: keys.halt('').sk }, Halt);
}

export async function writeHalt(tableName: string, halt: Halt): Promise<void> {
  await writeRow(tableName, keys.halt(halt.environment), halt);
}

export async function removeHalt(tableName: string, environment: string): Promise<void> {
  await calling(`resuming ${environment}`, () => table().send(new DeleteCommand({ TableName: tableName, Key: keys.halt(environment) })));
}
