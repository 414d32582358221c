import { approvalId, findApproval, findWaiting, makeLink, setWaiting, writeApproval } from '../../aws/approvals.ts';
import { sendMail } from '../../aws/mail.ts';
import { listTargets, readEnvironment, readRelease, updateEnvironment } from '../../aws/releases.ts';
import { report } from '../../aws/reports.ts';
import { completeToken, completeWait, storeWait } from '../../aws/waits.ts';
import type { Approval } from '../../contracts/approval.ts';
import { EnvironmentWait } from '../../contracts/tasks.ts';
import { approvalOperation, supersede } from '../../domain/approval.ts';
import { ConfigurationError } from '../../domain/errors.ts';
import { approvalMail } from '../../domain/mail.ts';
import { summaryOf } from '../../domain/summary.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';

const real = {
  readRelease, readEnvironment, listTargets, updateEnvironment, findApproval, findWaiting, setWaiting, writeApproval, makeLink, sendMail,
  storeWait, completeWait, completeToken, report, approvalId, now: () => new Date(),
};

/** Puts the question to people and waits. An older question of the same application and environment ends, visibly. */
export async function askForApproval(uses: typeof real, { token, ...input }: EnvironmentWait): Promise<void> {
  const { TABLE_NAME: tableName, WAIT_KEY_ARN: keyArn, BUS_NAME: busName, MAIL_TOPIC_ARN: topic, DOOR_URL: door } = env('TABLE_NAME', 'WAIT_KEY_ARN', 'BUS_NAME', 'MAIL_TOPIC_ARN', 'DOOR_URL');
  const release = await uses.readRelease(tableName, input.release);
  const { application } = release;
  const id = { release: release.id, environment: input.environment };
  const asked = release.configuration?.environments.find(({ name }) => name === input.environment)?.approval;
  const record = await uses.readEnvironment(tableName, id.release, id.environment);
  if (asked === undefined || record?.digest === undefined) throw new ConfigurationError(`Asking for an approval of ${id.environment}: there is no plan that needs one. Retry the release.`);
  const targets = await uses.listTargets(tableName, id.release, id.environment);

  const known = await uses.findApproval(tableName, record.approval);
  const again = known?.state === 'waiting' && known.digest === record.digest ? known : undefined;
  const now = uses.now();
  const approval: Approval = again ?? {
    id: uses.approvalId(),
    ...id,
    application,
    attempt: String(input.attempt),
    sequence: release.sequence,
    digest: record.digest,
    changeSets: targets.flatMap(({ target, changeSetArn }) => (changeSetArn === undefined ? [] : [{ target, arn: changeSetArn }])),
    approvers: asked.approvers,
    required: asked.required,
    authors: asked.authorMayApprove ? [] : [release.author.email.toLowerCase()],
    state: 'waiting',
    votes: [],
    createdAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + asked.expiresInSeconds * 1000).toISOString(),
  };
  const newer = await takePlace(uses, { tableName, keyArn, busName }, approval);
  if (newer !== undefined) {
    await uses.writeApproval(tableName, supersede(approval, newer), 0);
    await uses.updateEnvironment(tableName, id, { approval: approval.id }, now);
    await uses.completeToken(token, { answer: 'superseded' });
    return;
  }
  // The token first, then the question: a fast answer can beat a later write.
  await uses.storeWait({ tableName, keyArn }, { operation: approvalOperation(approval.id), about: id }, token, now);
  if (again !== undefined) return;
  await uses.writeApproval(tableName, approval, 0);
  await uses.setWaiting(tableName, approval);
  await uses.updateEnvironment(tableName, id, { approval: approval.id, state: 'waiting' }, now);
  for (const approver of approval.approvers) {
    const link = await uses.makeLink(tableName, approval, approver);
    const mail = approvalMail({
      application,
      environment: id.environment,
      release: release.id,
      commit: release.commit,
      author: release.author.name,
      message: release.message,
      summary: summaryOf(targets),
      url: `${door}/approvals/${link}`,
      expiresAt: approval.expiresAt,
    });
    await uses.sendMail(topic, { ...mail, to: approver });
  }
  const text = `${id.environment} waits for ${String(approval.required)} of ${approval.approvers.join(', ')}.`;
  await uses.report({ tableName, busName }, { kind: 'waiting', about: 'environment', ...id, application, text }, uses.now());
}

/**
 * Ends the question that an older release of the application still puts in the same environment.
 * @returns the newer release that waits there already, if there is one
 */
async function takePlace(uses: typeof real, where: { tableName: string; keyArn: string; busName: string }, approval: Approval): Promise<string | undefined> {
  const { application, environment, release, sequence } = approval;
  const other = await uses.findWaiting(where.tableName, application, environment);
  if (other?.state !== 'waiting' || other.release === release) return undefined;
  if (other.sequence > sequence) return other.release;
  // Answered in this very moment: then it is not ours to end.
  if (!(await uses.writeApproval(where.tableName, supersede(other, release), other.version))) return undefined;
  await uses.completeWait(where, approvalOperation(other.id), { answer: 'superseded' });
  const text = `The question about ${other.release} ended: ${release} took its place.`;
  await uses.report(where, { kind: 'superseded', about: 'environment', release: other.release, environment, application, text }, uses.now());
  return undefined;
}

export const handler = task({ name: 'ask-for-approval', input: EnvironmentWait, run: (input) => askForApproval(real, input) });
