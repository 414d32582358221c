import type { BuildCheck, CheckResult } from '../contracts/build.ts';
import { InvalidInputError } from '../domain/errors.ts';
import { run } from './commands.ts';
import { environment, type Workshop } from './workshop.ts';

const most = 500;

/**
 * Runs every check, so that one push tells about all of them.
 * @throws InvalidInputError naming those that failed and must not
 */
export async function runChecks(shop: Pick<Workshop, 'root' | 'folder'>, checks: readonly BuildCheck[]): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const { name, run: command, required } of checks) {
    process.stdout.write(`Check ${name}: ${command}\n`);
    const began = performance.now();
    const { code, words } = await run('bash', ['-c', command], { cwd: shop.folder, env: environment(shop) });
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    const passed = code === 0;
    process.stdout.write(`Check ${name}: ${passed ? 'passed' : required ? 'failed' : 'failed, which is allowed'} after ${String(seconds)} s\n`);
    results.push({ name, required, passed, seconds, ...(passed ? {} : { words: (words ?? `it ended with ${String(code)}`).slice(0, most) }) });
  }
  const failed = results.filter(({ required, passed }) => required && !passed);
  if (failed.length > 0) throw new InvalidInputError(`Checking: ${failed.map(({ name, words = '' }) => `the required check ${name} failed: ${words}`).join('; ')}`);
  return results;
}
