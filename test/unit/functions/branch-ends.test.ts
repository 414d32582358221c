import { beforeEach, describe, expect, it } from 'vitest';
import type { BranchEnvironment } from '../../../contracts/branch-environment.ts';
import type { BranchEvent } from '../../../contracts/source-events.ts';
import { branchEnvironmentName } from '../../../domain/branch-name.ts';
import { sequenceOf } from '../../../domain/release-id.ts';
import { handle } from '../../../functions/start-release/handler.ts';
import { commitOf, ReleaseWorld, stubVariables } from '../../fakes/release-world.ts';

const branch = 'feature/login';
const name = branchEnvironmentName(branch);
const envelope = { id: '1', account: '111111111111', region: 'eu-west-1', time: '' };
let world: ReleaseWorld;

beforeEach(() => {
  stubVariables();
  world = new ReleaseWorld();
  Object.assign(world.registry?.environments ?? {}, { sandbox: { disposable: true, branches: ['feature/*'], targets: [] } });
});

const pushed = (text: string, event: 'referenceUpdated' | 'referenceCreated' = 'referenceUpdated'): BranchEvent => {
  world.branches.set(`orders/${branch}`, commitOf(text));
  return { ...envelope, source: 'aws.codecommit', 'detail-type': 'CodeCommit Repository State Change', detail: { event, repositoryName: 'orders', referenceType: 'branch', referenceName: branch } };
};
const deleted = (): BranchEvent => {
  world.branches.delete(`orders/${branch}`);
  return { ...envelope, source: 'aws.codecommit', 'detail-type': 'CodeCommit Repository State Change', detail: { event: 'referenceDeleted', repositoryName: 'orders', referenceType: 'branch', referenceName: branch, oldCommitId: commitOf('one'), callerUserArn: 'arn:aws:iam::111111111111:user/kim' } };
};
const merged = (commit = commitOf('one')): BranchEvent => {
  world.merged.set('7', [{ repository: 'orders', branch, commit }]);
  return { ...envelope, source: 'aws.codecommit', 'detail-type': 'CodeCommit Pull Request State Change', detail: { pullRequestId: '7', callerUserArn: 'arn:aws:sts::111111111111:assumed-role/Team/kim' } };
};
const ended = (release: string, outcome: 'deployed' | 'removed' | 'superseded' | 'failed'): BranchEvent => ({ ...envelope, source: 'drawbridge', 'detail-type': 'Drawbridge Report', detail: { release, branch, outcome } });
const happens = (event: BranchEvent) => handle(world, event);

const row = () => world.environmentsOfBranches.rows.get(`orders/${name}`);
const newest = () => [...world.releases.values()].at(-1)?.id ?? '';
/** The newest release takes up its environment, as the workflow would, and deploys. */
const live = (fields: Partial<BranchEnvironment> = {}) => {
  const at = '2026-01-01T00:00:00.000Z';
  const release = newest();
  world.environmentsOfBranches.put({ application: 'orders', name, registered: 'sandbox', branch, repository: 'orders', createdAt: at, releasedAt: at, expiresAt: '2026-01-08T00:00:00.000Z', release, sequence: sequenceOf(release), by: 'Kim', state: 'live', version: (row()?.version ?? 0) + 1, ...fields });
  deployed();
};
const deployed = () => {
  world.deployed = [{ application: 'orders', environment: name, target: 'main', account: '222222222222', region: 'eu-west-1', stackName: `orders-${name}`, release: newest(), commit: commitOf('one'), sequence: 1, fence: 1, deployedAt: '2026-01-01T00:00:00.000Z', outputs: {} }];
};
/** The removal ends, and with it what was deployed. */
const gone = async () => {
  world.deployed = [];
  world.put({ id: 'orders-99-00000000', branch, mode: 'remove' });
  await happens(ended('orders-99-00000000', 'removed'));
};

