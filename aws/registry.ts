import * as z from 'zod';
import { Environments } from '../contracts/environments.ts';
import { ConfigurationError } from '../domain/errors.ts';
import { readRow } from './rows.ts';
import { keys } from './table.ts';

/** One registered `environments.yaml`: the text as it was written, and what it says. */
export const Registration = z.object({
  version: z.int(),
  text: z.string(),
  content: Environments,
  /** Applications that were registered once and are not any more: something of them may run on. */
  former: z.array(z.string()).optional(),
  registeredBy: z.string(),
  registeredAt: z.iso.datetime(),
});
export type Registration = z.infer<typeof Registration>;

export async function findRegistry(tableName: string): Promise<Registration | undefined> {
  return await readRow(tableName, keys.registry(), Registration);
}

/** The newest registered environments, which judge every release before each execute. */
export async function readRegistry(tableName: string): Promise<Registration> {
  const registry = await findRegistry(tableName);
  if (registry === undefined) throw new ConfigurationError('Reading the registered environments: nothing is registered. Run "drawbridge register environments.yaml".');
  return registry;
}

/** Every application of which something may be deployed: those that are registered, and those that were once. */
export const applicationsOf = (registration: Pick<Registration, 'content' | 'former'> | undefined): string[] =>
  registration === undefined ? [] : [...new Set([...Object.keys(registration.content.applications), ...(registration.former ?? [])])];
