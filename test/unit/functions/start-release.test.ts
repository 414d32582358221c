import { beforeEach, describe, expect, it } from 'vitest';
import type { RepositoryStateChange } from '../../../contracts/source-events.ts';
import { startReleases } from '../../../functions/start-release/events.ts';
import { commitOf, ReleaseWorld, stubVariables } from '../../fakes/release-world.ts';

let world: ReleaseWorld;

beforeEach(() => {
  stubVariables();
  world = new ReleaseWorld();
});

const event = (detail: Partial<RepositoryStateChange['detail']> = {}): RepositoryStateChange => ({
  id: '1',
  account: '111111111111',
  region: 'eu-west-1',
  time: '',
  source: 'aws.codecommit',
  'detail-type': 'CodeCommit Repository State Change',
  detail: { event: 'referenceUpdated', repositoryName: 'orders', referenceType: 'branch', referenceName: 'main', ...detail },
});
const push = (text: string) => {
  world.branches.set('orders/main', commitOf(text));
  return commitOf(text);
};

it('a push starts a release of the head of its branch', async () => {
  const commit = push('one');
  await startReleases(world, event({ commitId: commit }));
  const id = `orders-1-${commit.slice(0, 8)}`;
  expect(world.started).toEqual([`${id}-1`]);
  expect(world.release(id)).toMatchObject({ commit, sequence: 1, mode: 'deploy', state: 'running', registryVersion: 3, author: { name: 'Kim' } });
  expect(world.reports).toMatchObject([{ kind: 'started', release: id }]);
});

it('the same event twice is one release, and its start is asked for again', async () => {
  const id = `orders-1-${push('one').slice(0, 8)}`;
  await startReleases(world, event());
  await startReleases(world, event());
  expect([...world.releases.keys()]).toEqual([id]);
  // Whether the first start arrived is not known; its name makes the second one harmless.
  expect(world.started).toEqual([`${id}-1`, `${id}-1`]);
  expect(world.reports).toHaveLength(1);
});

it('the late event of an older commit releases the newest one, once', async () => {
  const older = push('older');
  const newer = push('newer');
  await startReleases(world, event({ commitId: newer }));
  await startReleases(world, event({ commitId: older }));
  expect([...world.releases.values()].map(({ commit }) => commit)).toEqual([newer]);
});

it('a commit that was released, left and pushed again is released again', async () => {
  for (const text of ['one', 'two', 'one']) {
    push(text);
    await startReleases(world, event());
  }
  expect([...world.releases.values()].map(({ sequence, commit }) => [sequence, commit])).toEqual([[1, commitOf('one')], [2, commitOf('two')], [3, commitOf('one')]]);
});

it('a head that somebody else moves while it is written is read again', async () => {
  push('one');
  let once = true;
  world.beforeWrite = () => {
    if (once) world.heads.set('orders/main', { commit: commitOf('zero'), release: 'orders-9-00000000', version: 7 });
    once = false;
  };
  await startReleases(world, event());
  expect(world.heads.get('orders/main')).toMatchObject({ commit: commitOf('one'), version: 8 });
  expect(world.started).toHaveLength(1);
});

it('a head that never stands still is tried again later', async () => {
  push('one');
  let version = 1;
  world.beforeWrite = () => void world.heads.set('orders/main', { commit: commitOf('zero'), release: 'orders-9-00000000', version: (version += 1) });
  await expect(startReleases(world, event())).rejects.toMatchObject({ name: 'TransientError', message: expect.stringContaining('moved 10 times') as string });
  expect(world.started).toEqual([]);
});

it.each([
  ['a tag, where branches are taken, not even of the same name', { referenceType: 'tag' }],
  ['a tag that was deleted', { referenceType: 'tag', event: 'referenceDeleted' }],
  ['a branch that was deleted', { event: 'referenceDeleted' }],
  ['a repository that nobody registered', { repositoryName: 'secrets' }],
  ['a branch that no environment takes', { referenceName: 'experiment' }],
] as const)('%s starts nothing', async (_, detail) => {
  for (const place of ['orders/main', 'secrets/main', 'orders/experiment']) world.branches.set(place, commitOf('one'));
  world.tags.set('orders/main', commitOf('one'));
  await startReleases(world, event(detail));
  expect(world.releases.size + world.started.length).toBe(0);
});

