import { beforeEach, describe, expect, it } from 'vitest';
import type { RepositoryStateChange } from '../../../contracts/source-events.ts';
import { startReleases } from '../../../functions/start-release/handler.ts';
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
  ['a tag', { referenceType: 'tag' }],
  ['a branch that was deleted', { event: 'referenceDeleted' }],
  ['a repository that nobody registered', { repositoryName: 'secrets' }],
  ['a branch that no environment takes', { referenceName: 'experiment' }],
] as const)('%s starts nothing', async (_, detail) => {
  for (const place of ['orders/main', 'secrets/main', 'orders/experiment']) world.branches.set(place, commitOf('one'));
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

  it('is not taken away by an event that does not know it', async () => {
    const commit = push('one');
    await startReleases(world, event({ commitId: commit, callerUserArn: role }));
    await startReleases(world, event({ commitId: commit }));
    expect(pushers()).toEqual(['arn:aws:iam::111111111111:role/kim']);
  });
});
