import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { memory } from '../../../aws/told.ts';
import { FakeTable } from '../../fakes/table.ts';

let table: FakeTable;
const Posted = z.object({ ts: z.string() });

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-01-01T00:00:00.000Z') });
  table = new FakeTable().install();
});
afterEach(() => {
  table.restore();
  vi.useRealTimers();
});

it('a channel recalls what it kept, and nothing of another channel or another thing', async () => {
  const told = memory('t');
  await told.keep('slack', 'question#1', { ts: '1.5' });
  expect(await told.recall('slack', 'question#1', Posted)).toEqual({ ts: '1.5' });
  expect(await told.recall('slack', 'question#2', Posted)).toBeUndefined();
  expect(await told.recall('email', 'question#1', Posted)).toBeUndefined();
});

it('what is kept again takes the place of what was, and goes away by itself in the end', async () => {
  const told = memory('t');
  await told.keep('slack', 'question#1', { ts: '1.5' });
  await told.keep('slack', 'question#1', { ts: '2.5' });
  expect(await told.recall('slack', 'question#1', Posted)).toEqual({ ts: '2.5' });
  expect(table.under('TOLD#')).toMatchObject([{ expiresAt: Date.parse('2027-02-05T00:00:00.000Z') / 1000 }]);
});