it('nothing starts before anything is registered, or when the branch is gone by now', async () => {
  await startReleases(world, event());
  world.registry = undefined;
  push('one');
  await startReleases(world, event());
  expect(world.started).toEqual([]);
});

it('what `drawbridge plan` pushed is never deployed, also not where every branch is taken', async () => {
  for (const environment of Object.values(world.registry?.environments ?? {})) environment.branches = ['*'];
  world.branches.set('orders/drawbridge-plan/0123456789ab', commitOf('plan'));
  await startReleases(world, event({ referenceName: 'drawbridge-plan/0123456789ab' }));
  expect(world.started).toEqual([]);
  world.branches.set('orders/any', commitOf('any'));
  await startReleases(world, event({ referenceName: 'any' }));
  expect(world.started).toHaveLength(1);
});

describe('who pushed', () => {
  const role = 'arn:aws:sts::111111111111:assumed-role/Kim/laptop';
  const pushers = () => [...world.releases.values()].map(({ pushedBy }) => pushedBy);

  it('is kept where the event is about the commit that is released', async () => {
    await startReleases(world, event({ commitId: push('one'), callerUserArn: role }));
    expect(pushers()).toEqual(['arn:aws:iam::111111111111:role/kim']);
  });

  it.each<[string, Partial<RepositoryStateChange['detail']>]>([
    ['the event is about an older commit', { commitId: commitOf('older'), callerUserArn: role }],
    ['the event does not say which commit', { callerUserArn: role }],
    ['the event does not say who', { commitId: commitOf('one') }],
  ])('is not known where %s', async (_, detail) => {
    push('one');
    await startReleases(world, event(detail));
    expect(pushers()).toEqual([undefined]);
  });

  it('is added when the event that knows it comes after the one that started the release', async () => {
    const commit = push('one');
    await startReleases(world, event({ commitId: commitOf('older'), callerUserArn: 'arn:aws:iam::111111111111:user/sam' }));
    await startReleases(world, event({ commitId: commit, callerUserArn: 'arn:aws:iam::111111111111:user/Robin' }));
    expect(pushers()).toEqual(['arn:aws:iam::111111111111:user/robin']);
  });

  it('stays who pushed it first, where somebody else pushes the same commit again', async () => {
    const commit = push('one');
    await startReleases(world, event({ commitId: commit, callerUserArn: role }));
    await startReleases(world, event({ event: 'referenceCreated', commitId: commit, callerUserArn: 'arn:aws:iam::111111111111:role/ci' }));
    expect(pushers()).toEqual(['arn:aws:iam::111111111111:role/kim']);
  });

  it('is not taken away by an event that does not know it', async () => {
    const commit = push('one');
    await startReleases(world, event({ commitId: commit, callerUserArn: role }));
    await startReleases(world, event({ commitId: commit }));
    expect(pushers()).toEqual(['arn:aws:iam::111111111111:role/kim']);
  });
});

