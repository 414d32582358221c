import { beforeEach, describe, expect, it } from 'vitest';
import type { Ended, Ending } from '../../../aws/branch-ends.ts';
import { keepLeft } from '../../../aws/left.ts';
import { noticeLeftByFiles } from '../../../aws/leaving.ts';
import { proposeRemoval, startRemoval } from '../../../aws/removals.ts';
import type { BranchEnvironment } from '../../../contracts/branch-environment.ts';
import type { Environments } from '../../../contracts/environments.ts';
import type { Left } from '../../../contracts/left.ts';
import type { Deployed, Removed } from '../../../contracts/plan.ts';
import type { Release } from '../../../contracts/release.ts';
import type { Report } from '../../../contracts/report.ts';
import { type Leaving, leftByRegistry } from '../../../domain/removal/left.ts';
import { aDeployed, aRelease, aTarget, theRegistry } from '../../fakes/samples.ts';

const context = { tableName: 't', busName: 'b', machine: 'm' };
const by = 'arn:aws:sts::111111111111:assumed-role/Platform/alex';
const wish = { application: 'orders', environment: 'dev', reason: 'not needed', by };

/** Rows of the table that a removal reads and writes. */
class Rows {
  registry: Environments = theRegistry();
  deployed: Deployed[] = [aDeployed(), aDeployed({ target: 'data', stackName: 'orders-data', sequence: 9, release: 'orders-9-3f2a9c1b' }), aDeployed({ environment: 'prod', stackName: 'orders-prod' })];
  readonly releases = new Map<string, Release>([['orders-12-3f2a9c1b', aRelease({ state: 'ended', outcome: 'deployed' })]]);
  readonly begun = new Map<string, { release: string; state: string }>();
  readonly started: string[] = [];
  readonly reports: Report[] = [];
  readonly removed: Removed[] = [];
  left: Left[] = [];
  /** Runs before a removal is written: somebody else may be faster. */
  meanwhile: () => void = () => undefined;
  sequence = 12;
  readonly now = () => new Date('2026-01-02T00:00:00.000Z');
  readonly listDeployed = (_: string, application: string) => Promise.resolve(this.deployed.filter((row) => row.application === application));
  readonly readRegistry = (_: string) => Promise.resolve({ version: 7, text: '', content: this.registry, registeredBy: 'x', registeredAt: '' });
  readonly findRelease = (_: string, id: string) => Promise.resolve(this.releases.get(id));
  readonly nextSequence = (_: string, __: string) => Promise.resolve((this.sequence += 1));
  readonly readRemovalRow = (_: string, { application, environment }: { application: string; environment: string }) => Promise.resolve(this.begun.get(`${application}/${environment}`));
  readonly writeRemoval = (_: string, release: Release, { application, environment }: { application: string; environment: string }, state: string, before: { release: string } | undefined) => {
    this.meanwhile();
    const key = `${application}/${environment}`;
    if (this.begun.get(key)?.release !== before?.release) return Promise.resolve(false);
    this.begun.set(key, { release: release.id, state });
    this.releases.set(release.id, release);
    return Promise.resolve(true);
  };
  readonly startRelease = (_: string, id: string, attempt: number) => Promise.resolve(void this.started.push(`${id}-${String(attempt)}`));
  readonly report = (_: unknown, what: Report) => Promise.resolve(void this.reports.push(what));
  readonly forgetDeployed = (_: string, __: unknown, removed: Removed) => {
    this.removed.push(removed);
    return Promise.resolve('forgotten' as const);
  };
  readonly listLeft = (_: string) => Promise.resolve(this.left);
  readonly writeLeft = (_: string, left: Left) => Promise.resolve(void (this.left = [...this.left.filter(({ target }) => target !== left.target), left]));
  readonly deleteLeft = (_: string, { target }: { target: string }) => Promise.resolve(void (this.left = this.left.filter((it) => it.target !== target)));
  readonly proposeRemoval = (_: unknown, it: Parameters<typeof proposeRemoval>[1]) => proposeRemoval(context, it, this);
  row: BranchEnvironment | undefined;
  readonly ended: string[] = [];
  readonly readBranchEnvironment = (_: string, application: string, name: string) => Promise.resolve(this.row?.application === application && this.row.name === name ? this.row : undefined);
  readonly endBranchEnvironment = (_: unknown, { name }: BranchEnvironment, { reason }: Ending): Promise<Ended> => {
    this.ended.push(`${name}: ${reason}`);
    return Promise.resolve({ answer: 'removing', release: 'orders-99-3f2a9c1b' });
  };
  readonly keepLeft = (_: unknown, leaving: readonly Leaving[], concerns: (left: Left) => boolean) => keepLeft(context, leaving, concerns, this);
}

