import { beforeEach, describe, expect, it } from 'vitest';
import { type Answer, takeAnswer } from '../../../aws/decisions.ts';
import type { Approval } from '../../../contracts/approval.ts';
import type { Ruling } from '../../../domain/approval.ts';
import { ApprovalWorld } from '../../fakes/approval-world.ts';
import { atOnce, instead } from '../../fakes/at-once.ts';
import { anApproval, aVote } from '../../fakes/samples.ts';

let world: ApprovalWorld;
const id = anApproval().id;

beforeEach(() => {
  world = new ApprovalWorld();
});

const yes = (approver: string, fields: Partial<Answer> = {}): Answer => ({ approver, decision: 'approve', reason: '', digest: anApproval().digest, channel: 'cli', from: 'somewhere', ...fields });
const no = (approver: string, reason = ''): Answer => yes(approver, { decision: 'reject', reason });
const take = (answer: Answer, uses = world, question = id) => takeAnswer(world.where, question, answer, world.clock, uses);
const because = (ruling: Ruling) => (ruling.accepted ? 'accepted' : ruling.because);
const two: Partial<Approval> = { quorums: [{ from: 'platform', approvers: ['alex', 'robin', 'sam', 'lee'], required: 2 }], atLeast: 2 };

it('a question that an interrupted try left behind takes no answer once the release is tried again', async () => {
  world.ask();
  const at = (attempt: string) => world.environments.set('dev', { release: anApproval().release, environment: 'dev', state: 'planning', updatedAt: '', attempt });
  at('2');
  expect([because(await take(yes('alex'))), world.question().votes]).toEqual(['ended', []]);
  at('1-2');
  expect(because(await take(yes('alex')))).toBe('accepted');
});

describe('two answers in the same moment', () => {
  it('for the last place resume the workflow exactly once, and the second is told that it came second', async () => {
    world.ask();
    const uses = atOnce(world, 2);
    const rulings = await Promise.all([take(yes('alex'), uses), take(yes('robin'), uses)]);
    expect(rulings.map(because).toSorted()).toEqual(['accepted', 'ended']);
    expect(world.resumed()).toEqual([{ answer: 'approved' }]);
    expect(world.votes).toHaveLength(1);
    expect(world.question()).toMatchObject({ state: 'approved', version: 2 });
    expect(world.reports.map(({ kind }) => kind)).toEqual(['approved']);
  });

  it('yes and no: only the first counts', async () => {
    world.ask();
    const uses = atOnce(world, 2);
    const rulings = await Promise.all([take(no('alex'), uses), take(yes('robin'), uses)]);
    expect(rulings.map(because)).toEqual(['accepted', 'ended']);
    expect(world.resumed()).toEqual([{ answer: 'rejected' }]);
  });

  it('for two places both count, and the workflow goes on once', async () => {
    world.ask(two);
    const uses = atOnce(world, 2);
    const rulings = await Promise.all([take(yes('alex'), uses), take(yes('robin'), uses)]);
    expect(rulings.map(because)).toEqual(['accepted', 'accepted']);
    expect(world.question().votes.map(({ approver }) => approver)).toEqual(['alex', 'robin']);
    expect(world.votes).toHaveLength(2);
    expect(world.resumed()).toEqual([{ answer: 'approved' }]);
  });

  it('of the same person are one answer', async () => {
    world.ask(two);
    const uses = atOnce(world, 2);
    const rulings = await Promise.all([take(yes('alex'), uses), take(yes('alex'), uses)]);
    expect(rulings.map(because).toSorted()).toEqual(['accepted', 'voted']);
    expect(world.completed).toEqual([]);
  });

  it('of many people all count, each once', async () => {
    const names = ['alex', 'robin', 'sam', 'lee'];
    world.ask({ quorums: [{ from: 'approvers', approvers: names, required: 4 }] });
    const uses = atOnce(world, 4);
    expect((await Promise.all(names.map((name) => take(yes(name), uses)))).map(because)).toEqual(names.map(() => 'accepted'));
    expect(world.votes).toHaveLength(4);
    expect(world.resumed()).toHaveLength(1);
  });

  it('that never find a quiet moment say so, and nothing is half done', async () => {
    world.ask();
    const uses = instead(world, { writeVote: () => Promise.resolve(false) });
    await expect(take(yes('alex'), uses)).rejects.toMatchObject({ name: 'TransientError', message: expect.stringContaining('Answer again') as unknown });
    expect([world.completed, world.reports, world.votes]).toEqual([[], [], []]);
  });
});

