import { findApproval, writeApproval } from '../../aws/approvals.ts';
import { readEnvironment, readRelease } from '../../aws/releases.ts';
import { report } from '../../aws/reports.ts';
import type { Approval } from '../../contracts/approval.ts';
import { EnvironmentTask } from '../../contracts/tasks.ts';
import { expire } from '../../domain/approval.ts';
import { ConfigurationError, TransientError } from '../../domain/errors.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';

const real = { readRelease, readEnvironment, findApproval, writeApproval, report, now: () => new Date() };

/** The time is up. An answer of the last second counts: the record says which came first. */
export async function closeApproval(uses: typeof real, input: EnvironmentTask): Promise<{ answer: Exclude<Approval['state'], 'waiting'> }> {
  const { TABLE_NAME: tableName, BUS_NAME: busName } = env('TABLE_NAME', 'BUS_NAME');
  const record = await uses.readEnvironment(tableName, input.release, input.environment);
  const approval = await uses.findApproval(tableName, record?.approval);
  if (approval === undefined) throw new ConfigurationError(`Closing the approval of ${input.environment}: there is none. Retry the release.`);
  if (approval.state !== 'waiting') return { answer: approval.state };
  if (!(await uses.writeApproval(tableName, expire(approval), approval.version))) throw new TransientError('Closing an approval: it was answered in this moment. It is looked at again.');
  const { application } = await uses.readRelease(tableName, input.release);
  const text = `Nobody answered for ${input.environment} in time.`;
  await uses.report({ tableName, busName }, { kind: 'expired', about: 'environment', release: input.release, environment: input.environment, application, approval: approval.id, text }, uses.now());
  return { answer: 'expired' };
}

export const handler = task({ name: 'close-approval', input: EnvironmentTask, run: (input) => closeApproval(real, input) });