describe('the environment of a branch', () => {
  beforeEach(async () => {
    await happens(pushed('one', 'referenceCreated'));
    live();
  });

  it('goes with the branch', async () => {
    await happens(deleted());
    expect(row()).toMatchObject({ state: 'removing', reason: 'The branch feature/login was deleted.' });
    expect(world.removals).toEqual([`${name} by arn:aws:iam::111111111111:user/kim: The branch feature/login was deleted.`]);
    await gone();
    expect(row()).toMatchObject({ state: 'removed' });
    expect(world.releases.size).toBe(2);
  });

  it('stays when the deletion that is told of is over by now', async () => {
    const event = deleted();
    pushed('one');
    await happens(event);
    expect([row()?.state, world.removals]).toEqual(['live', []]);
  });

  it('goes when the branch was merged, and does not come back with an event of its last push that comes again', async () => {
    await happens(merged());
    expect(world.removals).toEqual([`${name} by arn:aws:iam::111111111111:role/team: Pull request 7 merged the branch feature/login.`]);
    await gone();
    await happens(pushed('one'));
    expect([row()?.state, [...world.releases.values()].filter(({ mode }) => mode === 'deploy').length]).toEqual(['removed', 1]);
  });

  it('stays when the branch was pushed after it was merged, and comes back when it is pushed later', async () => {
    pushed('two');
    await happens(merged());
    expect(world.removals).toEqual([]);
    pushed('one');
    await happens(merged());
    await gone();
    await happens(pushed('three'));
    expect(world.release(newest()).commit).toBe(commitOf('three'));
  });

  it('does not come back with commits in which nothing of the application changed, but with the next one', async () => {
    Object.assign(world.registry?.applications['orders'] ?? {}, { paths: ['services/orders'] });
    const [one, notes, two] = ['one', 'notes', 'two'].map(commitOf);
    for (const [commit, files] of [[one, { 'services/orders/a': '1' }], [notes, { 'services/orders/a': '1', NOTES: '2' }], [two, { 'services/orders/a': '3' }]] as const) world.trees.set(commit ?? '', files);
    await happens(merged());
    await happens(pushed('notes'));
    await gone();
    expect([row()?.state, world.releases.size]).toEqual(['removed', 2]);
    await happens(pushed('two'));
    expect(world.release(newest()).commit).toBe(two);
  });

  it('comes back where the branch is made again at the commit that it stood at when it was deleted', async () => {
    await happens(deleted());
    await gone();
    await happens(pushed('one', 'referenceCreated'));
    await happens(pushed('one', 'referenceCreated'));
    const again = [...world.releases.values()].filter(({ commit, mode }) => commit === commitOf('one') && mode === 'deploy');
    expect(again.map(({ sequence }) => sequence)).toEqual([1, 3]);
    expect(sequenceOf(newest())).toBeGreaterThan(row()?.sequence ?? Infinity);
  });

  it('comes back when the branch is there again while it is removed, once the removal has ended', async () => {
    await happens(deleted());
    // The event of the push is lost.
    pushed('two');
    await gone();
    expect(world.release(newest())).toMatchObject({ commit: commitOf('two'), branch });
  });

  it('goes again where an older release that was past its last look deployed after the end', async () => {
    const older = newest();
    await happens(deleted());
    await gone();
    deployed();
    await happens(ended(older, 'deployed'));
    expect(world.removals).toHaveLength(2);
  });

  it('is only noted as removed where nothing of it was ever deployed', async () => {
    world.deployed = [];
    await happens(deleted());
    expect([row()?.state, world.removals]).toEqual(['removed', []]);
  });

  it('is over when a person had it removed, where its sandbox is none any more', async () => {
    Object.assign(world.registry?.environments ?? {}, { sandbox: { disposable: false, branches: ['feature/*'], targets: [] } });
    await gone();
    expect(row()).toMatchObject({ state: 'removed' });
  });

  it('is left as it is by a removal that failed: a person has to look', async () => {
    await happens(deleted());
    world.put({ id: 'orders-99-00000000', branch, mode: 'remove' });
    await happens(ended('orders-99-00000000', 'failed'));
    expect([row()?.state, world.removals.length]).toEqual(['removing', 1]);
  });

  it('is looked at again when it changes while it ends', async () => {
    const end = world.endBranchEnvironment;
    let first = true;
    const racing = Object.assign(world, {
      endBranchEnvironment: (...it: Parameters<typeof end>) => {
        if (first) live({ release: 'orders-2-bbbbbbbb' });
        first = false;
        return end(...it);
      },
    });
    await handle(racing, deleted());
    expect([row()?.state, world.removals.length]).toEqual(['removing', 1]);
  });
});

describe('what ends no environment', () => {
  it.each<[string, () => BranchEvent]>([
    ['the end of a branch that never had one', deleted],
    ['its merge', merged],
    ['a report about a release that nobody knows', () => ended('orders-5-aaaaaaaa', 'deployed')],
  ])('%s', async (_, event) => {
    await happens(pushed('one'));
    const happened = event();
    await happens(happened);
    expect([world.removals, world.environmentsOfBranches.rows.size]).toEqual([[], 0]);
  });

  it('the end of another branch that has the same name of an environment', async () => {
    await happens(pushed('one'));
    live({ branch: 'feature/other' });
    await happens(deleted());
    expect([row()?.state, world.removals]).toEqual(['live', []]);
  });

  it('a merge keeps a release that is still on its way from its environment, also one whose event comes later', async () => {
    await happens(pushed('one'));
    pushed('two');
    await happens(merged(commitOf('two')));
    await happens(pushed('two'));
    expect(world.heads.get(`orders/${branch}`)).toMatchObject({ commit: commitOf('two'), rests: { commit: commitOf('two'), because: 'ended' } });
    await happens(pushed('three'));
    expect(world.heads.get(`orders/${branch}`)).not.toHaveProperty('rests');
  });
});
