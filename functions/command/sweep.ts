import { handOver } from '../../aws/invoke.ts';
import type { SweepAnswer } from '../../contracts/commands.ts';
import type { SweepRequest } from '../../contracts/sweep.ts';

/** Has what events forgot looked for now. It may take longer than a caller waits. */
export async function sweep(functionName: string, by: string): Promise<SweepAnswer> {
  const asked = new Date().toISOString();
  const request: SweepRequest = { by };
  await handOver(functionName, request);
  return { asked };
}