let rows: Rows;
beforeEach(() => {
  rows = new Rows();
});
const end = (id: string, outcome: Release['outcome']) => rows.releases.set(id, { ...(rows.releases.get(id) ?? aRelease()), state: 'ended', outcome });

describe('a removal that somebody asks for', () => {
  it('is a release of its own, newer than every other, of what is deployed there, and theirs', async () => {
    const id = await startRemoval(context, wish, rows);
    expect(id).toBe('orders-13-3f2a9c1b');
    expect(rows.releases.get(id)).toMatchObject({
      mode: 'remove', removal: { environment: 'dev', targets: ['main', 'data'] }, sequence: 13, branch: 'main', message: 'not needed', registryVersion: 7,
      author: { name: 'alex', email: '' }, pushedBy: 'arn:aws:iam::111111111111:role/platform', source: { kind: 'codecommit', repository: 'orders' },
    });
    expect(rows.releases.get(id)?.configuration?.environments).toMatchObject([{ name: 'dev', targets: [{ stackName: 'orders-dev', externalId: 'drawbridge-222222222222' }, { stackName: 'orders-data' }], approval: { quorums: [{ approvers: ['alex'] }] } }]);
    expect(rows.started).toEqual(['orders-13-3f2a9c1b-1']);
    expect(rows.reports[0]?.text).toBe('alex asks to remove orders from dev (orders-dev, orders-data): not needed');
  });

  it('asked again while it runs is the same, and is started if that was lost', async () => {
    const id = await startRemoval(context, wish, rows);
    expect(await startRemoval(context, { ...wish, reason: 'again' }, rows)).toBe(id);
    expect(rows.started).toEqual([`${id}-1`, `${id}-1`]);
    expect(rows.reports).toHaveLength(1);
  });

  it('is another one when it has ended, or when something else is deployed by now', async () => {
    const first = await startRemoval(context, wish, rows);
    end(first, 'rejected');
    const second = await startRemoval(context, wish, rows);
    rows.deployed = [aDeployed({ release: 'orders-14-3f2a9c1b', sequence: 14, fence: 2 })];
    const third = await startRemoval(context, wish, rows);
    expect(new Set([first, second, third]).size).toBe(3);
  });

  it('of two in the same moment is one', async () => {
    rows.meanwhile = () => {
      rows.meanwhile = () => undefined;
      void startRemoval(context, wish, rows);
    };
    const id = await startRemoval(context, wish, rows);
    expect([...rows.begun.values()].map(({ release }) => release)).toEqual([id]);
    expect(new Set(rows.started).size).toBe(1);
  });

  it('is refused with a sentence where nothing is deployed, nobody could say yes, or the account is unknown', async () => {
    await expect(startRemoval(context, { ...wish, environment: 'test' }, rows)).rejects.toMatchObject({ name: 'NotFoundError', message: expect.stringContaining('nothing is deployed there') as string });
    rows.registry = { ...theRegistry(), approvers: {} };
    await expect(startRemoval(context, wish, rows)).rejects.toMatchObject({ name: 'InvalidInputError', message: expect.stringContaining('nobody is registered who could') as string });
    rows.registry = { ...theRegistry(), accounts: {} };
    rows.deployed = [aDeployed({ externalId: undefined })];
    await expect(startRemoval(context, wish, rows)).rejects.toMatchObject({ message: expect.stringContaining('its external id is not known any more') as string });
    expect(rows.started).toEqual([]);
  });

  it('reaches an account that is not registered any more with what it was deployed with', async () => {
    rows.registry = { ...theRegistry(), accounts: {} };
    const id = await startRemoval(context, wish, rows);
    expect(rows.releases.get(id)?.configuration?.environments[0]?.targets[0]).toMatchObject({ accountName: 'dev', externalId: 'drawbridge-222222222222' });
  });
});

