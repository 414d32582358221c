import { afterEach, beforeEach, expect, it } from 'vitest';
import { joinBuildLine, leaveBuildLine, noteServed, readBuildLine, type Standing } from '../../../aws/build-line.ts';
import { FakeTable } from '../../fakes/table.ts';

const standing: Standing = { release: 'orders-12-3f2a9c1b', attempt: 1, application: 'orders', sequence: 12, since: '2026-01-01T00:00:00.000Z', renewed: '2026-01-01T00:00:01.000Z', limit: 1 };
let rows: FakeTable;

beforeEach(() => {
  rows = new FakeTable().install();
});
afterEach(() => {
  rows.restore();
});

it('the line in the table holds each who waits once, and when each application was given a build', async () => {
  await joinBuildLine('t', standing);
  await joinBuildLine('t', { ...standing, renewed: 'later' });
  await joinBuildLine('t', { ...standing, attempt: 2 });
  await noteServed('t', 'orders', new Date('2026-01-01T00:00:02.000Z'));
  expect(await readBuildLine('t')).toEqual({ waiters: [{ ...standing, renewed: 'later' }, { ...standing, attempt: 2 }], served: { orders: '2026-01-01T00:00:02.000Z' } });
});

it('whoever stood in line anew is not taken out by who saw it before', async () => {
  await joinBuildLine('t', { ...standing, renewed: 'later' });
  await leaveBuildLine('t', standing, standing);
  expect((await readBuildLine('t')).waiters).toHaveLength(1);
  await leaveBuildLine('t', standing, { renewed: 'later' });
  expect((await readBuildLine('t')).waiters).toEqual([]);
  await leaveBuildLine('t', standing);
});
