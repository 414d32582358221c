import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BranchEnvironment } from '../../../contracts/branch-environment.ts';
import { EnvironmentName, StackName } from '../../../contracts/names.ts';
import { type Arriving, expiryOf, isOver, takenUp } from '../../../domain/branch-life.ts';
import { branchEnvironmentName } from '../../../domain/branch-name.ts';
import { isWanted, nextOfBranch, restsAt } from '../../../domain/branch-next.ts';
import { executionName } from '../../../domain/release-id.ts';
import { sessionName } from '../../../domain/session.ts';
import { notTheirs, ownerTags } from '../../../domain/owner-tags.ts';

/** Legal names of branches (git-check-ref-format; CodeCommit User Guide, "Quotas": 1 to 256 characters), Unicode among them. */
const branch = fc
  .array(fc.oneof(fc.constantFrom(...'abcxyzABC0189-_#.@+=/'.split('')), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 })), { minLength: 1, maxLength: 80 })
  .map((characters) => characters.join('').replaceAll(/[\u0000- ~^:?*[\\\u007f]/g, '').slice(0, 256))
  .filter((name) => name !== '' && !/(^|\/)[./]|\/$|\.\.|@\{|\.lock(\/|$)|\.$|^@$|^-/.test(name));

describe('the name of a branch’s environment', () => {
  it('is one that everything takes which is named after an environment, whatever the branch is called', () => {
    fc.assert(
      fc.property(branch, (name) => {
        const environment = branchEnvironmentName(name);
        expect(EnvironmentName.safeParse(environment).success, environment).toBe(true);
        expect(StackName.safeParse(`${'a'.repeat(24)}-${'s'.repeat(24)}-${environment}`).success).toBe(true);
        const release = `${'a'.repeat(24)}-12345678-0123abcd`;
        expect(executionName(`${release}-${environment}-${'t'.repeat(12)}`, 1).length).toBeLessThanOrEqual(80);
        expect(sessionName({ release, environment })).toMatch(/^[\w+=,.@-]{2,64}$/);
      }),
    );
  });

  it('is the same for the same branch, and another for any other', () => {
    fc.assert(fc.property(branch, branch, (one, other) => (branchEnvironmentName(one) === branchEnvironmentName(other)) === (one === other)));
  });

  it('tells branches apart that look alike without their signs and capitals', () => {
    const alike = ['feature/login', 'feature/Login', 'bugfix/login', 'login', 'login-', 'login_', 'feature#login', 'Feature/LOGIN', 'login/'];
    expect(new Set(alike.map(branchEnvironmentName))).toHaveLength(alike.length);
  });

  it('begins with what people recognise', () => {
    expect(branchEnvironmentName('feature/login')).toMatch(/^login-[a-z0-9]{7}$/);
    expect(branchEnvironmentName('kim/JIRA-1234 add_things')).toMatch(/^jira-123-[a-z0-9]{7}$/);
    expect(branchEnvironmentName('2026/1234')).toMatch(/^branch-[a-z0-9]{7}$/);
    expect(branchEnvironmentName('été/naïve')).toMatch(/^na-ve-[a-z0-9]{7}$/);
  });
});

const now = new Date('2026-05-01T12:00:00.000Z');
const hours = (count: number): string => new Date(now.getTime() + count * 3_600_000).toISOString();
const life = { timeToLiveSeconds: 10 * 3600, idleSeconds: 2 * 3600, atOnce: 2 };
const aRow = (fields: Partial<BranchEnvironment> = {}): BranchEnvironment => ({
  application: 'orders', name: 'login-k3xq2ab', registered: 'sandbox', branch: 'feature/login', repository: 'orders',
  createdAt: hours(-1), releasedAt: hours(-1), expiresAt: hours(1), release: 'orders-3-3f2a9c1b', sequence: 3, by: 'Kim', state: 'live', version: 4, ...fields,
});
const arriving = (fields: Partial<Arriving> = {}): Arriving => ({ application: 'orders', name: 'login-k3xq2ab', registered: 'sandbox', branch: 'feature/login', repository: 'orders', life, release: 'orders-5-aaaaaaaa', sequence: 5, by: 'Kim', ...fields });

describe('how long a branch environment lives', () => {
  it('is the earlier of its time to live and its idle time, which each release begins anew', () => {
    expect(expiryOf({ createdAt: hours(0), releasedAt: hours(1) }, life)).toBe(hours(3));
    expect(expiryOf({ createdAt: hours(0), releasedAt: hours(9) }, life)).toBe(hours(10));
  });

  it('is over at its hour, unless it ends already', () => {
    expect(isOver(aRow({ expiresAt: hours(0) }), now)).toBe(true);
    expect(isOver(aRow({ expiresAt: hours(1) }), now)).toBe(false);
    expect(isOver(aRow({ expiresAt: hours(-1), state: 'removing' }), now)).toBe(false);
  });
});

describe('a release that comes for its branch’s environment', () => {
  it('makes it', () => {
    expect(takenUp([], arriving(), now)).toEqual({ answer: 'taken', counts: true, row: { ...arriving(), life: undefined, createdAt: hours(0), releasedAt: hours(0), expiresAt: hours(2), state: 'live', version: 1 } });
  });

  it('renews it, and keeps from when it was made and where it is', () => {
    const before = aRow({ createdAt: hours(-9), url: 'https://old.example.com' });
    expect(takenUp([before], arriving(), now)).toMatchObject({ answer: 'taken', counts: false, row: { createdAt: hours(-9), expiresAt: hours(1), url: 'https://old.example.com', release: 'orders-5-aaaaaaaa', version: 5 } });
  });

  it('begins a new life where the old one was over before anybody ended it', () => {
    expect(takenUp([aRow({ createdAt: hours(-11), expiresAt: hours(-1) })], arriving(), now)).toMatchObject({ answer: 'taken', row: { createdAt: hours(0), expiresAt: hours(2) } });
  });

  it.each(['removing', 'removed'] as const)('takes it up again while it is %s, as a new one', (state) => {
    expect(takenUp([aRow({ state, reason: 'it was deleted', url: 'https://gone.example.com' })], arriving(), now)).toMatchObject({ answer: 'taken', counts: true, row: { state: 'live', createdAt: hours(0) } });
  });

  it('stays behind a newer one, and behind an end that came after it', () => {
    expect(takenUp([aRow({ sequence: 6, release: 'orders-6-bbbbbbbb' })], arriving(), now)).toMatchObject({ answer: 'superseded', sentence: expect.stringContaining('orders-6-bbbbbbbb') as string });
    expect(takenUp([aRow({ sequence: 6, state: 'removed', reason: 'the branch was deleted' })], arriving(), now)).toMatchObject({ answer: 'superseded', sentence: expect.stringContaining('the branch was deleted') as string });
  });

  it('is refused where another branch holds the name, until that is removed', () => {
    expect(takenUp([aRow({ branch: 'other' })], arriving(), now)).toMatchObject({ answer: 'refused', sentence: expect.stringContaining('held by the branch other') as string });
    expect(takenUp([aRow({ branch: 'other', state: 'removed' })], arriving(), now)).toMatchObject({ answer: 'taken' });
  });

  it('is refused where there are as many as may be, and told of them and of the oldest', () => {
    const [one, two] = [aRow({ name: 'one-aaaaaaa', branch: 'one', createdAt: hours(-1) }), aRow({ name: 'two-bbbbbbb', branch: 'two', createdAt: hours(-3), state: 'removing' })];
    expect(takenUp([one, two], arriving(), now)).toEqual({
      answer: 'refused',
      sentence: 'orders may have 2 branch environments in sandbox at once, and has two-bbbbbbb (two, removing), one-aaaaaaa (one). The oldest is two-bbbbbbb: end it with "drawbridge env stop two-bbbbbbb" or delete its branch, then retry the release.',
    });
    expect(takenUp([one, { ...two, state: 'removed' }], arriving(), now)).toMatchObject({ answer: 'taken' });
    expect(takenUp([one, { ...two, registered: 'playground' }], arriving(), now)).toMatchObject({ answer: 'taken' });
  });

  it('never makes more than may be, in whatever order they come and go', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(6), fc.constantFrom('come', 'go')), { maxLength: 40 }), (history) => {
        let rows: readonly BranchEnvironment[] = [];
        history.forEach(([number, what], index) => {
          const name = `branch-${String(number)}`;
          if (what === 'go') rows = rows.map((row) => (row.name === name ? { ...row, state: 'removed' } : row));
          const taken = takenUp(rows, arriving({ name, branch: name, sequence: index + 10 }), now);
          if (what === 'come' && taken.answer === 'taken') rows = [...rows.filter((row) => row.name !== name), taken.row];
          expect(rows.filter(({ state }) => state === 'live').length).toBeLessThanOrEqual(life.atOnce);
        });
      }),
    );
  });
});

