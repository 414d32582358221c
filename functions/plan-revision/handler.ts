import { startTarget } from '../../aws/attempts.ts';
import { describeGroup } from '../../aws/code-deploy.ts';
import { codeDeployFor } from '../../aws/code-deploy-client.ts';
import { keepRevision } from '../../aws/keep-revision.ts';
import { readRelease, readTarget, updateTarget } from '../../aws/releases.ts';
import { TargetTask } from '../../contracts/tasks.ts';
import { isOfRound, staysDeployed } from '../../domain/attempt.ts';
import { bucketFor, findTarget } from '../../domain/find-target.ts';
import { groupOf, makeRevisionPlan, revisionOf } from '../../domain/revision-plan.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';

const real = { readRelease, readTarget, updateTarget, startTarget, codeDeployFor, describeGroup, keepRevision, now: () => new Date() };
type Uses = typeof real;

/** Looks at a deployment group and keeps what a deployment would change there. Nothing is opened in the target, so nothing is left behind. */
export async function planRevision(uses: Uses, where: { tableName: string; bucket: string }, input: TargetTask): Promise<{ answer: 'settled' }> {
  const { environment, attempt } = input;
  const before = await uses.readTarget(where.tableName, input.release, environment, input.target);
  if (isOfRound(before, attempt) && before?.state !== 'planning') return { answer: 'settled' };
  if (staysDeployed(before, attempt)) {
    await uses.updateTarget(where.tableName, input, { attempt }, uses.now());
    return { answer: 'settled' };
  }
  const release = await uses.readRelease(where.tableName, input.release);
  const target = groupOf(findTarget(release, environment, input.target));
  const revision = revisionOf(release, target);
  const { account, region, stackName } = target;
  await uses.startTarget(where.tableName, { ...input, account, region, stackName, state: 'planning', updatedAt: uses.now().toISOString() });
  const group = await uses.describeGroup(await uses.codeDeployFor('plan', { release, environment, target }), target.codeDeploy);
  const plan = makeRevisionPlan({ release, environment, target, attempt, bucket: bucketFor(release, target), revision }, group);
  await uses.keepRevision(where, { release, plan, target, group }, uses.now());
  return { answer: 'settled' };
}

export const handler = task({
  name: 'plan-revision',
  input: TargetTask,
  run: (input) => {
    const { TABLE_NAME, ARTIFACT_BUCKET } = env('TABLE_NAME', 'ARTIFACT_BUCKET');
    return planRevision(real, { tableName: TABLE_NAME, bucket: ARTIFACT_BUCKET }, input);
  },
});
