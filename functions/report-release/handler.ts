import type * as z from 'zod';
import { noticeLeftByFiles } from '../../aws/leaving.ts';
import { listEnvironments, readRelease, updateRelease } from '../../aws/releases.ts';
import { report } from '../../aws/reports.ts';
import { forgetWait } from '../../aws/waits.ts';
import type { Outcome } from '../../contracts/outcome.ts';
import { CaughtError, ReleaseTask } from '../../contracts/tasks.ts';
import { buildOperation } from '../../domain/build-answer.ts';
import { sentenceOf } from '../../domain/caught.ts';
import { releaseEnd } from '../../domain/next-environment.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';

const Input = ReleaseTask.extend({ error: CaughtError.optional() });
const real = { readRelease, listEnvironments, updateRelease, forgetWait, noticeLeftByFiles, report, now: () => new Date() };

/** Says how a release ended. */
export async function reportRelease(uses: typeof real, input: z.output<typeof Input>): Promise<{ outcome: Outcome }> {
  const { TABLE_NAME: tableName, BUS_NAME: busName, DEPLOY_RELEASE_MACHINE_ARN: machine } = env('TABLE_NAME', 'BUS_NAME', 'DEPLOY_RELEASE_MACHINE_ARN');
  const release = await uses.readRelease(tableName, input.release);
  const environments = await uses.listEnvironments(tableName, input.release);
  const { outcome, reason } = input.error === undefined ? releaseEnd(release, environments) : { outcome: 'failed' as const, reason: sentenceOf(input.error) };
  if (outcome === 'deployed' || outcome === 'no-changes') {
    for (const left of await uses.noticeLeftByFiles({ tableName, busName, machine }, release)) {
      await uses.report({ tableName, busName }, { kind: 'left', about: 'release', release: release.id, application: release.application, text: `Deployed, but in no configuration any more: ${left}` }, uses.now());
    }
  }
  // Nobody waits for its build any more: an error may have come between, or whoever completed the wait died.
  await uses.forgetWait(tableName, buildOperation(release.id, input.attempt));
  await uses.updateRelease(tableName, release.id, { state: 'ended', outcome, reason });
  const text = `${release.id}: ${outcome}${reason === undefined ? '' : `: ${reason}`}`;
  await uses.report({ tableName, busName }, { kind: 'ended', about: 'release', release: release.id, application: release.application, outcome, text }, uses.now());
  return { outcome };
}

export const handler = task({ name: 'report-release', input: Input, run: (input) => reportRelease(real, input) });