describe('what follows for a branch’s environment', () => {
  const [commit, other] = ['a'.repeat(40), 'b'.repeat(40)];
  const step = (fields: Partial<Parameters<typeof nextOfBranch>[0]>) => nextOfBranch({ row: { state: 'live', sequence: 3 }, commit, head: { sequence: 3 }, deployed: true, disposable: true, ...fields });
  const ended = { sequence: 3, rests: { commit, because: 'ended' } } as const;

  it.each<[string, Parameters<typeof step>[0], ReturnType<typeof step>]>([
    ['it lives and the branch is there', {}, 'nothing'],
    ['the branch is gone', { commit: undefined }, 'end'],
    ['the branch was merged or stopped where it stands', { head: ended }, 'end'],
    ['the branch was pushed after it was merged', { head: ended, commit: other }, 'nothing'],
    ['the branch is back while it is removed, and nothing was released since', { row: { state: 'removing', sequence: 4 } }, 'release'],
    ['the branch is back after it was removed', { row: { state: 'removed', sequence: 4 }, deployed: false }, 'release'],
    ['the branch is back and a newer release is on its way', { row: { state: 'removing', sequence: 4 }, head: { sequence: 5 } }, 'nothing'],
    ['the branch was made again where it stood when it was deleted', { row: { state: 'removed', sequence: 4 }, head: { sequence: 3, rests: { commit, because: 'deleted' } } }, 'release'],
    ['an older release deployed after the end', { commit: undefined, row: { state: 'removed', sequence: 4 } }, 'remove'],
    ['the removal ended', { commit: undefined, row: { state: 'removing', sequence: 4 }, deployed: false }, 'close'],
    ['it is removed and the branch is gone', { commit: undefined, row: { state: 'removed', sequence: 4 }, deployed: false }, 'nothing'],
    ['it was stopped and removed', { head: ended, row: { state: 'removed', sequence: 4 }, deployed: false }, 'nothing'],
    ['its sandbox is none any more, and the branch is there', { disposable: false }, 'nothing'],
    ['its sandbox is none any more, and the branch is gone', { disposable: false, commit: undefined }, 'end'],
    ['its sandbox is none any more, and a person had removed what was there', { disposable: false, deployed: false }, 'close'],
    ['its sandbox is none any more, and it was removed', { disposable: false, deployed: false, row: { state: 'removed', sequence: 4 } }, 'nothing'],
  ])('where %s', (_, fields, expected) => {
    expect(step(fields)).toBe(expected);
  });

  it('comes to rest: whatever happened, a few steps bring it to what the branch says', () => {
    const rests = fc.option(fc.record({ commit: fc.constantFrom(commit, other), because: fc.constantFrom('deleted' as const, 'ended' as const) }), { nil: undefined });
    const state = fc.constantFrom('live' as const, 'removing' as const, 'removed' as const);
    fc.assert(
      fc.property(fc.option(fc.constantFrom(commit, other), { nil: undefined }), state, fc.nat(9), fc.nat(9), rests, fc.boolean(), (stands, start, rowAt, headAt, resting, there) => {
        let [row, head, deployed] = [{ state: start, sequence: rowAt }, { sequence: headAt, rests: resting }, there];
        // While it lives, the release that has it is its branch's newest.
        if (start === 'live') row = { ...row, sequence: headAt };
        let newest = 10;
        for (let round = 0; round < 6; round += 1) {
          const next = nextOfBranch({ row, commit: stands, head, deployed, disposable: true });
          if (next === 'end') row = { state: 'removing', sequence: (newest += 1) };
          if (next === 'remove') deployed = false;
          if (next === 'close') row = { ...row, state: 'removed' };
          if (next === 'release') head = { sequence: (newest += 1), rests: undefined };
          // A release that is newer than the end takes it up, and deploys.
          if (isWanted(stands, head.rests) && row.state !== 'live' && head.sequence > row.sequence) [row, deployed] = [{ state: 'live', sequence: head.sequence }, true];
        }
        expect(nextOfBranch({ row, commit: stands, head, deployed, disposable: true })).toBe('nothing');
        expect(row.state).toBe(isWanted(stands, head.rests) ? 'live' : 'removed');
        if (row.state === 'removed') expect(deployed).toBe(false);
      }),
    );
  });

  it('a deleted branch keeps every release from its environment, a stopped one only that of the commit', () => {
    expect([restsAt(undefined, commit), restsAt({ commit, because: 'deleted' }, other), restsAt({ commit, because: 'ended' }, other), restsAt({ commit, because: 'ended' }, commit)]).toEqual([false, true, false, true]);
  });
});

