import { lookAtChangeSet } from '../../aws/change-set-look.ts';
import { describeStack } from '../../aws/cloudformation.ts';
import { keepLook } from '../../aws/keep-look.ts';
import { readRelease, readTarget } from '../../aws/releases.ts';
import { readSiblings } from '../../aws/siblings.ts';
import { clientFor } from '../../aws/target-client.ts';
import { TargetTask } from '../../contracts/tasks.ts';
import { isOfRound } from '../../domain/attempt.ts';
import { lookOrDefer } from '../../domain/deferral.ts';
import { changeSetName } from '../../domain/change-set-request.ts';
import { findTarget, templateOf } from '../../domain/find-target.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';

const real = { readRelease, readTarget, clientFor, describeStack, lookAtChangeSet, readSiblings, keepLook, now: () => new Date() };
type Uses = typeof real;
interface Answer { readonly answer: 'settled' | 'settling' }

/** Looks again at a change set that was not settled when it was opened. */
export async function lookAgain(uses: Uses, where: { tableName: string; bucket: string }, input: TargetTask): Promise<Answer> {
  const { environment, attempt } = input;
  const record = await uses.readTarget(where.tableName, input.release, environment, input.target);
  if (isOfRound(record, attempt) && record?.state !== 'planning') return { answer: 'settled' };
  const release = await uses.readRelease(where.tableName, input.release);
  const target = findTarget(release, environment, input.target);
  const { sha256: templateSha256, noEcho } = templateOf(release, environment, target);
  const operation = record?.createdShell === true ? 'CREATE' : 'UPDATE';
  const client = await uses.clientFor('plan', { release, environment, target });
  const look = await uses.lookAtChangeSet(client, { stackName: target.stackName, changeSet: changeSetName(release.id, attempt) }, operation);
  const settled = look.answer === 'ready' || (look.answer === 'no-changes' && target.steps !== undefined);
  const stack = settled && operation === 'UPDATE' ? await uses.describeStack(client, target.stackName) : undefined;
  const looked = { release, templateSha256, noEcho, environment, target, attempt, operation, stackArn: stack?.arn ?? '', outputs: stack?.outputs ?? {}, taken: record?.taken ?? {}, takesOver: record?.takesOver, parameters: stack?.parameters ?? {} } as const;
  // Only a failure may be one that the stacks before this one can still mend.
  const judged = look.answer === 'failed' ? lookOrDefer(look, target, await uses.readSiblings(where.tableName, { release, environment, target })) : look;
  const kept = await uses.keepLook(where, looked, judged, uses.now());
  if (kept === 'pending') return { answer: 'settling' };
  // What was compared with is being changed by somebody else: another round compares with what comes of it.
  if (kept === 'moving') await uses.keepLook(where, looked, { answer: 'gone' }, uses.now());
  return { answer: 'settled' };
}

export const handler = task({
  name: 'look-at-change-set',
  input: TargetTask,
  run: (input) => {
    const { TABLE_NAME, ARTIFACT_BUCKET } = env('TABLE_NAME', 'ARTIFACT_BUCKET');
    return lookAgain(real, { tableName: TABLE_NAME, bucket: ARTIFACT_BUCKET }, input);
  },
});
