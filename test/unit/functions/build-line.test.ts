import { beforeEach, describe, expect, it } from 'vitest';
import type { BuildStateChange } from '../../../contracts/source-events.ts';
import { DeploymentFailedError } from '../../../domain/errors.ts';
import { lookAtBuild } from '../../../functions/look-at-build/handler.ts';
import { onBuildEvent } from '../../../functions/on-build-event/handler.ts';
import { startTheBuild } from '../../../functions/start-build/handler.ts';
import { ReleaseWorld, stubVariables, token } from '../../fakes/release-world.ts';

let world: ReleaseWorld;
const operation = (release: string) => `build:${release}#1`;
const waits = () => world.line.map(({ release }) => release);
const woken = () => world.completed.filter(({ answer }) => (answer as { answer: string }).answer === 'again').map((it) => it.token);

beforeEach(() => {
  stubVariables();
  world = new ReleaseWorld();
  world.room = 0;
});

/** A release of an application that asks for a build, with a token of its own. */
async function ask(application: string, sequence: number): Promise<string> {
  const { id } = world.releases.get(`${application}-${String(sequence)}-3f2a9c1b`) ?? world.put({ id: `${application}-${String(sequence)}-3f2a9c1b`, application, sequence });
  await startTheBuild(world, { release: id, attempt: 1, token: `${token} of ${id}` });
  return id;
}

const somebodysBuildEnds = () =>
  onBuildEvent(world, { id: '1', account: '111111111111', region: 'eu-west-1', time: '', source: 'aws.codebuild', 'detail-type': 'CodeBuild Build State Change', detail: { 'build-id': 'theirs:1', 'build-status': 'SUCCEEDED', 'project-name': 'theirs' } } satisfies BuildStateChange);

describe('a build that is refused', () => {
  it('waits in line, with its token kept, and says so once', async () => {
    const id = await ask('orders', 1);
    await ask('orders', 1);
    expect(waits()).toEqual([id]);
    expect(world.waits.get(operation(id))).toBe(`${token} of ${id}`);
    expect(world.reports.map(({ kind, text }) => [kind, text.split('.')[0]])).toEqual([['queued', 'Waits for a free build: CodeBuild of this account takes no more than 1 at once']]);
    expect(world.release(id).buildId).toBeUndefined();
  });

  it('is looked at once more: whose end came in between could wake nobody', async () => {
    world.meanwhile = () => void (world.room = 1);
    const id = await ask('orders', 1);
    expect(waits()).toEqual([]);
    expect(world.release(id).buildId).toBeDefined();
  });

  it('is woken by the end of any build of the account, tries again, and keeps its place when it is refused again', async () => {
    const id = await ask('orders', 1);
    await somebodysBuildEnds();
    expect(woken()).toEqual([`${token} of ${id}`]);
    expect(waits()).toEqual([id]);
    await ask('orders', 1);
    expect(waits()).toEqual([id]);
    world.room = 1;
    await ask('orders', 1);
    expect(waits()).toEqual([]);
    expect(world.release(id).buildId).toBeDefined();
  });

  it('is overtaken by no newer release of its application, and by no newcomer', async () => {
    const first = await ask('orders', 1);
    world.room = 1;
    const [newer, other] = [await ask('orders', 2), await ask('other', 1)];
    expect(world.orders.filter(({ variables }) => variables['DRAWBRIDGE_RELEASE'] !== first)).toEqual([]);
    expect(waits()).toEqual([first, newer, other]);
    expect(world.reports.at(-1)?.text).toContain('2 wait already');
  });

  it('that nobody waits for any more makes room for the next', async () => {
    const gone = await ask('orders', 1);
    const next = await ask('other', 1);
    world.waits.delete(operation(gone));
    await somebodysBuildEnds();
    expect(waits()).toEqual([next]);
    expect(woken()).toEqual([`${token} of ${next}`]);
  });

  it('stays when it stood in line anew while it was taken for gone', async () => {
    const id = await ask('orders', 1);
    const [seen] = world.line;
    world.line = [{ ...world.line[0], renewed: 'later' } as (typeof world.line)[number]];
    await world.leaveBuildLine('', { ...seen } as (typeof world.line)[number], seen);
    expect(waits()).toEqual([id]);
  });
});

describe('a build that starts', () => {
  it('wakes the next, for there may be room for more than one', async () => {
    const [first, second] = [await ask('orders', 1), await ask('other', 1)];
    world.room = 1;
    await ask('orders', 1);
    expect(waits()).toEqual([second]);
    expect(woken()).toEqual([`${token} of ${second}`]);
    expect(Object.keys(world.served)).toEqual(['orders']);
    expect(world.release(first).buildId).toBeDefined();
  });

  it('and fails to for another reason leaves the line to the others', async () => {
    const [first, second] = [await ask('orders', 1), await ask('other', 1)];
    world.trouble = new DeploymentFailedError('there is no project');
    await expect(ask('orders', 1)).rejects.toThrow('no project');
    expect(waits()).toEqual([second]);
    expect(woken()).toEqual([`${token} of ${second}`]);
    expect(world.completed.map((it) => it.token)).not.toContain(`${token} of ${first}`);
  });
});

describe('a look at a release that waits in line', () => {
  it('lets it try again, and is no lost event', async () => {
    const id = await ask('orders', 1);
    await lookAtBuild(world, { release: id, attempt: 1, token: 'after the time-out' });
    expect(world.completed).toEqual([{ token: 'after the time-out', answer: { answer: 'again' } }]);
    expect(world.stuck).toBe(0);
  });

  it('out of turn wakes whoever is first, who may have missed its own call', async () => {
    const first = await ask('orders', 1);
    await ask('other', 1);
    await ask('other', 1);
    expect(woken()).toEqual([`${token} of ${first}`]);
  });
});

it('many pushes, one build at a time: each is built once, in order, fairly, and none is lost', async () => {
  world.room = 1;
  const asked = [...Array(30).keys()].map((index) => ({ application: `app-${String(index % 5)}`, sequence: Math.floor(index / 5) }));
  for (const { application, sequence } of asked) await ask(application, sequence);
  const built: string[] = [];
  for (let round = 0; round < 200 && built.length < 30; round += 1) {
    // Exactly one runs; it ends, its event comes, and whoever is woken asks again.
    const running = world.orders.at(-1);
    const started = [...world.releases.values()].filter(({ id, buildId }) => buildId !== undefined && !built.includes(id));
    expect(started.length, `round ${String(round)} after ${String(running?.project)}`).toBe(1);
    built.push(...started.map(({ id }) => id));
    world.room = 1;
    world.clock = new Date(world.clock.getTime() + 1000);
    const before = world.completed.length;
    await somebodysBuildEnds();
    for (let next = before; next < world.completed.length; next += 1) {
      const id = world.completed[next]?.token.replace(`${token} of `, '') ?? '';
      if (world.release(id).buildId === undefined) await startTheBuild(world, { release: id, attempt: 1, token: `${token} of ${id}` });
    }
  }
  expect(built).toHaveLength(30);
  expect(waits()).toEqual([]);
  for (let name = 0; name < 5; name += 1) {
    const own = built.filter((id) => id.startsWith(`app-${String(name)}-`));
    expect(own).toEqual([...own].sort());
  }
  // No application is a whole round ahead of another.
  for (let at = 5; at <= 30; at += 5) expect(new Set(built.slice(at - 5, at).map((id) => id.slice(0, 5))).size).toBeGreaterThanOrEqual(4);
});
