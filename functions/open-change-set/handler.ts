import { lookAtChangeSet } from '../../aws/change-set-look.ts';
import { createChangeSet, deleteChangeSet } from '../../aws/change-sets.ts';
import { findAdoption } from '../../aws/adoptions.ts';
import { describeStack } from '../../aws/cloudformation.ts';
import { readDeployed } from '../../aws/deployed.ts';
import { keepLook } from '../../aws/keep-look.ts';
import { lookUp } from '../../aws/parameter-store.ts';
import { readSiblings } from '../../aws/siblings.ts';
import { readTaken } from '../../aws/taken.ts';
import { startTarget } from '../../aws/attempts.ts';
import { readRelease, readTarget, updateTarget } from '../../aws/releases.ts';
import { clientFor } from '../../aws/target-client.ts';
import { TargetTask } from '../../contracts/tasks.ts';
import { isOfRound, staysDeployed } from '../../domain/attempt.ts';
import { changeSetName, changeSetRequest } from '../../domain/change-set-request.ts';
import { findTarget, templateOf } from '../../domain/find-target.ts';
import { fingerprints, valuesOf } from '../../domain/lookups.ts';
import { deferral, lookOrDefer } from '../../domain/deferral.ts';
import { leftBehind } from '../../domain/left-behind.ts';
import { advice, treatmentOf } from '../../domain/stack-status.ts';
import { allTaken, awaited, foundIn } from '../../domain/taken.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';
import { claim } from './claim.ts';

const real = { readDeployed, findAdoption, readRelease, readTarget, updateTarget, startTarget, clientFor, lookUp, readSiblings, readTaken, describeStack, createChangeSet, deleteChangeSet, lookAtChangeSet, keepLook, now: () => new Date() };
type Uses = typeof real;
interface Answer { readonly answer: 'opened' | 'settled' | 'busy' | 'remove-first' | 'revision' | 'removal' }

/** Looks at the stack, opens what its status allows, and looks at the change set once. */
export async function openChangeSet(uses: Uses, where: { tableName: string; bucket: string; region: string }, input: TargetTask): Promise<Answer> {
  const { environment, attempt } = input;
  const release = await uses.readRelease(where.tableName, input.release);
  const target = findTarget(release, environment, input.target);
  if (release.mode === 'remove') return { answer: 'removal' };
  if (target.codeDeploy !== undefined) return { answer: 'revision' };
  const before = await uses.readTarget(where.tableName, input.release, environment, input.target);
  if (isOfRound(before, attempt) && before?.state !== 'planning') return { answer: 'settled' };
  if (staysDeployed(before, attempt)) {
    await uses.updateTarget(where.tableName, input, { attempt }, uses.now());
    return { answer: 'settled' };
  }
  const template = templateOf(release, environment, target);
  const siblings = await uses.readSiblings(where.tableName, { release, environment, target });
  const row = { ...input, account: target.account, region: target.region, stackName: target.stackName, updatedAt: uses.now().toISOString() };
  const there = await uses.readTaken(where.tableName, { release, target });
  const later = deferral(target, siblings) ?? awaited(release, target, there);
  if (later !== undefined) {
    await uses.startTarget(where.tableName, { ...row, state: 'deferred', reason: later });
    return { answer: 'settled' };
  }
  const client = await uses.clientFor('plan', { release, environment, target });
  const stack = await uses.describeStack(client, target.stackName);
  const treatment = treatmentOf(stack?.status);
  if (treatment === 'wait') return { answer: 'busy' };
  // An empty stack that somebody's first change set made holds nothing that could be anybody's.
  const claimed = stack === undefined || treatment === 'create' ? undefined : await claim(uses, where.tableName, { release, environment, target, stack, treatment });
  const theirs = claimed?.answer === 'refused' ? claimed.sentence : undefined;
  if (treatment === 'remove-first' && theirs === undefined) return { answer: 'remove-first' };

  if (treatment === 'person' || theirs !== undefined) {
    const status = stack?.status ?? '';
    const reason = `Planning ${target.stackName}: ${theirs ?? `the stack is in ${status}, which only a person can mend. ${advice(status)}`}`;
    await uses.startTarget(where.tableName, { ...row, state: 'ended', outcome: 'failed', clean: theirs !== undefined, reason });
    return { answer: 'settled' };
  }
  // A round of planning that came before left its change set; the stack needs one only.
  if (before !== undefined && !isOfRound(before, attempt) && leftBehind(before).changeSet) {
    await uses.deleteChangeSet(client, { stackName: target.stackName, changeSet: changeSetName(release.id, before.attempt) });
  }
  const operation = treatment === 'create' ? 'CREATE' : 'UPDATE';
  const lookups = target.lookups ?? {};
  const found = { ...(await uses.lookUp(client, lookups)), ...siblings.found, ...foundIn(there, target) };
  const takenNow = allTaken(target, there);
  const parameters = { ...target.parameters, ...valuesOf(found, { lookups, target }) };
  const takesOver = claimed?.answer === 'takes-over' ? claimed.sentence : undefined;
  // An earlier try of this task may have opened the change set already, with what it had found.
  const earlier = isOfRound(before, attempt) ? before : undefined;
  const lookedUp = earlier?.lookedUp ?? fingerprints(found, lookups, template.noEcho);
  const taken = earlier?.taken ?? takenNow;
  await uses.startTarget(where.tableName, { ...row, state: 'planning', createdShell: operation === 'CREATE', lookedUp, takesOver, ...(target.takes === undefined ? {} : { taken: { ...taken } }) });
  const request = changeSetRequest({ release, template, environment, target: { ...target, parameters }, attempt, operation, region: where.region });
  await uses.createChangeSet(client, request);
  const look = await uses.lookAtChangeSet(client, { stackName: target.stackName, changeSet: request.name }, operation);
  const looked = { release, templateSha256: template.sha256, noEcho: template.noEcho, environment, target, attempt, operation, stackArn: stack?.arn ?? '', outputs: stack?.outputs ?? {}, taken, takesOver, parameters: stack?.parameters ?? {} } as const;
  const kept = await uses.keepLook(where, looked, lookOrDefer(look, target, siblings), uses.now());
  return { answer: ({ settled: 'settled', pending: 'opened', moving: 'busy' } as const)[kept] };
}

export const handler = task({
  name: 'open-change-set',
  input: TargetTask,
  run: (input) => {
    const { TABLE_NAME, ARTIFACT_BUCKET, AWS_REGION } = env('TABLE_NAME', 'ARTIFACT_BUCKET', 'AWS_REGION');
    return openChangeSet(real, { tableName: TABLE_NAME, bucket: ARTIFACT_BUCKET, region: AWS_REGION }, input);
  },
});
