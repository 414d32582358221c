import { startTarget } from '../../aws/attempts.ts';
import { describeStack } from '../../aws/cloudformation.ts';
import { forgetDeployed, readDeployed } from '../../aws/deployed.ts';
import { findImports } from '../../aws/imports.ts';
import { storePlan } from '../../aws/plans.ts';
import { readRelease, readTarget, updateTarget } from '../../aws/releases.ts';
import { listOwned } from '../../aws/stack-removal.ts';
import { clientFor } from '../../aws/target-client.ts';
import { TargetTask } from '../../contracts/tasks.ts';
import type { Plan, TargetRecord } from '../../contracts/plan.ts';
import { isOfRound, staysDeployed } from '../../domain/attempt.ts';
import { count } from '../../domain/changes.ts';
import { counted, factsOf, risksOf } from '../../domain/facts.ts';
import { findEnvironment, findTarget } from '../../domain/find-target.ts';
import { gone, groupPlan } from '../../domain/removal/check.ts';
import { plannedImports } from '../../domain/removal/imports.ts';
import { mustStay } from '../../domain/removal/ownership.ts';
import { keptLine, leaving, makeRemovalPlan, stayLines } from '../../domain/removal/plan.ts';
import { removalTreatment } from '../../domain/removal/treatment.ts';
import { advice } from '../../domain/stack-status.ts';
import { env } from '../../runtime/env.ts';
import { task } from '../../runtime/task.ts';

const real = { readRelease, readTarget, updateTarget, startTarget, readDeployed, forgetDeployed, clientFor, describeStack, listOwned, findImports, storePlan, now: () => new Date() };
type Uses = typeof real;
interface Answer { readonly answer: 'planned' | 'busy' }

/** Looks at what a stack owns and keeps what its deletion would do. Nothing is touched, so nothing is left behind. */
export async function planRemoval(uses: Uses, where: { tableName: string; bucket: string }, input: TargetTask): Promise<Answer> {
  const { tableName } = where;
  const { environment, attempt } = input;
  const before = await uses.readTarget(tableName, input.release, environment, input.target);
  if (isOfRound(before, attempt) && before?.state !== 'planning') return { answer: 'planned' };
  if (staysDeployed(before, attempt)) {
    await uses.updateTarget(tableName, input, { attempt }, uses.now());
    return { answer: 'planned' };
  }
  const release = await uses.readRelease(tableName, input.release);
  const target = findTarget(release, environment, input.target);
  const { account, region, stackName } = target;
  const at = uses.now().toISOString();
  const keep = async (fields: Pick<TargetRecord, 'state'> & Partial<TargetRecord>): Promise<Answer> => {
    await uses.startTarget(tableName, { ...input, account, region, stackName, updatedAt: at, ...fields });
    return { answer: 'planned' };
  };
  const deployed = await uses.readDeployed(tableName, release.application, environment, target.name);
  if (deployed === undefined) return await keep({ state: 'ended', outcome: 'removed', clean: true, reason: `Nothing is deployed to ${target.name} any more.` });
  if (target.codeDeploy !== undefined) return await keep({ state: 'planned', ...groupPlan(target) });

  const client = await uses.clientFor('plan', { release, environment, target });
  // By its ARN a stack that somebody made anew under the same name is never meant.
  const stack = await uses.describeStack(client, deployed.stackArn ?? stackName);
  const treatment = removalTreatment(stack?.status);
  if (treatment === 'wait') return { answer: 'busy' };
  if (stack === undefined || treatment === 'gone') {
    const removed = { application: release.application, environment, target: target.name, release: release.id, sequence: release.sequence, at };
    if ((await uses.forgetDeployed(tableName, deployed, removed)) === 'forgotten') return await keep({ state: 'ended', outcome: 'removed', clean: true, reason: gone(stackName).reason });
    return await keep({ state: 'ended', outcome: 'stale', clean: true, reason: 'Something else was deployed here while it was looked at.' });
  }
  const reason = treatment === 'person' ? `Removing ${stackName}: the stack is in ${stack.status}, which only a person can mend. ${advice(stack.status)}` : mustStay(stack, { application: release.application, environment, target });
  if (reason !== undefined) return await keep({ state: 'ended', outcome: 'failed', clean: true, reason });
  const stacks = await uses.listOwned(client, stack.arn);
  const planned = makeRemovalPlan({ release, environment, target, attempt, stackArn: stack.arn, stacks });
  const { held, remarks } = plannedImports(target, findEnvironment(release, environment).targets, await uses.findImports(client, leaving(planned, stacks)));
  if (held !== undefined) return await keep({ state: 'ended', outcome: 'failed', clean: true, reason: held });
  const plan = { ...planned, remarks: [...planned.remarks, ...remarks] };
  return await keep({ state: 'planned', planKey: await uses.storePlan(where.bucket, plan), ...recordOf(plan) });
}

/** What the row of the target says of the plan. */
function recordOf(plan: Plan): Partial<TargetRecord> {
  const facts = factsOf(plan);
  return {
    digest: plan.digest,
    stackArn: plan.stackArn,
    counts: count(plan.changes),
    risks: [...risksOf(facts), ...stayLines(plan)],
    facts: counted(facts),
    kept: (plan.kept ?? []).map(keptLine),
  };
}

export const handler = task({
  name: 'plan-removal',
  input: TargetTask,
  run: (input) => {
    const { TABLE_NAME, ARTIFACT_BUCKET } = env('TABLE_NAME', 'ARTIFACT_BUCKET');
    return planRemoval(real, { tableName: TABLE_NAME, bucket: ARTIFACT_BUCKET }, input);
  },
});