describe('an answer whose function died', () => {
  const died = () => Promise.reject(new Error('the function ended'));

  it.each(['updateEnvironment', 'completeWait'] as const)('at %s, after it was recorded, is finished by the next click of anybody', async (step) => {
    world.ask();
    await expect(take(yes('alex'), instead(world, { [step]: died }))).rejects.toThrow('the function ended');
    expect(world.question().state).toBe('approved');
    expect(world.resumed()).toEqual([]);
    expect(because(await take(yes('alex')))).toBe('ended');
    expect(world.resumed()).toEqual([{ answer: 'approved' }]);
    expect(because(await take(no('robin')))).toBe('ended');
    expect(world.resumed(), 'and only once').toHaveLength(1);
    expect(world.votes).toHaveLength(1);
  });

  it('as a no is finished as a no', async () => {
    world.ask();
    await expect(take(no('alex'), instead(world, { completeWait: died }))).rejects.toThrow();
    await take(yes('robin'));
    expect(world.resumed()).toEqual([{ answer: 'rejected' }]);
  });

  it('while it told of it has moved what waits already', async () => {
    world.ask();
    await expect(take(yes('alex'), instead(world, { report: died }))).rejects.toThrow();
    expect(world.resumed()).toEqual([{ answer: 'approved' }]);
  });

  it('before it was recorded is no answer', async () => {
    world.ask();
    await expect(take(yes('alex'), instead(world, { writeVote: died }))).rejects.toThrow();
    expect(world.question()).toMatchObject({ state: 'waiting', votes: [] });
    expect(because(await take(yes('alex')))).toBe('accepted');
  });

  it.each(['expired', 'superseded'] as const)('nothing is resumed for a question that was %s', async (state) => {
    world.ask();
    world.change({ state });
    expect(because(await take(yes('alex')))).toBe('ended');
    expect(world.completed).toEqual([]);
  });
});

describe('who may answer', () => {
  it('is what is registered now: who was removed since counts no more', async () => {
    world.ask();
    world.registry = { ...world.registry, approvers: { robin: { email: 'robin@example.com' } } };
    await expect(take(yes('alex'))).rejects.toMatchObject({ name: 'AccessDeniedError' });
    await expect(take(no('constructor'))).rejects.toMatchObject({ name: 'AccessDeniedError' });
    expect(world.question()).toMatchObject({ state: 'waiting', votes: [] });
    expect(because(await take(yes('robin')))).toBe('accepted');
  });

  it('who is registered but not asked is refused, and so is an author', async () => {
    world.ask({ quorums: [{ from: 'approvers', approvers: ['alex', 'kim'], required: 1 }] });
    expect(because(await take(yes('sam')))).toBe('not-an-approver');
    expect(because(await take(yes('kim')))).toBe('author');
    expect(because(await take(yes('alex', { digest: 'b'.repeat(64) })))).toBe('other-digest');
    expect(because(await take(yes('alex'), world, '0'.repeat(32)))).toBe('ended');
    expect([world.votes, world.reports, world.completed]).toEqual([[], [], []]);
  });

  it('nobody after its time, also when nobody has closed it yet', async () => {
    world.ask();
    world.clock = new Date(anApproval().expiresAt);
    expect(because(await take(yes('alex')))).toBe('expired');
    world.clock = new Date(world.clock.getTime() - 1);
    expect(because(await take(yes('alex')))).toBe('accepted');
  });
});

