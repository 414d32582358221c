import { beforeEach, describe, expect, it } from 'vitest';
import { askForApproval } from '../../../functions/ask-for-approval/handler.ts';
import type { ApprovalWorld } from '../../fakes/approval-world.ts';
import { aCommit, asking, askingWorld, itsQuestions } from '../../fakes/asking.ts';
import { instead } from '../../fakes/at-once.ts';
import { aDeployed, anApproval, aRelease, aTarget, environmentTask } from '../../fakes/samples.ts';

let world: ApprovalWorld;
beforeEach(() => {
  world = askingWorld();
});

const theDeployed = aDeployed({ release: 'orders-9-cccccccc', commit: 'c'.repeat(40), sequence: 9 });
const ask = (token = 'the-token', fields: object = {}, uses = world) => askForApproval(uses, world.where, { ...environmentTask, ...fields, token });
const theQuestion = () => itsQuestions(world);

describe('who may say yes', () => {
  it('is nobody who wrote or pushed any commit since what runs there, in whatever letters', async () => {
    world.release = aRelease({ configuration: asking(), author: { name: 'Kim', email: 'Kim@Example.com' }, pushedBy: 'arn:aws:iam::111111111111:role/people/Sam' });
    world.history = { commits: Array.from({ length: 120 }, (_, index) => aCommit(String(index), `Author${String(index)}@Example.com`)), cut: true };
    await ask();
    const [question = anApproval()] = theQuestion();
    expect(question.authors).toEqual(expect.arrayContaining(['kim@example.com', 'author0@example.com', 'author119@example.com', 'arn:aws:iam::111111111111:role/people/sam']));
    expect(question).toMatchObject({ otherCommits: 70, historyCut: true });
    expect(question.commits).toHaveLength(50);
  });

  it('is not who pushed what is brought along, in a release that never got there; a push before, or elsewhere, is no matter', async () => {
    const pushed = (sequence: number, id: string, by: string) => {
      const release = aRelease({ id: `orders-${String(sequence)}-${id.padEnd(8, '0')}`, sequence, commit: id.padEnd(40, '0'), pushedBy: `arn:aws:iam::111111111111:role/${by}` });
      world.releases.set(release.id, release);
    };
    pushed(8, 'a8', 'before');
    pushed(10, 'a10', 'mallory');
    pushed(11, 'b11', 'elsewhere');
    pushed(13, 'a13', 'after');
    world.deployed.set('dev/main', theDeployed);
    world.history = { commits: ['a8', 'a10', 'a13'].map((id) => aCommit(id, 'bob@example.com')), cut: false };
    await ask();
    expect(theQuestion()[0]?.authors).toEqual(['kim@example.com', 'bob@example.com', 'x@example.com', 'arn:aws:iam::111111111111:role/mallory']);
    world.approvals.clear();
    world.asked.clear();
    world.history = { ...world.history, cut: true };
    await ask('again');
    expect(theQuestion()[0]?.authors).toContain('arn:aws:iam::111111111111:role/elsewhere');
  });

  it('is looked up since the oldest release that runs in one of the targets; since the beginning where nothing runs', async () => {
    const [bases, targets] = [[] as (string | undefined)[], [aTarget(), aTarget({ name: 'second' })]];
    const uses = instead(world, { readHistory: (table, head, base) => (bases.push(base), world.readHistory(table, head, base)) });
    world.release = aRelease({ configuration: asking({}, targets) });
    world.deployed.set('dev/main', theDeployed);
    await ask('one', {}, uses);
    world.deployed.set('dev/second', aDeployed({ target: 'second', commit: 'd'.repeat(40), sequence: 7 }));
    world.approvals.clear();
    world.asked.clear();
    await ask('two', {}, uses);
    expect(bases).toEqual([undefined, 'd'.repeat(40)]);
  });

  it('is everybody where authors may approve', async () => {
    world.release = aRelease({ configuration: asking({ authorMayApprove: true }) });
    await ask();
    expect(theQuestion()[0]?.authors).toEqual([]);
  });

  it('is said to be too few at once, when no yes can ever be enough', async () => {
    world.release = aRelease({ configuration: asking({ quorums: [{ from: 'approvers', approvers: ['alex', 'kim'], required: 2 }] }) });
    await ask();
    expect(world.reports[0]?.text).toContain('Too few of them may say yes');
  });

  it.each([
    ['two', { atLeast: 2, verdict: 'two' }, 'dev waits for 1 of alex, robin, at least 2 people.'],
    ['auto', { atLeast: 1, verdict: 'auto' }, 'dev waits for 1 of alex, robin.'],
  ] as const)('follows from the risk rules (%s)', async (then, expected, text) => {
    world.registry = { ...world.registry, environments: { dev: { branches: ['main'], disposable: false, targets: [], rules: [{ what: 'adds', then }] } } };
    await ask();
    expect(theQuestion()).toMatchObject([expected]);
    expect(world.reports[0]?.text).toBe(text);
  });
});