describe('the tags that say whose a stack is', () => {
  it('name the branch in characters that a tag takes', () => {
    expect(ownerTags({ application: 'orders', environment: 'login-k3xq2ab', owner: 'team-shop', branch: 'feature/#12 café*' })).toEqual({
      'drawbridge:application': 'orders', 'drawbridge:environment': 'login-k3xq2ab', 'drawbridge:owner': 'team-shop', 'drawbridge:branch': 'feature/-12 café-',
    });
    fc.assert(fc.property(branch, (name) => /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u.test(ownerTags({ application: 'a', environment: 'b', branch: name })['drawbridge:branch'] ?? '')));
  });

  const mine = { application: 'orders', environment: 'login-k3xq2ab', branch: 'feature/login' };
  const tags = ownerTags(mine);
  const dev = { application: 'orders', environment: 'dev' };

  it.each<[string, Parameters<typeof notTheirs>[0], Parameters<typeof notTheirs>[1], RegExp | undefined]>([
    ['a new stack is anybody’s', undefined, mine, undefined],
    ['a branch’s own stack is its own', tags, { ...mine, owner: 'somebody new' }, undefined],
    ['a stack that was there before is no branch’s', { team: 'shop' }, mine, /not made by Drawbridge/],
    ['the stack of an environment is no branch’s', ownerTags(dev), mine, /belongs to dev of orders/],
    ['the stack of another branch is not this one’s', { ...tags, 'drawbridge:branch': 'feature/other' }, mine, /belongs to login-k3xq2ab/],
    ['the stack of a branch is no other environment’s', tags, dev, /belongs to login-k3xq2ab of orders/],
    ['what is between environments that no machine removes is said elsewhere', ownerTags({ ...dev, environment: 'staging' }), dev, undefined],
  ])('%s', (_, found, wanted, words) => {
    const said = notTheirs(found, wanted);
    if (words === undefined) expect(said).toBeUndefined();
    else expect(said).toMatch(words);
  });
});
