import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Outcome } from '../../../contracts/outcome.ts';
import { chooseNextWave, isTestable, mostRounds } from '../../../domain/next-wave.ts';

const state = fc.oneof(fc.constant({ state: 'planned' } as const), fc.constant({ state: 'executing' } as const), fc.constant({ state: 'planning' } as const), fc.constant({ state: 'deferred' } as const), fc.constantFrom(...Outcome.options).map((outcome) => ({ state: 'ended', outcome }) as const));
const environments = fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), state), { minLength: 1, maxLength: 6 }).map((list) => ({
  targets: list.map(([wave], index) => ({ name: `t${String(index)}`, wave })),
  records: list.map(([, fields], index) => ({ target: `t${String(index)}`, outcome: undefined, ...fields })),
}));

it.each([
  ['an address', { tests: [{ url: 'https://x.example', status: 200, withinSeconds: 1 }] }, true],
  ['a command', { commands: [{ run: 'x', folder: 'f', variables: {}, withinMinutes: 10 }] }, true],
  ['nothing', {}, false],
])('an environment that is tested by %s', (_, fields, testable) => {
  const ended = (outcome: Outcome) => isTestable([{ name: 'a', ...fields }], [{ target: 'a', outcome }]);
  expect([ended('deployed'), ended('no-changes'), ended('failed')]).toEqual([testable, testable, false]);
});

describe('the next wave', () => {
  it('has planned targets only, all of one wave, and no planned target is in an earlier one', () => {
    fc.assert(
      fc.property(environments, fc.integer({ min: 1, max: 6 }), ({ targets, records }, round) => {
        const next = chooseNextWave(targets, records, round);
        if (next.answer !== 'wave') return;
        const planned = targets.filter(({ name }) => records.some(({ target, state: at }) => target === name && at === 'planned'));
        const first = Math.min(...planned.map(({ wave }) => wave));
        expect(next.targets).toEqual(planned.filter(({ wave }) => wave === first).map(({ name }) => name));
        expect(next.targets.length).toBeGreaterThan(0);
      }),
    );
  });

  it('never comes after something went wrong', () => {
    fc.assert(
      fc.property(environments, fc.integer({ min: 1, max: 6 }), ({ targets, records }, round) => {
        const wrong = records.some(({ outcome }) => outcome !== undefined && !['deployed', 'no-changes', 'removed', 'stale'].includes(outcome));
        if (wrong) expect(chooseNextWave(targets, records, round).answer).toBe('done');
      }),
    );
  });

  it('comes to an end: executing what it names leads to done', () => {
    fc.assert(
      fc.property(environments, ({ targets, records }) => {
        let now = records.map((record) => ({ ...record }));
        for (let step = 0; step <= targets.length; step += 1) {
          const next = chooseNextWave(targets, now, 1);
          if (next.answer !== 'wave') return;
          now = now.map((record) => ((next.targets).includes(record.target) ? { ...record, state: 'ended', outcome: 'deployed' } : record));
        }
        throw new Error('It did not come to an end.');
      }),
    );
  });

  it('is planned when all that a deferred target waits for is deployed, and not before', () => {
    const targets = [{ name: 'network', wave: 1 }, { name: 'app', wave: 2 }];
    const app = { target: 'app', state: 'deferred', outcome: undefined } as const;
    expect(chooseNextWave(targets, [{ target: 'network', state: 'planned', outcome: undefined }, app], 1)).toEqual({ answer: 'wave', targets: ['network'] });
    expect(chooseNextWave(targets, [{ target: 'network', state: 'ended', outcome: 'deployed' }, app], 1).answer).toBe('replan');
    expect(chooseNextWave(targets, [{ target: 'network', state: 'ended', outcome: 'failed' }, app], 1).answer).toBe('done');
    expect(chooseNextWave(targets, [{ target: 'network', state: 'ended', outcome: 'deployed' }, app], mostRounds + 2).answer).toBe('done');
  });

  it('plans again what was planned with an output that is another one by now', () => {
    const targets = [{ name: 'network', wave: 1 }, { name: 'app', wave: 2 }];
    const records = (state: 'planned' | 'ended', outcome?: 'deployed') => [{ target: 'network', state, outcome }, { target: 'app', state: 'ended', outcome: 'no-changes' }] as const;
    expect(chooseNextWave(targets, records('planned'), 1, { outdated: [] }).answer).toBe('wave');
    expect(chooseNextWave(targets, records('ended', 'deployed'), 1, { outdated: ['app'] }).answer).toBe('replan');
    expect(chooseNextWave(targets, records('ended', 'deployed'), 1, { outdated: [] }).answer).toBe('done');
  });

  it('is planned again after a stale plan, but not for ever', () => {
    const targets = [{ name: 'a', wave: 1 }];
    const records = [{ target: 'a', state: 'ended', outcome: 'stale' }] as const;
    expect(chooseNextWave(targets, records, 1).answer).toBe('replan');
    expect(chooseNextWave(targets, records, mostRounds).answer).toBe('done');
  });
});