describe('of several applications in one repository', () => {
  /** Everything that is in the repository, and what differs. */
  const pushTree = (text: string, files: Readonly<Record<string, string>>) => {
    world.trees.set(push(text), { 'README.md': '1', 'services/orders/api.ts': '1', 'services/carts/api.ts': '1', 'shared/prices.json': '1', ...files });
  };
  const started = async (text: string, files: Readonly<Record<string, string>>) => {
    const before = world.releases.size;
    pushTree(text, files);
    await startReleases(world, event());
    return [...world.releases.values()].slice(before).map(({ application }) => application);
  };

  beforeEach(() => {
    Object.assign(world.registry?.applications ?? {}, {
      orders: { repository: 'orders', folder: 'services/orders', paths: ['shared/**'] },
      carts: { repository: 'orders', paths: ['services/carts', 'shared/**'] },
    });
  });

  it('a push releases those in whose paths something changed', async () => {
    expect(await started('first', {})).toEqual(['orders', 'carts']);
    expect(await started('one', { 'services/orders/api.ts': '2' })).toEqual(['orders']);
    expect(await started('shared', { 'services/orders/api.ts': '2', 'shared/prices.json': '2' })).toEqual(['orders', 'carts']);
    expect(await started('neither', { 'services/orders/api.ts': '2', 'shared/prices.json': '2', 'README.md': '2' })).toEqual([]);
  });

  it('what is compared is what was released last, so pushes in between lose nothing', async () => {
    await started('first', {});
    expect(await started('other', { 'README.md': '2' })).toEqual([]);
    expect(world.heads.get('orders/main')?.commit).toBe(commitOf('first'));
    // The event of this push is lost; the next one touches neither, and comes.
    pushTree('lost', { 'README.md': '2', 'services/carts/api.ts': '2' });
    expect(await started('later', { 'README.md': '3', 'services/carts/api.ts': '2' })).toEqual(['carts']);
  });

  it('a change that is taken back before it is released is none', async () => {
    await started('first', {});
    pushTree('lost', { 'services/carts/api.ts': '2' });
    expect(await started('back', { 'README.md': '2' })).toEqual([]);
  });

  it('a commit that is gone, or too much to compare, releases rather than skips', async () => {
    await started('first', {});
    world.trees.delete(commitOf('first'));
    expect(await started('forced', {})).toEqual(['orders', 'carts']);
  });

  it('a tag releases all whose environments take it, whatever changed', async () => {
    Object.assign(world.registry?.environments['dev'] ?? {}, { gitTags: ['v*'] });
    await started('first', {});
    world.tags.set('orders/v1', commitOf('first'));
    await startReleases(world, event({ referenceType: 'tag', referenceName: 'v1' }));
    expect([...world.releases.values()].filter(({ tag }) => tag === 'v1').map(({ application }) => application)).toEqual(['orders', 'carts']);
  });
});

describe('a tag', () => {
  const tagged = (fields: Partial<RepositoryStateChange['detail']> = {}) => event({ referenceType: 'tag', referenceName: 'v1', event: 'referenceCreated', ...fields });
  beforeEach(() => void Object.assign(world.registry?.environments['dev'] ?? {}, { gitTags: ['v*'] }));

  it('releases the commit it stands on now, not the one in the event', async () => {
    world.tags.set('orders/v1', commitOf('one'));
    await startReleases(world, tagged({ commitId: commitOf('the tag itself') }));
    const [release] = world.releases.values();
    expect(release).toMatchObject({ commit: commitOf('one'), tag: 'v1', sequence: 1 });
    expect(release).not.toHaveProperty('branch');
    expect(world.reports[0]?.text).toContain('on tag v1 by Kim');
  });

  it('is released once, however often its event comes, and again when it is moved', async () => {
    world.tags.set('orders/v1', commitOf('one'));
    await Promise.all([startReleases(world, tagged()), startReleases(world, tagged())]);
    expect(world.releases.size).toBe(1);
    world.tags.set('orders/v1', commitOf('two'));
    await startReleases(world, tagged({ event: 'referenceUpdated' }));
    expect([...world.releases.values()].map(({ commit, sequence }) => [commit, sequence]).at(-1)).toEqual([commitOf('two'), 3]);
  });

  it('is another thing than a branch of its name', async () => {
    Object.assign(world.registry?.environments['dev'] ?? {}, { branches: ['*'] });
    world.branches.set('orders/v1', commitOf('branch'));
    world.tags.set('orders/v1', commitOf('tag'));
    await startReleases(world, event({ referenceName: 'v1' }));
    await startReleases(world, tagged());
    expect([...world.releases.values()].map(({ commit, branch, tag }) => [commit, branch, tag])).toEqual([[commitOf('branch'), 'v1', undefined], [commitOf('tag'), undefined, 'v1']]);
  });

  it('that is deleted, or gone by now, does nothing', async () => {
    await startReleases(world, tagged());
    world.tags.set('orders/v1', commitOf('one'));
    await startReleases(world, tagged({ event: 'referenceDeleted' }));
    expect(world.releases.size + world.started.length).toBe(0);
  });
});
