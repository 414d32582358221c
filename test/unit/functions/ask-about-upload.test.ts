import { beforeEach, describe, expect, it } from 'vitest';
import { askForApproval } from '../../../functions/ask-for-approval/handler.ts';
import type { ApprovalWorld } from '../../fakes/approval-world.ts';
import { asking, askingWorld } from '../../fakes/asking.ts';
import { instead } from '../../fakes/at-once.ts';
import { aRelease, environmentTask } from '../../fakes/samples.ts';

let world: ApprovalWorld;

beforeEach(() => {
  world = askingWorld();
});

const ask = (token = 'the-token', uses = world) => askForApproval(uses, world.where, { ...environmentTask, token });
const theQuestion = () => [...world.approvals.values()];

describe('who may say yes to an upload', () => {
  const source = { kind: 's3', bucket: 'uploads', key: 'orders/source.zip', version: 'v1' } as const;
  const uploaded = (fields: Parameters<typeof aRelease>[0] = {}) => (world.release = aRelease({ source, configuration: asking(), ...fields }));

  it('is two people, none of whom it names, nor an upload before it that never got there', async () => {
    const read: unknown[] = [];
    uploaded();
    world.releases.set('orders-11-bbbbbbbb', aRelease({ id: 'orders-11-bbbbbbbb', sequence: 11, source, author: { name: 'Bob', email: 'Bob@example.com' } }));
    world.releases.set('orders-8-bbbbbbbb', aRelease({ id: 'orders-8-bbbbbbbb', sequence: 8, source, author: { name: 'Ann', email: 'ann@example.com' } }));
    world.deployed.set('dev/main', {
    application: 'orders', environment: 'dev', target: 'main', account: '222222222222', region: 'eu-west-1', stackName: 'orders-dev', release: 'orders-9-cccccccc', commit: 'c'.repeat(40), sequence: 9, fence: 1, deployedAt: '2026-01-01T00:00:00.000Z', outputs: {},
  });
    await ask('token', instead(world, { readHistory: (...given) => (read.push(given), world.readHistory(...given)) }));
    expect(theQuestion()).toMatchObject([{
      atLeast: 2, authors: ['kim@example.com', 'bob@example.com'], upload: 's3://uploads/orders/source.zip (version v1)', historyCut: false,
      commits: [{ commit: world.release.commit, author: 'Kim', message: 'Add a table' }], because: expect.arrayContaining(['Nobody can check who wrote an upload, so it takes two people.']) as string[],
    }]);
    expect(world.reports[0]?.text).toBe('dev waits for 1 of alex, robin, at least 2 people.');
    expect(read).toEqual([]);
  });

  it('is two people also where it names nobody, and one where authors may approve', async () => {
    uploaded({ author: { name: 'somebody', email: '' } });
    await ask();
    expect(theQuestion()).toMatchObject([{ atLeast: 2, authors: [] }]);
    world.approvals.clear();
    world.asked.clear();
    uploaded({ configuration: asking({ authorMayApprove: true }) });
    await ask('again');
    expect(theQuestion()).toMatchObject([{ atLeast: 1, authors: [] }]);
  });

  it('is said to be too few where only one is left', async () => {
    uploaded({ configuration: asking({ quorums: [{ from: 'approvers', approvers: ['alex', 'kim'], required: 1 }] }) });
    await ask();
    expect(world.reports[0]?.text).toContain('Too few of them may say yes: an upload takes two people');
  });
});
