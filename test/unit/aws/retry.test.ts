import { afterEach, beforeEach, expect, it } from 'vitest';
import { findRelease } from '../../../aws/releases.ts';
import { clearOutcome } from '../../../aws/retry.ts';
import { writeRow } from '../../../aws/rows.ts';
import { keys } from '../../../aws/table.ts';
import type { Release } from '../../../contracts/release.ts';
import { aRelease } from '../../fakes/samples.ts';
import { FakeTable } from '../../fakes/table.ts';

let table: FakeTable;
const { id } = aRelease();

beforeEach(() => {
  table = new FakeTable().install();
});
afterEach(() => {
  table.restore();
});

const given = (fields: Partial<Release>) => writeRow('t', keys.release(id), aRelease(fields));

it('a release that has ended is opened for one more try, and how it ended is forgotten', async () => {
  await given({ state: 'ended', outcome: 'failed', reason: 'no more queues' });
  expect(await clearOutcome('t', id, 1)).toBe(true);
  const release = await findRelease('t', id);
  expect(release).toMatchObject({ state: 'running', attempt: 2, message: 'Add a table' });
  expect(release).not.toHaveProperty('outcome');
  expect(release).not.toHaveProperty('reason');
});

it('two who retry in the same moment open it once', async () => {
  await given({ state: 'ended', outcome: 'failed' });
  expect((await Promise.all([clearOutcome('t', id, 1), clearOutcome('t', id, 1)])).toSorted()).toEqual([false, true]);
  expect(await findRelease('t', id)).toMatchObject({ attempt: 2 });
});

it.each([['that still runs', { state: 'running', attempt: 1 }], ['that was retried since', { state: 'ended', attempt: 2 }]] as const)('a release %s is left as it is', async (_, fields) => {
  await given(fields);
  expect(await clearOutcome('t', id, 1)).toBe(false);
  expect(await findRelease('t', id)).toMatchObject(fields);
});

it('a release that there is not is not made', async () => {
  expect(await clearOutcome('t', id, 1)).toBe(false);
  expect(table.rows.size).toBe(0);
});
