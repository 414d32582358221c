import { afterEach, beforeEach, expect, it } from 'vitest';
import { listDelegations, writeDelegation } from '../../../aws/delegations.ts';
import type { Delegation } from '../../../contracts/approval.ts';
import { FakeTable } from '../../fakes/table.ts';

let table: FakeTable;

beforeEach(() => {
  table = new FakeTable().install();
});
afterEach(() => {
  table.restore();
});

const delegation = (approver: string, to: string | undefined, at: string): Delegation => ({ approver, ...(to === undefined ? {} : { to }), until: '2026-02-01T00:00:00.000Z', reason: '', from: 'arn', at });

it('every delegation stays as it was written, oldest first, whoever it was', async () => {
  const all = [delegation('alex', 'sam', '2026-01-01T00:00:00.000Z'), delegation('robin', 'sam', '2026-01-01T00:00:00.000Z'), delegation('alex', undefined, '2026-01-02T00:00:00.000Z')];
  for (const it of all.toReversed()) await writeDelegation('t', it);
  expect(await listDelegations('t')).toEqual(all);
});

it('where there is none there is none', async () => {
  expect(await listDelegations('t')).toEqual([]);
});
