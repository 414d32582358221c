import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { closeApproval } from '../../../functions/close-approval/handler.ts';
import { ApprovalWorld } from '../../fakes/approval-world.ts';
import { instead } from '../../fakes/at-once.ts';
import { anApproval, aVote, environmentTask } from '../../fakes/samples.ts';
import { stubVariables } from '../../fakes/release-world.ts';

let world: ApprovalWorld;

beforeEach(() => {
  stubVariables();
  world = new ApprovalWorld();
  world.ask();
  world.environments.set('dev', { release: anApproval().release, environment: 'dev', state: 'waiting', attempt: '1-1', approval: anApproval().id, updatedAt: '' });
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const close = (uses = world) => closeApproval(uses, environmentTask);

it('a question that nobody answered expires, once', async () => {
  expect(await close()).toEqual({ answer: 'expired' });
  expect(world.question()).toMatchObject({ state: 'expired', version: 2 });
  expect(world.reports).toMatchObject([{ kind: 'expired', about: 'environment', environment: 'dev', approval: anApproval().id, text: 'Nobody answered for dev in time.' }]);
  expect(await close()).toEqual({ answer: 'expired' });
  expect(world.reports).toHaveLength(1);
});

it('an answer that is not enough does not keep it open', async () => {
  world.change({ quorums: [{ from: 'approvers', approvers: ['alex', 'robin'], required: 2 }], votes: [aVote()] });
  expect(await close()).toEqual({ answer: 'expired' });
  expect(world.question().votes).toHaveLength(1);
});

it.each(['approved', 'rejected', 'superseded'] as const)('an answer of the last second counts (%s)', async (state) => {
  world.change({ state });
  expect(await close()).toEqual({ answer: state });
  expect(world.question().state).toBe(state);
  expect(world.reports).toEqual([]);
});

it('an answer in the very same moment wins: it is looked at again', async () => {
  const uses = instead(world, {
    writeApproval: (table, approval, before) => {
      world.change({ state: 'approved', votes: [aVote()] });
      return world.writeApproval(table, approval, before);
    },
  });
  await expect(close(uses)).rejects.toMatchObject({ name: 'TransientError' });
  expect(world.question().state).toBe('approved');
  expect(await close()).toEqual({ answer: 'approved' });
});

it('closing nothing is a mistake of ours', async () => {
  world.approvals.clear();
  await expect(close()).rejects.toMatchObject({ name: 'ConfigurationError' });
});
