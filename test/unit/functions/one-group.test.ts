import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../../domain/digest.ts';
import { aGroupStage, s3, sha } from '../../fakes/group-stage.ts';

let at: ReturnType<typeof aGroupStage>;

beforeEach(() => {
  at = aGroupStage();
});
afterEach(() => {
  at.cloud.restore();
});

const deployed = (letter: string) => {
  at.cloud.begin(s3(letter));
  at.cloud.end('Succeeded');
};
const ready = async () => {
  await at.plan();
  await at.lock();
};
const later = (minutes: number) => {
  at.records.clock = new Date(at.records.clock.getTime() + minutes * 60_000);
};

describe('the plan of a group', () => {
  it('says which revision comes in place of which, as an exchange of code', async () => {
    deployed('a');
    expect(await at.plan()).toEqual({ answer: 'settled' });
    expect(at.record()).toMatchObject({ state: 'planned', revision: { before: sha('a'), after: sha('b') }, facts: [{ kind: 'code', type: 'AWS::CodeDeploy::DeploymentGroup', count: 1 }] });
    expect(at.visits).toEqual(['plan']);
  });

  it('is nothing where the revision is there already', async () => {
    deployed('b');
    await at.plan();
    expect(at.record()).toMatchObject({ state: 'ended', outcome: 'no-changes' });
  });

  it('deploys the same revision once more where the last attempt of another failed halfway', async () => {
    deployed('b');
    at.cloud.begin(s3('c'));
    at.cloud.end('Failed', false);
    await at.plan();
    expect(at.record()).toMatchObject({ state: 'planned', revision: { before: sha('b'), after: sha('b') } });
  });

  it('fails with a sentence where there is no such group', async () => {
    at.cloud.exists = false;
    await expect(at.plan()).rejects.toMatchObject({ name: 'InvalidInputError', message: expect.stringMatching(/orders\/web.*environments\.yaml/) as string });
  });

  it.each([['Lambda', undefined], ['Server', 'version: 0.0'], ['ECS', undefined]] as const)('fails with a sentence where a group for %s gets another AppSpec', async (platform, appSpec) => {
    at.cloud.computePlatform = platform;
    Object.assign(at.records.release.artifact?.revision ?? {}, { appSpec });
    await expect(at.plan()).rejects.toMatchObject({ name: 'InvalidInputError', message: expect.stringMatching(/deploys to .* appspec\.yml/) as string });
  });

  it('of a Lambda function is its AppSpec, which is compared with the one before', async () => {
    at.cloud.computePlatform = 'Lambda';
    const appSpec = (version: number) => `version: 0.0\nResources: [{ F: { Type: AWS::Lambda::Function, Properties: { TargetVersion: ${String(version)} } } }]\n`;
    const content = (version: number) => ({ revisionType: 'AppSpecContent' as const, appSpecContent: { content: appSpec(version) } });
    Object.assign(at.records.release.artifact?.revision ?? {}, { appSpec: appSpec(2) });
    at.cloud.begin(content(1));
    at.cloud.end('Succeeded');
    await ready();
    expect(at.record()).toMatchObject({ state: 'planned', revision: { before: sha256(appSpec(1)), after: sha256(appSpec(2)) } });
    await at.deploy();
    expect(at.cloud.last.revision).toMatchObject({ revisionType: 'AppSpecContent', appSpecContent: { content: appSpec(2), sha256: sha256(appSpec(2)) } });
  });

  it('fails with a sentence where the build makes no revision', async () => {
    delete at.records.release.artifact?.revision;
    await expect(at.plan()).rejects.toMatchObject({ name: 'InvalidInputError', message: expect.stringContaining('drawbridge.yaml') as string });
  });

  it('is stale when somebody deployed meanwhile, and looked at again when it was the same', async () => {
    await ready();
    expect(await at.check()).toEqual({ answer: 'deploy' });
    deployed('c');
    expect(await at.check()).toMatchObject({ answer: 'close', outcome: 'stale' });
  });
});

