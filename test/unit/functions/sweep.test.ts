import { beforeEach, describe, expect, it } from 'vitest';
import type { Registration } from '../../../aws/registry.ts';
import type { Left } from '../../../contracts/left.ts';
import type { FoundStack } from '../../../contracts/sweep.ts';
import type { Deployed } from '../../../contracts/plan.ts';
import type { Leaving } from '../../../domain/removal/left.ts';
import { look } from '../../../functions/sweep/look.ts';
import { lookAtStacks, stackRemarks } from '../../../functions/sweep/stacks.ts';
import { Troubles, type Uses, type Where } from '../../../functions/sweep/uses.ts';
import { keepWhatLeft } from '../../../functions/sweep/what-left.ts';
import { aDeployed, aRelease, theRegistry } from '../../fakes/samples.ts';

const now = new Date('2026-01-02T00:00:00.000Z');
const where = { tableName: 'table', busName: 'bus', keyArn: 'key', machine: 'machine', environmentMachine: 'machine', startReleaseFunction: 'start', lookForStacksFunction: 'stacks', removeShellFunction: 'shell' } satisfies Where;

/** Rows of applications that rest, some of which cannot be read. */
class Rows {
  deployed: Deployed[] = [];
  running = new Map<string, string>();
  readonly unreadable = new Set<string>();
  left: Left[] = [];
  readonly kept: Leaving[] = [];
  stacks: FoundStack[] = [];
  readonly uses = {
    now: () => now,
    listBranches: () => Promise.resolve([]),
    listHeads: (_: string, application: string) => (this.unreadable.has(application) ? Promise.reject(new Error(`reading ${application}: too many requests`)) : Promise.resolve([])),
    listBranchEnvironments: () => Promise.resolve([]),
    listWaiting: () => Promise.resolve([]),
    listReleases: (_: string, application: string) => Promise.resolve([...this.running].flatMap(([id, of]) => (of === application ? [id] : []))),
    findRelease: (_: string, id: string) => Promise.resolve(aRelease({ id, state: 'running', application: this.running.get(id) ?? '' })),
    listDeployed: (_: string, application: string) => Promise.resolve(this.deployed.filter((row) => row.application === application)),
    executionStands: () => Promise.resolve('over'),
    readLock: () => Promise.resolve(undefined),
    waiters: () => Promise.resolve([]),
    readBuildLine: () => Promise.resolve({ waiters: [] }),
    askFunction: () => Promise.resolve({ stacks: this.stacks, cut: false }),
    listLeft: () => Promise.resolve(this.left),
    keepLeft: (_: unknown, leaving: readonly Leaving[]) => {
      this.kept.push(...leaving);
      return Promise.resolve(leaving.map(({ row }) => ({ text: `${row.stackName} is planned for removal.`, isNew: true })));
    },
  } as unknown as Uses;
}

let rows: Rows;
let troubles: Troubles;
beforeEach(() => {
  rows = new Rows();
  troubles = new Troubles();
});
const registration = (fields: Partial<Registration> = {}): Registration => ({ version: 2, text: '', content: theRegistry(), registeredBy: 'x', registeredAt: now.toISOString(), ...fields });
const looked = (of = registration()) => look(rows.uses, where, of, troubles);

describe('an application that is not registered any more', () => {
  it('is looked after as long as something of it may run', async () => {
    rows.running.set('cart-7-aaaaaaaa', 'cart');
    const { seen } = await looked(registration({ former: ['cart'] }));
    expect(seen.releases).toMatchObject([{ release: { id: 'cart-7-aaaaaaaa' }, execution: 'over' }]);
  });

  it('is kept in view where whoever registered was interrupted before that was noted, and only once', async () => {
    rows.deployed = [aDeployed({ application: 'cart', stackName: 'cart-dev' }), aDeployed()];
    const found = await looked(registration({ former: ['cart'] }));
    expect(await keepWhatLeft(rows.uses, where, theRegistry(), found)).toEqual(['found that it has left the configuration: cart-dev is planned for removal.']);
    rows.left = [{ application: 'cart', environment: 'dev', target: 'main', account: '222222222222', region: 'eu-west-1', stackName: 'cart-dev', by: 'registry', why: '', since: now.toISOString() }];
    expect(await keepWhatLeft(rows.uses, where, theRegistry(), found)).toEqual([]);
    expect(rows.kept.map(({ row }) => row.stackName)).toEqual(['cart-dev']);
  });
});

it('nothing is said of stacks of an application that could not be looked at', async () => {
  const stack = { stackName: 'orders-gone', stackArn: 'arn:aws:cloudformation:eu-west-1:222222222222:stack/orders-gone/1', status: 'CREATE_COMPLETE', createdAt: '2025-01-01T00:00:00.000Z', application: 'orders', environment: 'gone', types: [] };
  rows.stacks = [stack];
  const remarks = async () => {
    const found = await looked();
    return stackRemarks(await lookAtStacks(rows.uses, where, theRegistry(), found, troubles), theRegistry(), found, now);
  };
  expect(new Set(await remarks()).size).toBeGreaterThan(0);
  rows.unreadable.add('orders');
  expect(await remarks()).toEqual([]);
  expect(troubles.sentences).toEqual(['reading orders: too many requests']);
});
