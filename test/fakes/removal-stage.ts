import { describeStack } from '../../aws/cloudformation.ts';
import { storeFor } from '../../aws/emptying.ts';
import { lookAtRemoval, readRemoval } from '../../aws/removal-outcome.ts';
import { deleteOwnedStack, listOwned, listStillOwned } from '../../aws/stack-removal.ts';
import { findImports } from '../../aws/imports.ts';
import { readOutcome } from '../../aws/stack-outcome.ts';
import type { Plan } from '../../contracts/plan.ts';
import type { CloseTarget } from '../../contracts/tasks.ts';
import { checkBeforeRemoval } from '../../functions/check-removal/handler.ts';
import { closeTarget } from '../../functions/close-target/handler.ts';
import { deleteApprovedStack } from '../../functions/delete-stack/handler.ts';
import { emptyStack } from '../../functions/empty-stack/handler.ts';
import { lookAtStack } from '../../functions/look-at-stack/handler.ts';
import { onStackEvent } from '../../functions/on-stack-event/handler.ts';
import { planRemoval } from '../../functions/plan-removal/handler.ts';
import { takeLock } from '../../functions/take-lock/handler.ts';
import { FakeCloudFormation } from './cloudformation.ts';
import { FakeRecords } from './records.ts';
import { aDeployed, aRelease, aTarget, task as deployTask } from './samples.ts';
import { FakeStores } from './stores.ts';

export const removalId = 'orders-13-3f2a9c1b';
const task = { ...deployTask, release: removalId };
const execution = 'arn:aws:states:eu-west-1:111111111111:execution:remove-target:one';

/** A branch's environment in a sandbox with one deployed stack, which owns a bucket that holds something, one that is kept, a repository and a queue. */
export function aRemovalStage() {
  const cloud = new FakeCloudFormation().install();
  const stores = new FakeStores(cloud).install();
  const records = new FakeRecords();
  const stack = cloud.addStack('orders-dev', 'UPDATE_COMPLETE');
  stack.tags = { 'drawbridge:application': 'orders', 'drawbridge:environment': 'dev' };
  stack.resources = [['Files', 'AWS::S3::Bucket', 'files'], ['Archive', 'AWS::S3::Bucket', 'archive'], ['Images', 'AWS::ECR::Repository', 'images'], ['Queue', 'AWS::SQS::Queue', 'queue']];
  stack.template = JSON.stringify({ Resources: Object.fromEntries(stack.resources.map(([id, Type]) => [id, { Type, ...(id === 'Archive' ? { DeletionPolicy: 'Retain' } : {}) }])) });
  stores.fill('files', 2500);
  stores.fill('archive', 3);
  stores.repositories.set('images', [{ imageDigest: 'sha256:list', imageTag: 'v1', lists: ['sha256:arm', 'sha256:intel'] }, { imageDigest: 'sha256:arm' }, { imageDigest: 'sha256:intel' }]);
  records.registry = { ...records.registry, environments: { sandbox: { branches: ['*'], disposable: true, targets: [{ account: 'dev', region: 'eu-west-1', wave: 1 }] } } };
  records.deployed.set('dev/main', aDeployed({ stackArn: stack.arn, registered: 'sandbox' }));
  records.release = aRelease({ id: removalId, sequence: 13, mode: 'remove', removal: { environment: 'dev', targets: ['main'] }, configuration: { environments: [{ name: 'dev', registered: 'sandbox', targets: [aTarget()] }], remarks: [] } });
  const kept = new Map<string, Plan>();
  const sessions: string[] = [];
  const uses = Object.assign(records, {
    describeStack, listOwned, listStillOwned, findImports, deleteOwnedStack, readRemoval, lookAtRemoval, readOutcome, storeFor,
    storePlan: (_: string, plan: Plan) => {
      kept.set(plan.attempt, plan);
      return Promise.resolve(plan.attempt);
    },
    readPlan: (_: string, key: string) => Promise.resolve(kept.get(key)),
    credentialsFor: (_: unknown, __: unknown, ___: unknown, policy?: string) => {
      sessions.push(policy ?? '');
      return Promise.resolve({ accessKeyId: 'x', secretAccessKey: 'y', sessionToken: 'z' });
    },
  });
  const { where } = records;
  const plan = () => planRemoval(uses, where, task);
  const lock = () => takeLock(uses, where, { ...task, execution, token: 'lock-token' });
  const check = () => checkBeforeRemoval(uses, where, { ...task, fence: 1 });
  const empty = () => emptyStack(uses, where, { ...task, fence: 1 });
  return {
    cloud, stores, records, sessions, stack, plan, lock, check, empty,
    /** Planned, judged and locked, up to what is asked under the lock. */
    begun: async () => {
      await plan();
      await lock();
      return await check();
    },
    /** How many calls it takes until everything is empty. */
    emptied: async () => {
      let calls = 1;
      while ((await empty()).answer === 'more') calls += 1;
      return calls;
    },
    delete: (token = 'delete-token', tries = 0) => deleteApprovedStack(uses, where, { ...task, fence: 1, tries, token }),
    look: (token = 'look-token', tries = 0) => lookAtStack(uses, where, { ...task, fence: 1, tries, token }),
    close: (fields: Partial<CloseTarget>) => closeTarget(uses, where, { ...task, execution, ...fields }),
    event: (status: string, token: string | undefined = stack.token) =>
      onStackEvent(uses, where, {
        id: '1', account: cloud.account, region: cloud.region, time: '', source: 'aws.cloudformation', 'detail-type': 'CloudFormation Stack Status Change',
        detail: { 'stack-id': stack.arn, 'status-details': { status }, 'client-request-token': token },
      }),
    record: () => records.targets.get('dev/main'),
    answers: (token: string) => records.completed.filter((done) => done.token === token).map(({ answer }) => answer),
    restore: () => {
      cloud.restore();
      stores.restore();
    },
  };
}
