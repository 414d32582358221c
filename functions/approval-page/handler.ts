import { findApproval, findLink } from '../../aws/approvals.ts';
import { takeAnswer } from '../../aws/decisions.ts';
import { readPlan } from '../../aws/plans.ts';
import { findRegistry } from '../../aws/registry.ts';
import { listTargets, readRelease } from '../../aws/releases.ts';
import { env } from '../../runtime/env.ts';
import { http } from '../../runtime/http.ts';
import { door, type Uses } from './door.ts';

function real(): Uses {
  const { TABLE_NAME: tableName, ARTIFACT_BUCKET: bucket, WAIT_KEY_ARN: keyArn, BUS_NAME: busName } = env('TABLE_NAME', 'ARTIFACT_BUCKET', 'WAIT_KEY_ARN', 'BUS_NAME');
  return {
    findLink: (link) => findLink(tableName, link),
    findApproval: (id) => findApproval(tableName, id),
    readRelease: (id) => readRelease(tableName, id),
    listTargets: (release, environment) => listTargets(tableName, release, environment),
    readPlan: (key) => readPlan(bucket, key),
    emailOf: async (approver) => (await findRegistry(tableName))?.content.approvers[approver]?.email,
    takeAnswer: (id, vote, email) => takeAnswer({ tableName, keyArn, busName }, id, vote, email, new Date()),
    now: () => new Date(),
  };
}

export const handler = http({ name: 'approval-page', application: () => door(real()) });
