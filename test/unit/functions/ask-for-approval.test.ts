import { beforeEach, describe, expect, it } from 'vitest';
import { takeAnswer } from '../../../aws/decisions.ts';
import { askForApproval } from '../../../functions/ask-for-approval/handler.ts';
import type { ApprovalWorld } from '../../fakes/approval-world.ts';
import { aCommit, askedDigest, askingWorld, itsQuestions } from '../../fakes/asking.ts';
import { instead } from '../../fakes/at-once.ts';
import { aDeployed, aRelease, aVote, environmentTask } from '../../fakes/samples.ts';

let world: ApprovalWorld;
const digest = askedDigest;
const older = 'orders-11-bbbbbbbb';
const newer = 'orders-13-aaaaaaaa';

beforeEach(() => {
  world = askingWorld();
});

const died = () => Promise.reject(new Error('died'));
const ask = (token = 'the-token', fields: object = {}, uses = world) => askForApproval(uses, world.where, { ...environmentTask, ...fields, token });
const theQuestion = () => itsQuestions(world);
const answers = (token: string) => world.completed.filter((it) => it.token === token).map(({ answer }) => answer);

describe('a question', () => {
  it('is put once, with all that follows from the registry, the plans and the history', async () => {
    world.deployed.set('dev/main', aDeployed({ release: 'orders-9-cccccccc', commit: 'c'.repeat(40), sequence: 9 }));
    world.history = { commits: [aCommit('a', 'kim@example.com')], cut: false };
    await ask();
    expect(theQuestion()).toMatchObject([{
      release: 'orders-12-3f2a9c1b', environment: 'dev', attempt: '1-1', sequence: 12, digest, state: 'waiting', votes: [], version: 1, atLeast: 1, verdict: 'one', breakGlass: ['sam', 'lee'],
      changeSets: [{ target: 'main', arn: 'change-set' }], since: { release: 'orders-9-cccccccc', commit: 'c'.repeat(40) }, commits: [{ author: 'kim', message: 'Message of a' }],
      createdAt: '2026-01-02T00:00:00.000Z', remindAt: '2026-01-04T06:00:00.000Z', expiresAt: '2026-01-05T00:00:00.000Z',
    }]);
    expect(world.environments.get('dev')).toMatchObject({ state: 'waiting', approval: theQuestion()[0]?.id });
    expect(world.reports).toMatchObject([{ kind: 'waiting', approval: theQuestion()[0]?.id, text: 'dev waits for 1 of alex, robin.' }]);
    expect(world.completed).toEqual([]);
    expect(JSON.stringify([world.reports, [...world.approvals]])).not.toContain('the-token');
  });

  it('keeps its token before anybody can answer it', async () => {
    const order: string[] = [];
    await ask('the-token', {}, instead(world, {
      storeWait: (...given) => (order.push('token'), world.storeWait(...given)),
      writeApproval: (...given) => (order.push('question'), world.writeApproval(...given)),
      report: (...given) => (order.push('told'), world.report(...given)),
    }));
    expect(order).toEqual(['token', 'question', 'told']);
  });

  it('asked again by a repeated task is the same question; it waits with the new token and is told again', async () => {
    await ask('first');
    await ask('second');
    expect(theQuestion()).toHaveLength(1);
    expect(theQuestion()[0]?.version).toBe(1);
    expect(world.reports.map(({ kind }) => kind)).toEqual(['waiting', 'waiting']);
    await takeAnswer(world.where, theQuestion()[0]?.id ?? '', { approver: 'alex', decision: 'approve', reason: '', digest, channel: 'link', from: '' }, world.clock, world);
    expect([answers('first'), answers('second')]).toEqual([[], [{ answer: 'approved' }]]);
  });

  it.each(['before', 'after'] as const)('that is answered right %s the repeated task has stored its token goes on', async (when) => {
    await ask('first');
    const id = theQuestion()[0]?.id ?? '';
    const answer = () => takeAnswer(world.where, id, { approver: 'alex', decision: 'approve', reason: '', digest, channel: 'link', from: '' }, world.clock, world);
    const uses = instead(world, {
      storeWait: async (...given) => {
        // Before, it meets the token of the try that died, which moves nobody.
        if (when === 'before') await answer();
        await world.storeWait(...given);
        if (when === 'after') await answer();
      },
    });
    await ask('second', {}, uses);
    expect([answers('second'), world.waits.size]).toEqual([[{ answer: 'approved' }], 0]);
  });

  it.each(['approved', 'rejected', 'expired', 'superseded'] as const)('that was %s before the task was repeated answers at once', async (state) => {
    await ask('first');
    world.change({ state, votes: [aVote()] }, theQuestion()[0]?.id);
    await ask('second');
    expect(answers('second')).toEqual([{ answer: state }]);
    expect(world.reports).toHaveLength(1);
  });

  it.each(['storeWait', 'writeApproval', 'updateEnvironment', 'setWaiting', 'report'] as const)('whose task died at %s is whole after the next try', async (step) => {
    await expect(ask('first', {}, instead(world, { [step]: () => Promise.reject(new Error('died')) }))).rejects.toThrow('died');
    await ask('second');
    const waiting = await world.findWaiting('', 'orders', 'dev');
    expect(waiting).toMatchObject({ state: 'waiting', release: world.release.id });
    expect(world.environments.get('dev')).toMatchObject({ state: 'waiting', approval: waiting?.id });
    await takeAnswer(world.where, waiting?.id ?? '', { approver: 'alex', decision: 'approve', reason: '', digest, channel: 'link', from: '' }, world.clock, world);
    expect(answers('second')).toEqual([{ answer: 'approved' }]);
    expect([theQuestion().length, world.waits.size]).toEqual([1, 0]);
  });

  it('about other plans, or in another round, is another question', async () => {
    await ask('first');
    world.environments.set('dev', { ...world.environments.get('dev'), release: world.release.id, environment: 'dev', state: 'planning', attempt: '1-2', digest: 'b'.repeat(64), updatedAt: '' });
    await ask('second', { round: 2 });
    expect(theQuestion().map((it) => [it.attempt, it.digest[0]])).toEqual([['1-1', 'a'], ['1-2', 'b']]);
  });

  it('without a plan, or where nobody is asked, is a mistake of ours', async () => {
    world.environments.delete('dev');
    await expect(ask()).rejects.toMatchObject({ name: 'ConfigurationError' });
    world.release = aRelease();
    await expect(ask()).rejects.toMatchObject({ name: 'ConfigurationError' });
  });
});