describe('what has left the files', () => {
  const release = () => aRelease({ id: 'orders-20-3f2a9c1b', sequence: 20 });
  const notice = () => noticeLeftByFiles(context, release(), rows);

  it('is planned for removal by nobody in particular, kept in view, and said once', async () => {
    expect(await notice()).toEqual(['orders in dev (orders-data): the files of orders do not make orders-data in dev any more. Its removal is planned: orders-13-3f2a9c1b.']);
    expect(rows.releases.get('orders-13-3f2a9c1b')).toMatchObject({ removal: { environment: 'dev', targets: ['data'] }, author: { name: 'Drawbridge' } });
    expect(rows.releases.get('orders-13-3f2a9c1b')?.pushedBy).toBeUndefined();
    expect(await notice()).toEqual([]);
    expect(rows.left).toMatchObject([{ target: 'data', by: 'files', removal: 'orders-13-3f2a9c1b', since: '2026-01-02T00:00:00.000Z' }]);
  });

  it.each(['rejected', 'expired', 'cancelled', 'failed'] as const)('is not asked again after it was %s, and stays in view', async (outcome) => {
    await notice();
    end('orders-13-3f2a9c1b', outcome);
    expect(await notice()).toEqual([]);
    expect([rows.sequence, rows.left.length]).toEqual([13, 1]);
  });

  it.each(['superseded', 'frozen'] as const)('is asked again after it was %s, which is no answer', async (outcome) => {
    await notice();
    end('orders-13-3f2a9c1b', outcome);
    expect(await notice()).toHaveLength(1);
  });

  it('that comes back is out of view again', async () => {
    await notice();
    const back = { ...release(), configuration: { environments: [{ name: 'dev', targets: [aTarget(), aTarget({ name: 'data', stackName: 'orders-data' })] }], remarks: [] } };
    expect(await noticeLeftByFiles(context, back, rows)).toEqual([]);
    expect(rows.left).toEqual([]);
  });

  it('stays in view with the reason where its removal cannot be planned', async () => {
    rows.registry = { ...theRegistry(), approvers: {} };
    expect(await notice()).toEqual([expect.stringMatching(/orders-data .* nobody is registered who could/)]);
    expect(rows.left).toMatchObject([{ trouble: expect.stringContaining('Register approvers') as string }]);
  });

  it('under another name of a target is only forgotten', async () => {
    rows.deployed = [aDeployed({ target: 'before' })];
    expect(await notice()).toEqual([]);
    expect(rows.removed).toMatchObject([{ target: 'before', sequence: 20 }]);
    expect(rows.started).toEqual([]);
  });
});

describe('what a branch has in a sandbox that was moved', () => {
  const at = '2026-01-01T00:00:00.000Z';
  const row: BranchEnvironment = { application: 'orders', name: 'login-k3xq2ab', registered: 'sandbox', branch: 'feature/login', repository: 'orders', createdAt: at, releasedAt: at, expiresAt: at, release: 'orders-12-3f2a9c1b', sequence: 12, by: 'Kim', state: 'live', version: 1 };
  const its = (fields: Partial<Deployed> = {}) => aDeployed({ environment: row.name, registered: 'sandbox', branch: row.branch, stackName: `orders-${row.name}`, ...fields });
  const keep = () => rows.keepLeft(context, leftByRegistry(rows.registry, rows.deployed), () => false);
  const sandbox = (account: string, disposable = true) => {
    rows.registry = { ...theRegistry(), environments: { ...theRegistry().environments, sandbox: { disposable, branches: ['feature/*'], targets: [{ account, region: 'eu-west-1', wave: 1 }] } } };
  };
  beforeEach(() => {
    rows.row = row;
    rows.deployed = [its()];
  });

  it('is ended, so that the branch has it anew in the other place', async () => {
    sandbox('staging');
    expect(await keep()).toMatchObject([{ isNew: true, text: expect.stringContaining('orders-99-3f2a9c1b') as string }]);
    expect(rows.ended).toEqual(['login-k3xq2ab: the account 222222222222 in eu-west-1 is no target of sandbox any more.']);
    expect(rows.left).toMatchObject([{ target: 'main', removal: 'orders-99-3f2a9c1b' }]);
  });

  it.each<[string, () => void]>([
    ['one of its places is there still', () => { sandbox('dev'); rows.deployed = [its(), its({ target: 'far', region: 'us-east-1' })]; }],
    ['it is no sandbox any more', () => { sandbox('staging', false); }],
    ['it is being removed', () => { sandbox('staging'); rows.row = { ...row, state: 'removing' }; }],
  ])('is only planned for removal where %s', async (_, change) => {
    change();
    await keep();
    expect(rows.ended).toEqual([]);
    expect(rows.started).toEqual(['orders-13-3f2a9c1b-1']);
  });
});
