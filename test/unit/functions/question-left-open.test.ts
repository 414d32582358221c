import { beforeEach, expect, it } from 'vitest';
import { askForApproval } from '../../../functions/ask-for-approval/handler.ts';
import { reportEnvironment } from '../../../functions/report-environment/handler.ts';
import { ApprovalWorld } from '../../fakes/approval-world.ts';
import { instead } from '../../fakes/at-once.ts';
import { aRecord, aRelease, aTarget, environmentTask } from '../../fakes/samples.ts';

let world: ApprovalWorld;
const refused = () => Promise.reject(new Error('refused'));
const failed = { ...environmentTask, error: { Error: 'AccessDeniedError', Cause: 'refused' } };

beforeEach(() => {
  world = new ApprovalWorld();
  const approval = { quorums: [{ from: 'approvers', approvers: ['alex'], required: 1 }], breakGlass: [], expiresInSeconds: 7200, remindInSeconds: 3600, authorMayApprove: false };
  world.release = aRelease({ configuration: { build: { kind: 'sam', templates: [{ path: 'template.yaml' }] }, environments: [{ name: 'dev', targets: [aTarget()], approval }], remarks: [] } });
  world.environments.set('dev', { release: world.release.id, environment: 'dev', state: 'planning', attempt: '1-1', digest: 'a'.repeat(64), updatedAt: '2026-01-01T00:00:00.000Z' });
  world.targets.set('dev/main', aRecord({ changeSetArn: 'change-set' }));
});

const open = () => [...world.approvals.values()].filter(({ state }) => state === 'waiting');

it.each(['updateEnvironment', 'storeWait', 'writeApproval', 'setWaiting', 'report'] as const)('a question that an error stopped at %s is open to nobody once its environment has ended', async (step) => {
  await expect(askForApproval(instead(world, { [step]: refused }), world.where, { ...environmentTask, token: 'the-token' })).rejects.toThrow('refused');
  await reportEnvironment(world, world.where, failed);
  expect(open()).toEqual([]);
  expect(world.waits.size).toBe(0);
  expect(world.environments.get('dev')).toMatchObject({ state: 'ended', outcome: 'failed' });
});

it('a question that is answered while its environment ends is looked at again', async () => {
  await askForApproval(world, world.where, { ...environmentTask, token: 'the-token' });
  const answered = instead(world, { writeApproval: () => Promise.resolve(false) });
  await expect(reportEnvironment(answered, world.where, failed)).rejects.toMatchObject({ name: 'TransientError' });
  expect(world.environments.get('dev')?.state).toBe('waiting');
});
