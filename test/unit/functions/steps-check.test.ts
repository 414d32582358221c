import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeStepsPlan } from '../../../domain/plan.ts';
import { plannedSteps } from '../../../domain/steps.ts';
import { aRecord, aRelease, aTarget, task } from '../../fakes/samples.ts';
import { aStage } from '../../fakes/stage.ts';

let at: ReturnType<typeof aStage>;
const target = aTarget({ steps: [{ kind: 'parameters', values: { '/orders/size': 'x' } }] });

beforeEach(() => {
  at = aStage();
  at.records.release = aRelease({ configuration: { build: { kind: 'sam', templates: [] }, environments: [{ name: 'dev', targets: [target] }], remarks: [] } });
  at.cloud.addStack('orders-dev', 'UPDATE_COMPLETE');
});
afterEach(() => {
  at.cloud.restore();
});

/** A plan of steps alone, as it was approved. */
function planned(done: string[] = []): string {
  const { records, cloud } = at;
  const steps = plannedSteps({ release: records.release, target, outputs: {}, done });
  const plan = makeStepsPlan({ release: records.release, templateSha256: 'e'.repeat(64), noEcho: [], environment: 'dev', target, attempt: task.attempt, operation: 'UPDATE', steps, stackArn: cloud.stack('orders-dev').arn });
  records.targets.set('dev/main', aRecord({ stepsOnly: true, digest: plan.digest, createdShell: false }));
  return steps[0]?.digest ?? '';
}

const deployed = (steps: string[]) => ({ application: 'orders', environment: 'dev', target: 'main', account: '222222222222', region: 'eu-west-1', stackName: 'orders-dev', release: 'orders-11-00000000', commit: 'c', sequence: 11, fence: 1, deployedAt: '2026-01-01T00:00:00.000Z', outputs: {}, steps });

describe('a plan of steps alone', () => {
  it('goes on to the steps when the stack is what it was, and no change set is looked for', async () => {
    planned();
    expect(await at.check()).toEqual({ answer: 'steps' });
    expect(at.cloud.names).not.toContain('DescribeChangeSet');
  });

  it('is stale when the steps were done meanwhile, or the stack moves, or is gone', async () => {
    const digest = planned();
    at.records.deployed.set('dev/main', deployed([digest]));
    expect(await at.check()).toMatchObject({ answer: 'close', outcome: 'stale' });
    at.records.deployed.clear();
    at.cloud.move('orders-dev', 'UPDATE_IN_PROGRESS');
    expect(await at.check()).toMatchObject({ answer: 'close', outcome: 'stale' });
  });
});

describe('a change set with steps after it', () => {
  it('is executed, and says how many there are', async () => {
    await at.open();
    expect(await at.check()).toEqual({ answer: 'execute', steps: 1 });
  });

  it('is stale when the steps are not what was approved', async () => {
    await at.open();
    at.records.deployed.set('dev/main', deployed(plannedSteps({ release: at.records.release, target, outputs: {}, done: [] }).map(({ digest }) => digest)));
    expect(await at.check()).toMatchObject({ answer: 'close', outcome: 'stale', reason: expect.stringContaining('The change set is not what was planned') as string });
  });
});
