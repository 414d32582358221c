import { lookAtChangeSet } from '../../aws/change-set-look.ts';
import { describeGroup } from '../../aws/code-deploy.ts';
import { changeSetsOf, createChangeSet, deleteChangeSet, executeChangeSet } from '../../aws/change-sets.ts';
import { deleteStack, describeStack } from '../../aws/cloudformation.ts';
import { describeChangeSet } from '../../aws/described-change-set.ts';
import type { lookUp as realLookUp } from '../../aws/parameter-store.ts';
import { lookAtRemoval, readRemoval } from '../../aws/removal-outcome.ts';
import { readOutcome } from '../../aws/stack-outcome.ts';
import { checkPlan } from '../../functions/check-plan/handler.ts';
import { closeTarget } from '../../functions/close-target/handler.ts';
import { discardPlan } from '../../functions/discard-plan/handler.ts';
import { executePlan } from '../../functions/execute-change-set/handler.ts';
import { lookAtStack } from '../../functions/look-at-stack/handler.ts';
import { onStackEvent } from '../../functions/on-stack-event/handler.ts';
import { openChangeSet } from '../../functions/open-change-set/handler.ts';
import { takeLock } from '../../functions/take-lock/handler.ts';
import type { CloseTarget } from '../../contracts/tasks.ts';
import { digestOf } from '../../domain/judge.ts';
import type { StoredParameter } from '../../domain/lookups.ts';
import { FakeCloudFormation } from './cloudformation.ts';
import { FakeRecords } from './records.ts';
import { task } from './samples.ts';

export const execution = 'arn:aws:states:eu-west-1:111111111111:execution:execute-plan:one';
/** A target that is a stack has nothing to do with CodeDeploy. */
const codeDeployFor = () => Promise.reject(new Error('the target is a stack'));
const stackCalls = { describeGroup, codeDeployFor, describeStack, createChangeSet, deleteChangeSet, describeChangeSet, executeChangeSet, changeSetsOf, deleteStack, lookAtChangeSet, readOutcome, readRemoval, lookAtRemoval };

/** One target with its account: the real calls against a CloudFormation that keeps state, and our records in memory. */
export function aStage(environment: string = task.environment) {
  const it = { ...task, environment };
  const cloud = new FakeCloudFormation().install();
  const records = new FakeRecords();
  const parameters = new Map<string, StoredParameter>();
  const lookUp: typeof realLookUp = (_, lookups) => Promise.resolve(Object.fromEntries(Object.entries(lookups).map(([name, { store, path }]) => [name, parameters.get(`${store}:${path}`)])));
  const uses = Object.assign(records, stackCalls, { lookUp });
  const { where } = records;
  const stackEvent = (arn: string, status: string, { token, account = cloud.account, region = cloud.region }: { token?: string | undefined; account?: string; region?: string } = {}) =>
    onStackEvent(uses, where, {
      id: '1',
      account,
      region,
      time: '',
      source: 'aws.cloudformation',
      'detail-type': 'CloudFormation Stack Status Change',
      detail: { 'stack-id': arn, 'status-details': { status }, 'client-request-token': token },
    });
  return {
    cloud,
    records,
    /** Of Parameter Store, by `target:/path` or `tools:/path`. */
    parameters,
    uses,
    where,
    stackEvent,
    open: () => openChangeSet(uses, where, it),
    lock: () => takeLock(uses, where, { ...it, execution, token: 'lock-token' }),
    check: () => checkPlan(uses, where, { ...it, fence: 1 }),
    execute: (token = 'run-token') => executePlan(uses, where, { ...it, fence: 1, token }),
    look: (token = 'look-token') => lookAtStack(uses, where, { ...it, fence: 1, token }),
    close: (fields: Partial<CloseTarget>) => closeTarget(uses, where, { ...it, execution, ...fields }),
    discard: () => discardPlan(uses, where, it),
    environmentDigest: () => digestOf(['main'], [...records.targets.values()]) ?? '',
    record: () => records.targets.get(`${environment}/main`),
    answers: (token: string) => records.completed.filter((done) => done.token === token).map(({ answer }) => answer),
    /** The stack's event, as it is forwarded to us. */
    event: (status: string, fields: { token?: string; account?: string; region?: string } = {}) => {
      const stack = cloud.stack('orders-dev');
      return stackEvent(stack.arn, status, { token: stack.token, ...fields });
    },
    /** Calls that the target account sees; each visit begins with AssumeRole. */
    calls: () => cloud.calls.length + records.visits.length,
  };
}
