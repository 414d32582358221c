import { buildOperation } from '../domain/build-answer.ts';
import { whoseTurn } from '../domain/build-line.ts';
import type { leaveBuildLine, readBuildLine } from './build-line.ts';
import type { completeWait } from './waits.ts';

export interface WakesBuilds {
  readonly readBuildLine: typeof readBuildLine;
  readonly leaveBuildLine: typeof leaveBuildLine;
  readonly completeWait: typeof completeWait;
}

/**
 * A build may have become free: wakes the one whose turn it is, to try again. It keeps its place until its build runs,
 * so that a refusal costs it nothing; whoever does not wait any more makes room for the next.
 */
export async function wakeNextBuild(uses: WakesBuilds, where: { tableName: string; keyArn: string }): Promise<void> {
  let line = await uses.readBuildLine(where.tableName);
  for (let next = whoseTurn(line); next !== undefined; next = whoseTurn(line)) {
    if ((await uses.completeWait(where, buildOperation(next.release, next.attempt), { answer: 'again' })) === 'completed') return;
    await uses.leaveBuildLine(where.tableName, next, next);
    const gone = next;
    line = { ...line, waiters: line.waiters.filter((waiter) => waiter !== gone) };
  }
}
