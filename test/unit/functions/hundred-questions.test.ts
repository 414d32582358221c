import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { EnvironmentRecord } from '../../../contracts/release.ts';
import { takeAnswer } from '../../../aws/decisions.ts';
import { TransientError } from '../../../domain/errors.ts';
import { askForApproval } from '../../../functions/ask-for-approval/handler.ts';
import { ApprovalWorld } from '../../fakes/approval-world.ts';
import { askedDigest, asking } from '../../fakes/asking.ts';
import { instead } from '../../fakes/at-once.ts';
import { aRecord, aRelease, environmentTask } from '../../fakes/samples.ts';

const pushes = 100;
const idOf = (push: number) => `orders-${String(push)}-aaaaaaaa`;
const tokenOf = (push: number) => `token-${String(push)}`;

/** A hundred releases that have come as far as their question. */
class Busy extends ApprovalWorld {
  readonly rows = new Map<string, EnvironmentRecord>();

  constructor() {
    super();
    this.targets.set('dev/main', aRecord({ facts: [], changeSetArn: 'change-set' }));
    for (let push = 1; push <= pushes; push += 1) {
      this.releases.set(idOf(push), aRelease({ id: idOf(push), sequence: push, configuration: asking({ authorMayApprove: true }) }));
      this.rows.set(idOf(push), { release: idOf(push), environment: 'dev', state: 'planning', attempt: '1-1', digest: askedDigest, updatedAt: '' });
    }
  }

  readonly own: Partial<ApprovalWorld> = {
    readEnvironment: (_, release) => Promise.resolve(this.rows.get(release)),
    updateEnvironment: (_, { release }, fields) => {
      const row = this.rows.get(release);
      if (row !== undefined) this.rows.set(release, { ...row, ...fields });
      return Promise.resolve();
    },
  };

  /** As the machine does it: what fails for the moment is tried again. */
  async comes(push: number): Promise<void> {
    for (;;) {
      try {
        await askForApproval(instead(this, this.own), this.where, { ...environmentTask, release: idOf(push), token: tokenOf(push) });
        return;
      } catch (error) {
        if (!(error instanceof TransientError)) throw error;
      }
    }
  }

  answers = (push: number) => this.completed.filter(({ token }) => token === tokenOf(push)).map(({ answer }) => answer);
}

it('a hundred pushes whose questions nobody answers, in any order and some at once: only the newest can be approved, and each other one gave way once', async () => {
  const order = fc.shuffledSubarray(Array.from({ length: pushes }, (_, index) => index + 1), { minLength: pushes, maxLength: pushes });
  await fc.assert(
    fc.asyncProperty(order, fc.integer({ min: 1, max: 5 }), async (coming, atOnce) => {
      const world = new Busy();
      for (let next = 0; next < pushes; next += atOnce) await Promise.all(coming.slice(next, next + atOnce).map((push) => world.comes(push)));
      const questions = [...world.approvals.values()];
      expect(questions.filter(({ state }) => state === 'waiting').map(({ release }) => release)).toEqual([idOf(pushes)]);
      for (let push = 1; push < pushes; push += 1) expect([push, world.answers(push)]).toEqual([push, [{ answer: 'superseded' }]]);
      expect(world.answers(pushes)).toEqual([]);

      const vote = { approver: 'alex', decision: 'approve', reason: '', digest: askedDigest, channel: 'link', from: '' } as const;
      for (const { id } of questions) await takeAnswer(world.where, id, vote, world.clock, instead(world, world.own)).catch(() => undefined);
      const approved = questions.map(({ id }) => world.question(id)).filter(({ state }) => state === 'approved');
      expect(approved.map(({ release }) => release)).toEqual([idOf(pushes)]);
      expect(world.answers(pushes)).toEqual([{ answer: 'approved' }]);
      expect(new Set(world.completed.map(({ token }) => token)).size).toBe(pushes);
    }),
    { numRuns: 15 },
  );
});