describe('a deployment', () => {
  it('ends with its event: planned, approved and deployed as different roles', async () => {
    await ready();
    await at.check();
    await at.deploy();
    expect(at.answers('run-token')).toEqual([]);
    at.cloud.end('Succeeded');
    await at.event('SUCCESS');
    expect(at.answers('run-token')).toEqual([{ outcome: 'deployed', deploymentId: 'd-1', clean: true }]);
    expect(at.visits).toEqual(['plan', 'plan', 'execute', 'plan']);
    expect(at.records.eventsSeen.size).toBe(1);
  });

  it('is meant in our records before CodeDeploy is asked, and its wait is stored', async () => {
    await ready();
    at.cloud.onCreate = () => {
      expect(at.record()).toMatchObject({ state: 'executing', intendedAt: '2026-01-01T00:00:00.000Z' });
      expect([...at.records.waits.keys()]).toEqual(['deployment:arn:aws:codedeploy:eu-west-1:222222222222:deploymentgroup:orders/web']);
    };
    await at.deploy();
    expect.assertions(2);
  });

  it('that is repeated after its answer was lost goes on with what was created', async () => {
    await ready();
    at.cloud.onCreate = () => {
      throw new Error('the answer was lost');
    };
    await expect(at.deploy('first-token')).rejects.toThrow();
    at.cloud.onCreate = () => undefined;
    await at.deploy('second-token');
    expect(at.cloud.names.filter((name) => name === 'CreateDeployment')).toHaveLength(1);
    at.cloud.end('Succeeded');
    await at.event('SUCCESS');
    expect(at.answers('second-token')).toMatchObject([{ outcome: 'deployed', deploymentId: 'd-1' }]);
  });

  it('whose event comes before the answer to CreateDeployment is known to be ours', async () => {
    await ready();
    await at.deploy();
    Object.assign(at.record() ?? {}, { deploymentId: undefined });
    at.cloud.end('Succeeded');
    await at.event('SUCCESS');
    expect(at.answers('run-token')).toMatchObject([{ outcome: 'deployed' }]);
  });

  it("waits while somebody else's runs, and is checked again when that is over", async () => {
    await ready();
    at.cloud.begin(s3('c'));
    await at.deploy();
    expect(at.answers('run-token')).toEqual([]);
    at.cloud.end('Succeeded');
    await at.event('SUCCESS');
    expect(at.answers('run-token')).toEqual([{ answer: 'again' }]);
    expect(await at.check()).toMatchObject({ outcome: 'stale' });
  });

  it("that was busy and whose wake-up was lost is tried again by looking", async () => {
    await ready();
    at.cloud.begin(s3('c'));
    await at.deploy();
    at.cloud.end('Failed', false);
    await at.look();
    expect(at.answers('look-token')).toEqual([{ answer: 'again' }]);
  });

  it('whose event was lost is found by looking', async () => {
    await ready();
    await at.deploy();
    await at.look('early-token');
    expect([at.answers('early-token'), at.records.stuck]).toEqual([[], 1]);
    at.cloud.end('Succeeded');
    await at.look();
    expect(at.answers('look-token')).toMatchObject([{ outcome: 'deployed' }]);
  });

  it('that fails is waited for until its rollback is over, and the sentence names event, script and last words', async () => {
    deployed('a');
    await ready();
    await at.deploy();
    at.cloud.script = { event: 'ValidateService', scriptName: 'scripts/validate.sh', message: 'Script failed with exit code 1', logTail: 'LifecycleEvent - ValidateService\nScript - scripts/validate.sh\n[stdout]no answer on port 8080' };
    const ours = at.cloud.last.deploymentId ?? '';
    at.cloud.end('Failed');
    await at.event('FAILURE', { id: ours });
    expect(at.answers('run-token')).toEqual([]);
    at.cloud.end('Succeeded');
    await at.event('SUCCESS');
    expect(at.answers('run-token')).toEqual([
      { outcome: 'rolled-back', deploymentId: 'd-2', clean: true, reason: 'Deployment d-2 failed in ValidateService (scripts/validate.sh) on i-1: Script failed with exit code 1. It said: no answer on port 8080. CodeDeploy rolled it back with d-3.' },
    ]);
  });

  it('that fails is asked about again while its rollback may still begin, and is dirty when none does', async () => {
    deployed('a');
    await ready();
    await at.deploy();
    at.cloud.end('Failed', false);
    await expect(at.event('FAILURE')).rejects.toMatchObject({ name: 'TransientError' });
    later(5);
    await at.event('FAILURE');
    expect(at.answers('run-token')).toMatchObject([{ outcome: 'failed', clean: false }]);
  });

  it('that fails as the first of its group has nothing to go back to', async () => {
    await ready();
    await at.deploy();
    at.cloud.end('Failed');
    await at.event('FAILURE');
    expect(at.answers('run-token')).toMatchObject([{ outcome: 'failed', clean: false }]);
  });

  it('is not ended by an event of another account, nor by one that the target does not confirm', async () => {
    await ready();
    await at.deploy();
    await at.event('SUCCESS', { account: '999999999999' });
    await expect(at.event('SUCCESS')).rejects.toMatchObject({ name: 'TransientError' });
    expect(at.answers('run-token')).toEqual([]);
  });

  it('is refused when the lock was taken over', async () => {
    await ready();
    at.records.locks.set('222222222222#eu-west-1#orders/web', { owner: 'other', fence: 2, nonce: 'b' });
    await expect(at.deploy()).rejects.toMatchObject({ name: 'StalePlanError' });
    expect(at.cloud.names).not.toContain('CreateDeployment');
  });
});