describe('two releases that wait in the same place', () => {
  it('the newer ends the question of the older, and its workflow goes on', async () => {
    world.ask({ id: 'b'.repeat(32), release: older, sequence: 11 });
    await ask();
    expect(world.question('b'.repeat(32))).toMatchObject({ state: 'superseded', supersededBy: world.release.id });
    expect(world.resumed(older)).toEqual([{ answer: 'superseded' }]);
    expect(world.reports.map(({ kind, release }) => [kind, release])).toEqual([['superseded', older], ['waiting', world.release.id]]);
  });

  it('the older is told that a newer one waits there, and asks nobody', async () => {
    world.ask({ id: 'b'.repeat(32), release: newer, sequence: 13 });
    await ask();
    expect(answers('the-token')).toEqual([{ answer: 'superseded' }]);
    expect(theQuestion()).toMatchObject([{ state: 'superseded', supersededBy: newer }]);
    expect(world.reports).toEqual([]);
    expect(world.question('b'.repeat(32))).toMatchObject({ state: 'waiting', version: 1 });
    await ask('again');
    expect(answers('again')).toEqual([{ answer: 'superseded' }]);
  });

  it('the older, asked again and answered in the moment in which a newer one shows, is looked at again', async () => {
    await ask('first');
    world.ask({ id: 'b'.repeat(32), release: newer, sequence: 13 });
    const uses = instead(world, {
      writeApproval: (table, approval, before) => {
        world.change({ state: 'approved', votes: [aVote()] }, approval.id);
        return world.writeApproval(table, approval, before);
      },
    });
    await expect(ask('second', {}, uses)).rejects.toMatchObject({ name: 'TransientError' });
    await ask('third');
    expect([answers('second'), answers('third')]).toEqual([[], [{ answer: 'approved' }]]);
  });

  it('that ask in the same moment do not both wait: one looks again and finds the other', async () => {
    const uses = instead(world, {
      setWaiting: (...given) => {
        if (!world.approvals.has('b'.repeat(32))) world.ask({ id: 'b'.repeat(32), release: older, sequence: 11 });
        return world.setWaiting(...given);
      },
    });
    await expect(ask('first', {}, uses)).rejects.toMatchObject({ name: 'TransientError' });
    await ask('second', {}, uses);
    expect(world.question('b'.repeat(32))).toMatchObject({ state: 'superseded', supersededBy: world.release.id });
    expect(theQuestion()).toMatchObject([{ state: 'waiting' }]);
  });

  it('a question that is answered in this very moment stays answered', async () => {
    world.ask({ id: 'b'.repeat(32), release: older, sequence: 11 });
    const uses = instead(world, {
      writeApproval: (table, approval, before) => {
        if (approval.release === older) world.change({ state: 'approved', votes: [aVote()] }, approval.id);
        return world.writeApproval(table, approval, before);
      },
    });
    await ask('the-token', {}, uses);
    expect(world.question('b'.repeat(32)).state).toBe('approved');
    expect(world.resumed(older)).toEqual([]);
    expect(theQuestion()).toMatchObject([{ state: 'waiting' }]);
  });

  it('a task that died between ending the older question and its wait ends that wait when it is repeated', async () => {
    world.ask({ id: 'b'.repeat(32), release: older, sequence: 11 });
    await expect(ask('first', {}, instead(world, { completeWait: died }))).rejects.toThrow('died');
    expect(world.resumed(older)).toEqual([]);
    await ask('second');
    expect(world.resumed(older)).toEqual([{ answer: 'superseded' }]);
    expect(theQuestion()).toMatchObject([{ state: 'waiting' }]);
  });

  it.each(['approved', 'rejected', 'expired'] as const)('a question that was %s there before is left as it is', async (state) => {
    world.ask({ id: 'b'.repeat(32), release: older, sequence: 11 });
    world.change({ state }, 'b'.repeat(32));
    await ask();
    expect(world.question('b'.repeat(32)).state).toBe(state);
    expect(world.reports.map(({ kind }) => kind)).toEqual(['waiting']);
  });
});
