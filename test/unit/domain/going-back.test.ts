import { describe, expect, it } from 'vitest';
import { releaseEnd } from '../../../domain/next-environment.ts';
import { backTo, before, type Past, wayBack } from '../../../domain/going-back.ts';
import { whyNot } from '../../../domain/may-begin.ts';
import { aRelease, aTarget } from '../../fakes/samples.ts';

const built = (sequence: number, content: string, more: Partial<Past['release']> = {}): Past['release'] => {
  const { artifact } = aRelease();
  return { id: `orders-${String(sequence)}-aaaaaaaa`, sequence, ...(artifact === undefined ? {} : { artifact: { ...artifact, digest: content.repeat(64) } }), ...more };
};
const past = (...all: [Past['release'], string?][]): Past[] => all.map(([release, outcome = 'deployed']) => ({ release, outcome })).reverse();

describe('the release before', () => {
  const [one, two, three] = [built(1, 'a'), built(2, 'b'), built(3, 'c')];

  it('is the newest that was there and is something else', () => {
    expect(before(three, past([one], [two], [three]))).toBe(two);
    expect(before(three, past([one], [two, 'failed'], [three]))).toBe(one);
    expect(before(three, past([one], [built(2, 'c'), 'no-changes'], [three]))).toBe(one);
  });

  it('is further back when it was gone back to, never what was left', () => {
    const back = built(4, 'b', { from: two.id });
    expect(before(back, past([one], [two], [three], [back]))).toBe(one);
  });

  it('is nobody where nothing else was there', () => {
    expect(before(one, past([one]))).toBeUndefined();
    expect(before(two, past([one, 'rejected'], [two]))).toBeUndefined();
    expect(before(two, past([built(1, 'a', { artifact: undefined })], [two]))).toBeUndefined();
  });
});

it('a release that goes back takes what was built and asked for then, and whoever asked counts as its author', () => {
  const earlier = aRelease({ outcome: 'deployed', state: 'ended', reason: 'x', buildId: 'project:1' });
  const back = backTo(earlier, { id: 'orders-20-3f2a9c1b', sequence: 20, environment: 'prod', registryVersion: 7, by: 'arn:alex', reason: 'no tea', at: '2026-02-01T00:00:00.000Z' });
  expect(back).toMatchObject({ from: earlier.id, only: 'prod', commit: earlier.commit, artifact: earlier.artifact, pushedBy: 'arn:alex', message: `Back to ${earlier.id}: no tea`, state: 'running', attempt: 1 });
  for (const left of ['outcome', 'reason', 'buildId', 'configuration']) expect(back).not.toHaveProperty(left);
});

describe('the way back, as it is shown before the way forward', () => {
  const shown = { application: 'orders', environment: 'prod', since: 'orders-1-aaaaaaaa' };
  const counts = { add: 1, modify: 2, replace: 1, mayReplace: 0, remove: 1 };

  it('is the way forward read backwards', () => {
    expect(wayBack([{ counts }], shown)).toEqual(['drawbridge rollback orders prod --to orders-1-aaaaaaaa deletes 1 resource that this adds, changes 2 resources back, replaces 1 resource once more, makes 1 resource anew that this deletes.']);
  });

  it('says so where data does not come back', () => {
    expect(wayBack([{ counts, facts: [{ kind: 'deletes-stateful', type: 'AWS::DynamoDB::Table', count: 1 }] }], shown).at(-1)).toMatch(/does not come back/);
  });

  it('is none from a first release', () => {
    expect(wayBack([{ counts }], { ...shown, since: undefined })).toEqual(['Nothing ran in prod before, so there is nothing to go back to.']);
  });
});

describe('whether something may begin', () => {
  const halt = { environment: 'prod', reason: 'sale', by: 'alex', at: '2026-01-01T00:00:00.000Z' };
  const facts = { release: { mode: 'deploy', sequence: 3 } as const, refused: undefined, halt: undefined, deployed: [{ sequence: 2, release: 'orders-2-aaaaaaaa' }, undefined] };

  it.each([
    ['nothing is in the way', {}, undefined],
    ['it was cancelled', { release: { mode: 'deploy', sequence: 3, cancelled: { by: 'alex', at: halt.at, reason: 'wrong branch' } } }, 'cancelled'],
    ['the registry changed', { refused: 'gone' }, 'frozen'],
    ['it is halted', { halt }, 'frozen'],
    ['it is halted, and this only looks', { halt, release: { mode: 'plan', sequence: 3 } }, undefined],
    ['a newer one is there', { deployed: [{ sequence: 9, release: 'orders-9-aaaaaaaa' }] }, 'superseded'],
  ] as const)('%s', (_, more, outcome) => {
    expect(whyNot({ ...facts, ...more })?.outcome).toBe(outcome);
  });

  it('says who halted it, why, and what to do', () => {
    expect(whyNot({ ...facts, halt })?.reason).toBe('prod is halted by alex: sale. When it is resumed, retry the release.');
  });
});

describe('the end of a release that was called off', () => {
  const cancelled = { by: 'alex', at: '2026-01-01T00:00:00.000Z', reason: '' };
  const standing = (environment: string, outcome: 'deployed' | 'cancelled') => ({ release: 'orders-12-3f2a9c1b', environment, state: 'ended', attempt: '1', outcome, updatedAt: cancelled.at }) as const;
  const release = aRelease({ cancelled, configuration: { build: { kind: 'sam', templates: [] }, environments: ['dev', 'prod'].map((name) => ({ name, targets: [aTarget()] })), remarks: [] } });

  it('is cancelled, whatever the build or an environment said because of it', () => {
    expect(releaseEnd({ ...release, outcome: 'failed', reason: 'Building: it ended as STOPPED' }, [])).toEqual({ outcome: 'cancelled', reason: 'Cancelled by alex.' });
    expect(releaseEnd(release, [standing('dev', 'deployed')])).toMatchObject({ outcome: 'cancelled' });
    expect(releaseEnd(release, [standing('dev', 'deployed'), standing('prod', 'cancelled')])).toMatchObject({ outcome: 'cancelled' });
  });

  it('is what it is when all of it was done by then', () => {
    expect(releaseEnd(release, [standing('dev', 'deployed'), standing('prod', 'deployed')])).toMatchObject({ outcome: 'deployed' });
  });
});
