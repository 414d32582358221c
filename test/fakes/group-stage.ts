import { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import { createDeployment, describeGroup, findDeployment } from '../../aws/code-deploy.ts';
import { readDeploymentOutcome } from '../../aws/deployment-outcome.ts';
import type { RevisionPlan } from '../../contracts/plan.ts';
import { factsOfRevision, type GroupLook, isThereAlready } from '../../domain/revision-plan.ts';
import { checkPlan } from '../../functions/check-plan/handler.ts';
import { deployRevision } from '../../functions/deploy-revision/handler.ts';
import { lookAtDeployment } from '../../functions/look-at-deployment/handler.ts';
import { onDeploymentEvent } from '../../functions/on-deployment-event/handler.ts';
import { planRevision } from '../../functions/plan-revision/handler.ts';
import { takeLock } from '../../functions/take-lock/handler.ts';
import { FakeCodeDeploy } from './code-deploy.ts';
import { FakeRecords } from './records.ts';
import { aRelease, aTarget, task } from './samples.ts';
import { execution } from './stage.ts';

export const sha = (letter: string) => letter.repeat(64);
export const s3 = (letter: string) => ({ revisionType: 'S3' as const, s3Location: { bucket: 'artifacts', key: `sealed/orders/${sha(letter)}`, bundleType: 'zip' as const } });

const never = () => Promise.reject(new Error('the target is no stack'));

/** One deployment group with its account: the real calls against a CodeDeploy that keeps state, and our records in memory. */
export function aGroupStage() {
  const cloud = new FakeCodeDeploy().install();
  const records = new FakeRecords();
  cloud.now = () => records.clock;
  const target = aTarget({ stackName: 'orders/web', codeDeploy: { application: 'orders', group: 'web' }, parameters: {}, capabilities: [] });
  records.release = aRelease({
    configuration: { build: { kind: 'codedeploy', templates: [], revision: 'revision' }, environments: [{ name: 'dev', targets: [target] }], remarks: [] },
    artifact: { digest: sha('d'), bucket: 'artifacts', manifestKey: 'sealed/orders/manifest.json', templates: [], revision: { key: `sealed/orders/${sha('b')}`, sha256: sha('b'), bundleType: 'zip' } },
  });
  records.registry = { ...records.registry, environments: { dev: { branches: ['main'], disposable: false, targets: [{ account: 'dev', region: 'eu-west-1', wave: 1, codeDeploy: { application: 'orders', group: 'web' } }] } } };
  const visits: string[] = [];
  const codeDeployFor = (purpose: string) => {
    visits.push(purpose);
    return Promise.resolve(new CodeDeployClient({ region: 'eu-west-1', credentials: { accessKeyId: 'x', secretAccessKey: 'y' } }));
  };
  const keepRevision = async (_: unknown, { plan, group }: { plan: RevisionPlan; group: GroupLook }, now: Date) => {
    const id = { release: plan.release, environment: plan.environment, target: plan.target };
    if (isThereAlready(plan, group)) await records.updateTarget('', id, { state: 'ended', outcome: 'no-changes', clean: true }, now);
    else await records.updateTarget('', id, { state: 'planned', digest: plan.digest, revision: plan.revision, facts: [...factsOfRevision] }, now);
  };
  const uses = Object.assign(records, { codeDeployFor, keepRevision, describeGroup, createDeployment, findDeployment, readDeploymentOutcome, describeStack: never, describeChangeSet: never, lookUp: never, readSiblings: never });
  const { where } = records;
  return {
    cloud,
    records,
    visits,
    plan: () => planRevision(uses, where, task),
    lock: () => takeLock(uses, where, { ...task, execution, token: 'lock-token' }),
    check: () => checkPlan(uses, where, { ...task, fence: 1 }),
    deploy: (token = 'run-token') => deployRevision(uses, where, { ...task, fence: 1, token }),
    look: (token = 'look-token') => lookAtDeployment(uses, where, { ...task, fence: 1, token }),
    event: (state: string, { id = cloud.last.deploymentId, account = '222222222222' } = {}) =>
      onDeploymentEvent(uses, where, {
        id: '1',
        account,
        region: 'eu-west-1',
        time: '',
        source: 'aws.codedeploy',
        'detail-type': 'CodeDeploy Deployment State-change Notification',
        detail: { application: 'orders', deploymentGroup: 'web', deploymentId: id ?? '', state },
      }),
    record: () => records.targets.get('dev/main'),
    answers: (token: string) => records.completed.filter((done) => done.token === token).map(({ answer }) => answer),
  };
}
