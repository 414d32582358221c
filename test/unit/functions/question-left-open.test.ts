import { beforeEach, expect, it } from 'vitest';
import { askForApproval } from '../../../functions/ask-for-approval/handler.ts';
import { reportEnvironment } from '../../../functions/report-environment/handler.ts';
import type { ApprovalWorld } from '../../fakes/approval-world.ts';
import { askingWorld } from '../../fakes/asking.ts';
import { instead } from '../../fakes/at-once.ts';
import { environmentTask } from '../../fakes/samples.ts';

let world: ApprovalWorld;
const refused = () => Promise.reject(new Error('refused'));
const failed = { ...environmentTask, error: { Error: 'AccessDeniedError', Cause: 'refused' } };

beforeEach(() => {
  world = askingWorld();
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
