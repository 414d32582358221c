import { DeploymentStatus } from '@aws-sdk/client-codedeploy';
import { describe, expect, it } from 'vitest';
import { deploymentEnd, type DescribedDeployment, failureSentence, mayYetRollBack, phases } from '../../../domain/deployment-end.ts';

const now = new Date('2026-01-01T00:10:00.000Z');
const aDeployment = (fields: Partial<DescribedDeployment> = {}): DescribedDeployment => ({
  id: 'd-1',
  status: 'Failed',
  description: undefined,
  completedAt: new Date('2026-01-01T00:09:30.000Z'),
  rollbackId: undefined,
  rollbackMessage: undefined,
  rollsBackOn: ['DEPLOYMENT_FAILURE'],
  hasPrevious: true,
  error: undefined,
  ...fields,
});
const back = (status: string) => aDeployment({ id: 'd-2', status });

describe('the end of a deployment', () => {
  it('knows every status that CodeDeploy has, and waits for one that it may have one day', () => {
    expect(Object.keys(phases).sort()).toEqual(Object.values(DeploymentStatus).sort());
    expect(deploymentEnd(aDeployment({ status: 'Contemplating' }), undefined, now)).toBeUndefined();
  });

  it.each([
    ['deployed', { status: 'Succeeded' }, undefined, { outcome: 'deployed', clean: true }],
    ['rolled back', { rollbackId: 'd-2' }, back('Succeeded'), { outcome: 'rolled-back', clean: true }],
    ['failed twice', { rollbackId: 'd-2' }, back('Failed'), { outcome: 'failed', clean: false }],
    ['not rolled back, and CodeDeploy says why', { rollbackMessage: 'nothing to go back to' }, undefined, { outcome: 'failed', clean: false, reason: 'nothing to go back to.' }],
    ['of a group that does not roll back', { rollsBackOn: [] }, undefined, { outcome: 'failed', clean: false }],
    ['of a group that rolls back for alarms only', { rollsBackOn: ['DEPLOYMENT_STOP_ON_ALARM'] }, undefined, { outcome: 'failed', clean: false }],
    ['stopped by an alarm and rolled back', { status: 'Stopped', rollsBackOn: ['DEPLOYMENT_STOP_ON_ALARM'], rollbackId: 'd-2' }, back('Succeeded'), { outcome: 'rolled-back', clean: true }],
    ['the first of its group', { hasPrevious: false }, undefined, { outcome: 'failed', clean: false }],
    ['so long ago that no rollback comes', { completedAt: new Date('2026-01-01T00:00:00.000Z') }, undefined, { outcome: 'failed', clean: false }],
  ])('%s', (_, fields, rollback, expected) => {
    expect(deploymentEnd(aDeployment(fields), rollback, now)).toMatchObject({ ...expected, deploymentId: 'd-1' });
  });

  it.each([
    ['while it moves', { status: 'InProgress' }, undefined],
    ['while its rollback moves', { rollbackId: 'd-2' }, back('InProgress')],
    ['while its rollback may still begin', {}, undefined],
  ])('is not there %s', (_, fields, rollback) => {
    expect(deploymentEnd(aDeployment(fields), rollback, now)).toBeUndefined();
  });

  it('counts the time in which a rollback may begin from the end of the failure', () => {
    expect(mayYetRollBack(aDeployment(), now)).toBe(true);
    expect(mayYetRollBack(aDeployment(), new Date('2026-01-01T00:11:30.000Z'))).toBe(false);
    expect(mayYetRollBack(aDeployment({ completedAt: undefined }), now)).toBe(true);
  });
});

describe('the sentence of a failure', () => {
  const diagnosis = { target: 'i-1', event: 'AfterInstall', script: 'scripts/after.sh', message: 'Script failed with exit code 3.', logTail: 'LifecycleEvent - AfterInstall\nScript - scripts/after.sh\n[stdout]one\n[stdout]two\n[stderr]three\n[stderr]four\n' };

  it('names the event, the script and its last three lines', () => {
    expect(failureSentence({ id: 'd-1', error: 'too many failed' }, diagnosis)).toBe('Deployment d-1 failed in AfterInstall (scripts/after.sh) on i-1: Script failed with exit code 3. It said: two | three | four.');
  });

  it('does without a script where there is none, and without an instance where none tells', () => {
    expect(failureSentence({ id: 'd-1', error: undefined }, { ...diagnosis, event: 'DownloadBundle', script: '', message: 'Access Denied', logTail: '' })).toBe('Deployment d-1 failed in DownloadBundle on i-1: Access Denied.');
    expect(failureSentence({ id: 'd-1', error: 'no instances were found' }, undefined)).toBe('Deployment d-1 failed: no instances were found.');
  });

  it('stays short whatever a script says', () => {
    expect(failureSentence({ id: 'd-1', error: undefined }, { ...diagnosis, logTail: 'x'.repeat(4000) }).length).toBeLessThanOrEqual(600);
  });
});
