import { findApproval } from '../../aws/approvals.ts';
import { findHalt } from '../../aws/halts.ts';
import { readEnvironment } from '../../aws/releases.ts';
import { report } from '../../aws/reports.ts';
import { completeToken, storeWait } from '../../aws/waits.ts';
import { EnvironmentWait } from '../../contracts/tasks.ts';
import { approvalOperation } from '../../domain/approval.ts';
import { ConfigurationError } from '../../domain/errors.ts';
import { askedWhileHalted } from '../../domain/halt.ts';
import { questionOf } from '../../domain/question.ts';
import { registeredOf } from '../../domain/registered-name.ts';
import { at } from '../../domain/utc.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';

const real = { readEnvironment, findApproval, findHalt, storeWait, completeToken, report, now: () => new Date() };

/** Goes on waiting with a new token, and reminds those who have not answered. An answer that came between is taken up here. */
export async function remindApprovers(uses: typeof real, where: { tableName: string; keyArn: string; busName: string }, { token, release, environment }: EnvironmentWait): Promise<void> {
  const record = await uses.readEnvironment(where.tableName, release, environment);
  const id = record?.approval;
  if (id === undefined) throw new ConfigurationError(`Reminding the approvers of ${environment}: nothing was asked. Retry the release.`);
  const now = uses.now();
  // The token first: an answer after this line completes it, an answer before it is seen on the next.
  await uses.storeWait(where, { operation: approvalOperation(id), about: { release, environment } }, token, now);
  const approval = await uses.findApproval(where.tableName, id);
  if (approval === undefined) throw new ConfigurationError(`Reminding the approvers of ${environment}: the question is gone. Retry the release.`);
  if (approval.state !== 'waiting') {
    await uses.completeToken(token, { answer: approval.state });
    return;
  }
  const { stillNeeds } = questionOf(approval, []);
  const halted = askedWhileHalted(await uses.findHalt(where.tableName, registeredOf(approval)), approval);
  const text = [`${environment} still waits for ${stillNeeds}; it expires on ${at(approval.expiresAt)}.`, ...halted].join(' ');
  await uses.report(where, { kind: 'reminder', about: 'environment', release, environment, application: approval.application, approval: id, text }, uses.now());
}

export const handler = task({
  name: 'remind-approvers',
  input: EnvironmentWait,
  run: (input) => {
    const { TABLE_NAME, WAIT_KEY_ARN, BUS_NAME } = env('TABLE_NAME', 'WAIT_KEY_ARN', 'BUS_NAME');
    return remindApprovers(real, { tableName: TABLE_NAME, keyArn: WAIT_KEY_ARN, busName: BUS_NAME }, input);
  },
});
