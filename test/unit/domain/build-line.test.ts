import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BuildWaiter, buildsAtOnce, waitingWords, whoseTurn } from '../../../domain/build-line.ts';

const waiter = (application: string, sequence: number, since = '2026-01-01T00:00:00.000Z'): BuildWaiter => ({ release: `${application}-${String(sequence)}-3f2a9c1b`, attempt: 1, application, sequence, since });

describe('the line for builds', () => {
  it('is over when nobody waits', () => {
    expect(whoseTurn<BuildWaiter>({ waiters: [], served: {} })).toBeUndefined();
  });

  it('gives an application its older release first, wherever it stands', () => {
    const [older, newer] = [waiter('orders', 9, '2026-01-02T00:00:00.000Z'), waiter('orders', 10)];
    expect(whoseTurn({ waiters: [newer, older], served: {} })).toBe(older);
  });

  it('goes on with the application that was given a build the longest ago, or never', () => {
    const waiters = [waiter('a', 1), waiter('b', 1), waiter('c', 1, '2026-01-02T00:00:00.000Z')];
    expect(whoseTurn({ waiters, served: { a: '2026-01-01T10:00:00.000Z', b: '2026-01-01T09:00:00.000Z' } })?.application).toBe('c');
    expect(whoseTurn({ waiters: waiters.slice(0, 2), served: { a: '2026-01-01T10:00:00.000Z', b: '2026-01-01T09:00:00.000Z' } })?.application).toBe('b');
  });

  const lines = fc.uniqueArray(fc.record({ application: fc.constantFrom('a', 'b', 'c', 'd'), sequence: fc.nat({ max: 30 }) }), { selector: ({ application, sequence }) => `${application}${String(sequence)}` });

  it('serves everybody, each application in its order, and none twice while another waits for its first', () => {
    fc.assert(
      fc.property(lines, (asked) => {
        let waiters = asked.map(({ application, sequence }) => waiter(application, sequence));
        const served: Record<string, string> = {};
        const order: BuildWaiter[] = [];
        for (let next = whoseTurn({ waiters, served }); next !== undefined; next = whoseTurn({ waiters, served })) {
          const given = next;
          order.push(given);
          served[given.application] = new Date(order.length).toISOString();
          waiters = waiters.filter((it) => it !== given);
        }
        expect(order).toHaveLength(asked.length);
        const applications = new Set(asked.map(({ application }) => application));
        for (const name of applications) {
          const sequences = order.filter(({ application }) => application === name).map(({ sequence }) => sequence);
          expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
        }
        expect(new Set(order.slice(0, applications.size).map(({ application }) => application))).toEqual(applications);
      }),
    );
  });
});

it.each([
  ['Cannot have more than 1 builds in queue for the account', 1],
  ['Cannot have more than 20 active builds for the account', 20],
  ['Cannot have more than 0 builds in queue for the account', 0],
  ['Something new', undefined],
])('%s', (refusal, limit) => {
  expect(buildsAtOnce(refusal)).toBe(limit);
});

it('who waits is told why, how many wait already, and what to do', () => {
  expect(waitingWords(1, 0)).toBe('Waits for a free build: CodeBuild of this account takes no more than 1 at once. It starts by itself; to wait less, ask for more in the Service Quotas console, AWS CodeBuild, "Concurrently running builds for …".');
  expect(waitingWords(1, 1)).toContain(' 1 waits already.');
  expect(waitingWords(undefined, 3)).toContain('takes no more builds now. 3 wait already.');
});