describe('a deputy', () => {
  it('answers in another’s place, and the record says for whom', async () => {
    world.ask();
    world.delegate('alex', 'sam');
    await take(yes('sam', { reason: 'alex is away' }));
    expect(world.votes[0]?.vote).toMatchObject({ approver: 'sam', standsFor: ['alex'] });
    expect(world.resumed()).toEqual([{ answer: 'approved' }]);
    expect(world.reports[0]?.text).toBe('sam, also for alex, said yes to dev: alex is away');
  });

  it.each([
    ['whose time is over', () => { world.delegate('alex', 'sam', '2026-01-01T23:00:00.000Z'); }],
    ['who was told to stop', () => {
      world.delegate('alex', 'sam');
      world.delegations.push({ approver: 'alex', until: '2026-01-20T00:00:00.000Z', reason: '', from: 'alex', at: '2026-01-01T13:00:00.000Z' });
    }],
    ['of an author', () => {
      world.change({ quorums: [{ from: 'approvers', approvers: ['kim'], required: 1 }] });
      world.delegate('kim', 'sam');
    }],
    ['of a deputy', () => {
      world.delegate('alex', 'lee');
      world.delegate('lee', 'sam');
    }],
  ])('%s is refused', async (_, given) => {
    world.ask();
    given();
    expect(because(await take(yes('sam')))).toBe('not-an-approver');
  });

  it('fills one place, however many they stand for', async () => {
    world.ask({ quorums: [{ from: 'approvers', approvers: ['alex', 'robin'], required: 2 }] });
    world.delegate('alex', 'sam');
    world.delegate('robin', 'sam');
    await take(yes('sam'));
    expect(world.question().state).toBe('waiting');
    expect(world.reports[0]?.text).toContain('(1 more needed)');
    await take(yes('robin'));
    expect(world.question().state).toBe('approved');
  });
});

describe('what is reported', () => {
  it('is who said what, with what is missing, under the name of who did it', async () => {
    world.ask(two);
    await take(yes('alex'));
    await take(yes('robin', { reason: 'fine' }));
    expect(world.reports.map(({ kind, text }) => [kind, text])).toEqual([['approved', 'alex said yes to dev (1 more needed).'], ['approved', 'robin said yes to dev: fine']]);
    expect(world.reports[0]).toMatchObject({ about: 'environment', release: 'orders-12-3f2a9c1b', environment: 'dev', application: 'orders', approval: id });
    expect(world.doers).toEqual(['alex', 'robin']);
    expect(JSON.stringify(world.reports)).not.toContain('token-of');
  });

  it('is a no with its reason; the environment goes on only after a yes', async () => {
    world.ask();
    await take(no('alex', 'not on a Friday'));
    expect(world.reports[0]).toMatchObject({ kind: 'rejected', text: 'alex said no to dev: not on a Friday' });
    expect(world.environments.get('dev')?.state).toBe('waiting');
    world.ask();
    await take(yes('alex'));
    expect(world.environments.get('dev')?.state).toBe('executing');
  });
});

describe('breaking the glass', () => {
  const breaks = (name: string, reason = 'customers cannot pay') => yes(name, { breakGlass: true, reason });

  it('takes two people with a reason, and says so loudly', async () => {
    world.ask({ breakGlass: ['sam', 'lee'] });
    expect(because(await take(breaks('sam', 'why not')))).toBe('no-reason');
    expect(because(await take(breaks('alex')))).toBe('not-an-approver');
    await take(breaks('sam'));
    expect(because(await take(breaks('sam', 'customers still cannot pay')))).toBe('voted');
    expect(world.completed).toEqual([]);
    await take(breaks('lee'));
    expect(world.resumed()).toEqual([{ answer: 'approved' }]);
    expect(world.reports.map(({ kind, text }) => [kind, text])).toEqual([
      ['break-glass', 'sam BROKE THE GLASS for dev: customers cannot pay'],
      ['break-glass', 'lee BROKE THE GLASS for dev, the second person: it goes ahead: customers cannot pay'],
    ]);
  });

  it('by two people in the same moment goes ahead once', async () => {
    world.ask({ breakGlass: ['sam', 'lee'] });
    const uses = atOnce(world, 2);
    await Promise.all([take(breaks('sam'), uses), take(breaks('lee'), uses)]);
    expect(world.resumed()).toEqual([{ answer: 'approved' }]);
  });

  it('counts nobody who is not registered any more', async () => {
    world.ask({ breakGlass: ['sam', 'gone'], votes: [aVote({ approver: 'sam', breakGlass: true, reason: 'customers cannot pay' })] });
    await expect(take(breaks('gone'))).rejects.toMatchObject({ name: 'AccessDeniedError' });
  });
});
