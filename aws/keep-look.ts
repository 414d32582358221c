import type { Deployed, Plan, PlanTemplates, TargetRecord } from '../contracts/plan.ts';
import type { Release, Target } from '../contracts/release.ts';
import { count } from '../domain/changes.ts';
import type { Deferred } from '../domain/deferral.ts';
import { deployedIn } from '../domain/deployed-in.ts';
import { findEnvironment } from '../domain/find-target.ts';
import { makePlan, makeStepsPlan, masked, type PlanFacts } from '../domain/plan.ts';
import { plannedSteps } from '../domain/steps.ts';
import type { Look } from './change-set-look.ts';
import { deployedAsIs, readDeployed } from './deployed.ts';
import { isRunning, readLock } from './locks.ts';
import { storePlan, storeTemplates } from './plans.ts';
import { updateTarget } from './releases.ts';

interface Where {
  readonly tableName: string;
  readonly bucket: string;
}

export interface Looked extends Omit<PlanFacts, 'steps'> {
  readonly release: Pick<Release, 'id' | 'application' | 'commit' | 'branch' | 'tag' | 'sequence' | 'mode' | 'artifact' | 'configuration'>;
  readonly target: PlanFacts['target'] & Pick<Target, 'steps' | 'accountName' | 'externalId' | 'wave' | 'codeDeploy'>;
  readonly stackArn: string;
  /** Of the stack as it is, where they were read. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Of earlier environments. */
  readonly taken: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
}

type Kept = 'settled' | 'pending' | 'moving';

/**
 * Keeps what was seen of a change set: the plan in the bucket, how the target stands in its row.
 * @returns `moving` when nothing would change, but somebody else moves the target right now
 */
export async function keepLook(where: Where, looked: Looked, look: Look | Deferred, now: Date): Promise<Kept> {
  const keep = async (fields: Partial<TargetRecord>) => {
    await updateTarget(where.tableName, { release: looked.release.id, environment: looked.environment, target: looked.target.name }, fields, now);
    return 'settled' as const;
  };
  const keepPlan = async (plan: Plan, { templates, more }: { templates: PlanTemplates['stacks']; more: Partial<TargetRecord> }) => {
    const planKey = await storePlan(where.bucket, plan);
    await storeTemplates(where.bucket, planKey, { stacks: templates, parameters: masked(looked.parameters, looked.noEcho) });
    return await keep({ ...more, state: 'planned', planKey, digest: plan.digest, changeSetArn: plan.changeSetArn, stackArn: plan.stackArn, counts: count(plan.changes, plan.steps) });
  };
  switch (look.answer) {
    case 'pending':
      return 'pending';
    case 'gone':
      return await keep({ state: 'ended', outcome: 'stale', clean: true, reason: 'The change set vanished while it was made: something else changed the stack.' });
    case 'failed':
      return await keep({ state: 'ended', outcome: 'failed', clean: true, reason: `Planning ${looked.target.stackName}: ${look.reason.replace(/\.$/, '')}. Mend it and push again.` });
    case 'deferred':
      return await keep({ state: 'deferred', reason: look.reason });
    case 'no-changes': {
      const steps = await stepsOf(where.tableName, looked);
      // What is to be done after the stack counts as a change, also when the stack has none.
      if (steps.some(({ done }) => !done)) return await keepPlan(makeStepsPlan({ ...looked, steps }), { templates: [], more: { stepsOnly: true, outputs: { ...looked.outputs } } });
      // Nothing of ours is in a stack that is still to be taken over: that waits for a plan that somebody says yes to.
      if (looked.release.mode === 'deploy' && looked.takesOver === undefined && (await isMoving(where.tableName, { ...deployedBy(looked, now), ...(steps.length === 0 ? {} : { steps: steps.map(({ digest }) => digest) }) }))) return 'moving';
      return await keep({ state: 'ended', outcome: 'no-changes', clean: true, counts: { add: 0, modify: 0, replace: 0, mayReplace: 0, remove: 0 }, risks: [], facts: [], outputs: { ...looked.outputs } });
    }
    case 'ready': {
      const plan = makePlan({ ...looked, steps: await stepsOf(where.tableName, looked) }, look.described);
      return await keepPlan(plan, { templates: look.templates, more: {} });
    }
  }
}

/** Steps are compared with those that were done here last. */
async function stepsOf(tableName: string, { release, environment, target, outputs, taken }: Looked) {
  if (target.steps === undefined) return [];
  const deployed = await readDeployed(tableName, release.application, environment, target.name);
  return plannedSteps({ release, target, outputs: { ...outputs, ...taken }, done: deployed?.steps ?? [] });
}

/** A lock whose holder died moves nothing. */
export async function isMoving(tableName: string, deployed: Deployed): Promise<boolean> {
  if ((await deployedAsIs(tableName, deployed)) !== 'moving') return false;
  const owner = (await readLock(tableName, deployed))?.owner;
  if (owner !== undefined && (await isRunning(owner))) return true;
  return (await deployedAsIs(tableName, deployed, owner)) === 'moving';
}

function deployedBy({ release, environment, target, outputs, stackArn }: Looked, now: Date) {
  const into = deployedIn(release, findEnvironment(release, environment), target);
  return { ...into, ...(stackArn === '' ? {} : { stackArn }), fence: 0, deployedAt: now.toISOString(), outputs: { ...outputs } };
}
