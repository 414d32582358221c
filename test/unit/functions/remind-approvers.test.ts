import { beforeEach, expect, it } from 'vitest';
import { takeAnswer } from '../../../aws/decisions.ts';
import { remindApprovers } from '../../../functions/remind-approvers/handler.ts';
import { ApprovalWorld } from '../../fakes/approval-world.ts';
import { instead } from '../../fakes/at-once.ts';
import { anApproval, aVote, environmentTask } from '../../fakes/samples.ts';

let world: ApprovalWorld;
const { id, digest } = anApproval();

beforeEach(() => {
  world = new ApprovalWorld();
  world.ask({ quorums: [{ from: 'approvers', approvers: ['alex', 'robin'], required: 2 }] });
  world.environments.set('dev', { release: anApproval().release, environment: 'dev', state: 'waiting', attempt: '1-1', approval: id, updatedAt: '' });
});

const remind = (token: string, uses = world) => remindApprovers(uses, world.where, { ...environmentTask, token });
const answers = (token: string) => world.completed.filter((it) => it.token === token).map(({ answer }) => answer);
const yes = (approver: string) => takeAnswer(world.where, id, { approver, decision: 'approve', reason: '', digest, channel: 'link', from: '' }, world.clock, world);

it('a reminder goes on waiting with its own token, and says what is missing and until when', async () => {
  await yes('alex');
  await remind('reminder');
  expect(world.reports.at(-1)).toEqual({ kind: 'reminder', about: 'environment', release: anApproval().release, environment: 'dev', application: 'orders', approval: id, text: 'dev still waits for 1 yes more; it expires on 2026-01-04 at 00:00 UTC.' });
  expect(world.completed).toEqual([]);
  await yes('robin');
  expect([answers('reminder'), world.resumed()]).toEqual([[{ answer: 'approved' }], []]);
});

it('a reminder of a question in an environment that is halted says so', async () => {
  world.halt = { environment: 'dev', reason: 'the sale', by: 'alex', at: '2026-01-01T08:00:00.000Z' };
  await remind('reminder');
  expect(world.reports.at(-1)?.text).toMatch(/it expires on 2026-01-04 at 00:00 UTC\. dev is halted since 2026-01-01 at 08:00 UTC by alex: the sale\. A yes now would deploy nothing/);
});

it.each(['approved', 'rejected', 'superseded', 'expired'] as const)('an answer (%s) between the end of the wait and the reminder is taken up, and nobody is reminded', async (state) => {
  world.waits.clear();
  world.change({ state, votes: [aVote()] });
  await remind('reminder');
  expect(answers('reminder')).toEqual([{ answer: state }]);
  expect(world.reports).toEqual([]);
});

it('an answer that comes while the reminder looks completes it once', async () => {
  await yes('alex');
  const uses = instead(world, {
    findApproval: async (table, question) => {
      const before = await world.findApproval(table, question);
      await yes('robin');
      return before;
    },
  });
  await remind('reminder', uses);
  expect(answers('reminder')).toEqual([{ answer: 'approved' }]);
});

it('a reminder that is repeated reminds again and waits with the newer token', async () => {
  await expect(remind('first', instead(world, { report: () => Promise.reject(new Error('no bus')) }))).rejects.toThrow();
  await remind('second');
  await yes('alex');
  await yes('robin');
  expect([answers('first'), answers('second')]).toEqual([[], [{ answer: 'approved' }]]);
});

it('a reminder of nothing is a mistake of ours', async () => {
  world.approvals.clear();
  await expect(remind('reminder')).rejects.toMatchObject({ name: 'ConfigurationError' });
  world.environments.clear();
  await expect(remind('reminder')).rejects.toMatchObject({ name: 'ConfigurationError' });
});
