import { type CloudFormationClient, ListImportsCommand } from '@aws-sdk/client-cloudformation';
import { inBatches } from '../domain/batches.ts';
import type { Import } from '../domain/removal/imports.ts';
import { describeStack } from './cloudformation.ts';
import { calling, isNamed } from './errors.ts';
import { pages } from './pages.ts';

/** CloudFormation's limits are low (F 2.23). */
const atOnce = 4;

/** That nobody imports an export is an error of no name of its own: "Export 'x' is not imported by any stack." */
const isUnused = (error: unknown): boolean => isNamed(error, 'ValidationError') && /not imported by any stack|does not exist/i.test(error.message);

async function importersOf(client: CloudFormationClient, ExportName: string): Promise<string[]> {
  const importers: string[] = [];
  const list = (NextToken: string | undefined) => calling(`listing who imports ${ExportName}`, () => client.send(new ListImportsCommand({ ExportName, NextToken })));
  try {
    for await (const { Imports = [] } of pages(list, ({ NextToken }) => NextToken)) importers.push(...Imports);
  } catch (error) {
    if (!isUnused(error)) throw error;
  }
  return importers;
}

/** Which exports of these stacks are in use. */
export async function findImports(client: CloudFormationClient, stacks: readonly { readonly arn: string; readonly template: string }[]): Promise<Import[]> {
  // Most stacks export nothing, and their templates do not speak of it.
  const exporting = await Promise.all(stacks.filter(({ template }) => template.includes('Export')).map(({ arn }) => describeStack(client, arn)));
  const found = await inBatches(exporting.flatMap((stack) => stack?.exports ?? []), atOnce, async (name) => ({ name, importers: await importersOf(client, name) }));
  return found.filter(({ importers }) => importers.length > 0);
}
