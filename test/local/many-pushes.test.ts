import { BatchGetBuildsCommand, CodeBuildClient, ListBuildsCommand } from '@aws-sdk/client-codebuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../fakes/until.ts';
import { parametersApplication } from './templates.ts';
import { Town } from './town.ts';

const names = Array.from({ length: 10 }, (_, index) => `app-${String(index)}`);
let town: Town;
beforeAll(async () => {
  // As a new account is: one build, and whoever comes meanwhile is refused.
  town = await Town.build(900, { buildLimit: 1, buildQueue: 0 });
  await town.quickApplications(...names);
}, 240_000);
afterAll(() => town.close());

const sequence = (id: string) => Number(id.split('-').at(-2));

/** When each build ran, and for which release. */
async function builds() {
  const client = new CodeBuildClient(town.client());
  const { ids = [] } = await client.send(new ListBuildsCommand({ sortOrder: 'ASCENDING' }));
  const { builds: found = [] } = await client.send(new BatchGetBuildsCommand({ ids }));
  return found
    .map(({ startTime, endTime, environment }) => ({ from: startTime?.getTime() ?? 0, to: endTime?.getTime() ?? Infinity, release: environment?.environmentVariables?.find(({ name }) => name === 'DRAWBRIDGE_RELEASE')?.value ?? '' }))
    .sort((a, b) => a.from - b.from);
}

/** Releases that were deployed, in the order in which they were. */
async function deployedIn(releases: readonly { readonly id: string }[]): Promise<string[]> {
  const ends = (await Promise.all(releases.map(({ id }) => town.show(id)))).flatMap(({ release, story }) => story.filter(({ kind, about, outcome }) => kind === 'ended' && about === 'target' && outcome === 'deployed').map(({ at }) => ({ at, id: release.id })));
  return ends.sort((a, b) => a.at.localeCompare(b.at)).map(({ id }) => id);
}

it('twenty pushes to ten applications, one build at a time: each is released, in its order, and none is lost', { timeout: 400_000 }, async () => {
  const pushed = new Map<string, string[]>();
  for (const value of ['1', '2']) {
    await Promise.all(
      names.map(async (name) => {
        const app = town.application(name);
        const commit = await app.push(parametersApplication({ values: { One: value }, order: ['dev'] }));
        pushed.set(name, [...(pushed.get(name) ?? []), await app.releaseOf(commit)]);
      }),
    );
  }
  await until('every release has ended', async () => {
    const all = await Promise.all(names.map((name) => town.application(name).releases()));
    return all.flat().every(({ state }) => state === 'ended');
  }, 300_000);

  const ran = await builds();
  for (const name of names) {
    const releases = await town.application(name).releases();
    expect(releases.map(({ id }) => id).sort()).toEqual([...(pushed.get(name) ?? [])].sort());
    const inOrder = [...releases].sort((a, b) => sequence(a.id) - sequence(b.id));
    // The newer one counts; the older one was deployed before it, or gave way to it.
    expect(['deployed', 'superseded'], `${inOrder[0]?.id ?? ''}: ${(await town.show(inOrder[0]?.id ?? '')).release.reason ?? ''}`).toContain(inOrder[0]?.outcome);
    expect(inOrder[1]?.outcome).toBe('deployed');
    expect(ran.filter(({ release }) => release.startsWith(`${name}-`)).map(({ release }) => release).sort()).toEqual(inOrder.map(({ id }) => id).sort());
    expect(await deployedIn(inOrder)).toEqual(inOrder.filter(({ outcome }) => outcome === 'deployed').map(({ id }) => id));
  }
  expect(ran).toHaveLength(20);
  ran.slice(1).forEach(({ from }, index) => {
    expect(from).toBeGreaterThanOrEqual(ran[index]?.to ?? Infinity);
  });
});

it('whoever waited was told so, with what to do about it', async () => {
  const stories = await Promise.all(names.map(async (name) => (await Promise.all((await town.application(name).releases()).map(({ id }) => town.show(id)))).flatMap(({ story }) => story)));
  const said = stories.flat().filter(({ kind }) => kind === 'queued');
  expect(said.length).toBeGreaterThanOrEqual(10);
  for (const { text } of said) expect(text).toMatch(/^Waits for a free build: CodeBuild of this account takes no more than 1 at once\..* Service Quotas console/);
});
