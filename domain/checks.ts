import type { CheckResult } from '../contracts/build.ts';

/** `unit tests: passed after 3 s`, worst first: an approver reads no further than they must. */
export function checkLines(checks: readonly CheckResult[] = []): string[] {
  const rank = ({ passed, required }: CheckResult) => (passed ? 2 : required ? 0 : 1);
  return [...checks]
    .sort((a, b) => rank(a) - rank(b))
    .map(({ name, required, passed, seconds, words }) => {
      const how = passed ? 'passed' : required ? 'failed' : 'failed, which is allowed,';
      return `${name}: ${how} after ${String(seconds)} s${words === undefined ? '' : `: ${words}`}`;
    });
}

/** What stands above the lines: nobody but the build has seen them pass. */
export const checksTitle = 'Checks, as the build says of itself';
