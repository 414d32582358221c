import type { RevisionPlan } from '../contracts/plan.ts';
import type { Release } from '../contracts/release.ts';
import { factsOfRevision, isThereAlready, type GroupLook } from '../domain/revision-plan.ts';
import { isMoving } from './keep-look.ts';
import { storeRevisionPlan } from './plans.ts';
import { updateTarget } from './releases.ts';

interface Where {
  readonly tableName: string;
  readonly bucket: string;
}

interface Planned {
  readonly release: Pick<Release, 'id' | 'application' | 'commit' | 'branch' | 'tag' | 'sequence' | 'mode'>;
  readonly plan: RevisionPlan;
  readonly stackName: string;
  readonly group: GroupLook;
}

const none = { add: 0, modify: 0, replace: 0, mayReplace: 0, remove: 0 };

/** Keeps what was seen of a group: the plan in the bucket, how the target stands in its row. */
export async function keepRevision(where: Where, { release, plan, stackName, group }: Planned, now: Date): Promise<void> {
  const { environment, target, account, region } = plan;
  const id = { release: release.id, environment, target };
  const { id: by, application, commit, branch, tag, sequence } = release;
  const deployed = { application, environment, target, account, region, stackName, release: by, commit, branch, tag, sequence, fence: 0, deployedAt: now.toISOString(), outputs: {} };
  // Where somebody moves the group right now it is planned as a change: under the lock it is looked at again.
  if (isThereAlready(plan, group) && (release.mode === 'plan' || !(await isMoving(where.tableName, deployed)))) {
    await updateTarget(where.tableName, id, { state: 'ended', outcome: 'no-changes', clean: true, counts: none, risks: [], facts: [] }, now);
    return;
  }
  const planKey = await storeRevisionPlan(where.bucket, plan);
  await updateTarget(where.tableName, id, { state: 'planned', planKey, digest: plan.digest, revision: plan.revision, counts: { ...none, modify: 1 }, risks: [], facts: [...factsOfRevision] }, now);
}
