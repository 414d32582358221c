import type { RevisionPlan } from '../contracts/plan.ts';
import type { Release, Target } from '../contracts/release.ts';
import { deployedIn } from '../domain/deployed-in.ts';
import { findEnvironment } from '../domain/find-target.ts';
import { factsOfRevision, isThereAlready, type GroupLook } from '../domain/revision-plan.ts';
import { isMoving } from './keep-look.ts';
import { storeRevisionPlan } from './plans.ts';
import { updateTarget } from './releases.ts';

interface Where {
  readonly tableName: string;
  readonly bucket: string;
}

interface Planned {
  readonly release: Pick<Release, 'id' | 'application' | 'commit' | 'branch' | 'tag' | 'sequence' | 'mode' | 'configuration'>;
  readonly plan: RevisionPlan;
  readonly target: Target;
  readonly group: GroupLook;
}

const none = { add: 0, modify: 0, replace: 0, mayReplace: 0, remove: 0 };

/** Keeps what was seen of a group: the plan in the bucket, how the target stands in its row. */
export async function keepRevision(where: Where, { release, plan, target: at, group }: Planned, now: Date): Promise<void> {
  const { environment, target } = plan;
  const id = { release: release.id, environment, target };
  const deployed = { ...deployedIn(release, findEnvironment(release, environment), at), fence: 0, deployedAt: now.toISOString(), outputs: {} };
  // Where somebody moves the group right now it is planned as a change: under the lock it is looked at again.
  if (isThereAlready(plan, group) && (release.mode === 'plan' || !(await isMoving(where.tableName, deployed)))) {
    await updateTarget(where.tableName, id, { state: 'ended', outcome: 'no-changes', clean: true, counts: none, risks: [], facts: [] }, now);
    return;
  }
  const planKey = await storeRevisionPlan(where.bucket, plan);
  await updateTarget(where.tableName, id, { state: 'planned', planKey, digest: plan.digest, revision: plan.revision, counts: { ...none, modify: 1 }, risks: [], facts: [...factsOfRevision] }, now);
}
