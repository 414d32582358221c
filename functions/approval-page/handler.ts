import { findApproval } from '../../aws/approvals.ts';
import { takeAnswer } from '../../aws/decisions.ts';
import { listDelegations } from '../../aws/delegations.ts';
import { findHalt } from '../../aws/halts.ts';
import { findLink, makeForm, takeForm } from '../../aws/links.ts';
import { readPlan } from '../../aws/plans.ts';
import { readRegistry } from '../../aws/registry.ts';
import { findRelease, listTargets } from '../../aws/releases.ts';
import { personOf, standing } from '../../domain/people.ts';
import { env } from '../../runtime/env.ts';
import { http } from '../../runtime/http.ts';
import { door, type Uses } from './door.ts';

function real(): Uses {
  const { TABLE_NAME: tableName, ARTIFACT_BUCKET: bucket, WAIT_KEY_ARN: keyArn, BUS_NAME: busName } = env('TABLE_NAME', 'ARTIFACT_BUCKET', 'WAIT_KEY_ARN', 'BUS_NAME');
  return {
    findLink: (link) => findLink(tableName, link),
    findApproval: (id) => findApproval(tableName, id),
    findRelease: (id) => findRelease(tableName, id),
    findHalt: (environment) => findHalt(tableName, environment),
    listTargets: (release, environment) => listTargets(tableName, release, environment),
    readPlan: (key) => readPlan(bucket, key),
    person: async (approver, authors) => {
      const [{ content }, delegations] = await Promise.all([readRegistry(tableName), listDelegations(tableName)]);
      return Object.hasOwn(content.approvers, approver) ? personOf(content, approver, standing(delegations, new Date()), authors) : undefined;
    },
    makeForm: (form) => makeForm(tableName, form, new Date()),
    takeForm: (nonce, form) => takeForm(tableName, nonce, form, new Date()),
    takeAnswer: (id, given) => takeAnswer({ tableName, keyArn, busName }, id, { ...given, channel: 'link' }, new Date()),
  };
}

export const handler = http({ name: 'approval-page', application: () => door(real()) });
