import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Commit, commitsSince } from '../../../domain/commit-history.ts';

/** How a commit of a history came about: how many commits back its parents are, and how long after the one before it. */
interface Step {
  readonly back: readonly number[];
  readonly later: number;
}

let folder: string;
const git = (args: readonly string[], input = '') => execFileSync('git', args, { cwd: folder, input, encoding: 'utf8', env: { ...process.env, GIT_CONFIG_NOSYSTEM: '1', HOME: folder } });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'drawbridge-history-'));
  git(['init', '--quiet']);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const kim = { name: 'Kim', email: 'kim@example.com' };

/** A history that is only thought of. Its commits come oldest first. */
function history(steps: readonly Step[]): Map<string, Commit> {
  let committedAt = 1_700_000_000;
  const idOf = (index: number) => String(index).padStart(40, '0');
  const commits = steps.map(({ back, later }, index): Commit => {
    committedAt += later;
    const parents = [...new Set(back.map((by) => index - by).filter((parent) => parent >= 0))].map(idOf);
    return { id: idOf(index), parents, author: kim, committer: kim, message: `Commit ${String(index)}`, committedAt };
  });
  return new Map(commits.map((commit) => [commit.id, commit]));
}

/** The same history in a repository, made in one go. */
function written(imagined: ReadonlyMap<string, Commit>): Map<string, Commit> {
  const mark = (id: string) => `:${String(Number(id) + 1)}`;
  const lines = [...imagined.values()].flatMap(({ id, parents: [first, ...merged], message, committedAt }) => {
    const from = first === undefined ? [] : [`from ${mark(first)}`];
    return [
      'reset refs/heads/main', ...from, '', 'commit refs/heads/main', `mark ${mark(id)}`, `committer Kim <kim@example.com> ${String(committedAt)} +0000`,
      `data ${String(message.length)}`, message, ...from, ...merged.map((parent) => `merge ${mark(parent)}`), '',
    ];
  });
  git(['fast-import', '--quiet', '--force', '--export-marks=marks'], `${lines.join('\n')}\n`);
  const byMark = new Map(readFileSync(join(folder, 'marks'), 'utf8').trim().split('\n').map((line) => line.split(' ') as [string, string]));
  const real = (id: string) => byMark.get(mark(id)) ?? '';
  return new Map([...imagined.values()].map((commit) => [real(commit.id), { ...commit, id: real(commit.id), parents: commit.parents.map(real) }]));
}

/** What leads to a commit, and the commit. */
function ancestry(commits: ReadonlyMap<string, Commit>, id: string, seen = new Set<string>()): Set<string> {
  if (!seen.has(id)) commits.get(id)?.parents.reduce((found, parent) => ancestry(commits, parent, found), seen.add(id));
  return seen;
}

function rangeIn(commits: ReadonlyMap<string, Commit>, head: string, base: string | undefined): string[] {
  const old = base === undefined ? new Set() : ancestry(commits, base);
  return [...ancestry(commits, head)].filter((id) => !old.has(id)).sort();
}

function reader(commits: ReadonlyMap<string, Commit>) {
  const read: string[] = [];
  return {
    read,
    one: (id: string) => {
      read.push(id);
      const commit = commits.get(id);
      return commit === undefined ? Promise.reject(new Error(`there is no commit ${id}`)) : Promise.resolve(commit);
    },
  };
}

const byGit = (head: string, base: string | undefined) => git(['log', '--format=%H', base === undefined ? head : `${base}..${head}`]).split('\n').filter((line) => line !== '').sort();
const idsOf = (commits: readonly Commit[]) => commits.map(({ id }) => id).sort();
const line = (length: number): Step[] => Array.from({ length }, () => ({ back: [1], later: 60 }));
const at = (commits: ReadonlyMap<string, Commit>, index: number) => [...commits.keys()].at(index) ?? '';

const anyStep = (later: fc.Arbitrary<number>): fc.Arbitrary<Step> => fc.record({ back: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }), later });
const anyHistory = (later: fc.Arbitrary<number>) => fc.record({ steps: fc.array(anyStep(later), { minLength: 2, maxLength: 20 }), head: fc.nat(), base: fc.option(fc.nat(), { nil: undefined }) });

const clocks = [
  ['clocks that go on', fc.integer({ min: 1, max: 100 })],
  ['commits of the same second, as a rebase makes them', fc.constantFrom(0, 0, 0, 1)],
] as const;

/** Two commits of a history, by their places. */
const ends = (commits: ReadonlyMap<string, Commit>, head: number, base: number | undefined) => ({ head: at(commits, head % commits.size), base: base === undefined ? undefined : at(commits, base % commits.size) });

describe('the commits since a release', () => {
  it.each(clocks)('are what git log lists, whatever was merged: %s', async (_, later) => {
    await fc.assert(
      fc.asyncProperty(anyHistory(later), async ({ steps, ...places }) => {
        const commits = written(history(steps));
        const { head, base } = ends(commits, places.head, places.base);
        expect(idsOf((await commitsSince(reader(commits).one, head, base, 1000)).commits)).toEqual(byGit(head, base));
      }),
      { numRuns: 15 },
    );
  });

  it.each(clocks)('are what leads to the new one and not to the old one: %s', async (_, later) => {
    await fc.assert(
      fc.asyncProperty(anyHistory(later), async ({ steps, ...places }) => {
        const commits = history(steps);
        const { head, base } = ends(commits, places.head, places.base);
        const { commits: found, cut } = await commitsSince(reader(commits).one, head, base, 1000);
        expect({ found: idsOf(found), cut }).toEqual({ found: rangeIn(commits, head, base), cut: false });
      }),
      { numRuns: 300 },
    );
  });

  it('leave none out where clocks go wrong, unless they say that they are cut', async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory(fc.integer({ min: -300, max: 300 })), fc.integer({ min: 1, max: 25 }), async ({ steps, ...places }, most) => {
        const commits = history(steps);
        const { head, base } = ends(commits, places.head, places.base);
        const { commits: found, cut } = await commitsSince(reader(commits).one, head, base, most);
        const left = rangeIn(commits, head, base).filter((id) => !idsOf(found).includes(id));
        if (!cut) expect(left).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('come newest first', async () => {
    const commits = history(line(6));
    const { commits: found } = await commitsSince(reader(commits).one, at(commits, 5), at(commits, 2), 100);
    expect(found.map(({ message }) => message)).toEqual(['Commit 5', 'Commit 4', 'Commit 3']);
  });

  it('cost a call for each of them and one for where they end', async () => {
    const commits = history(line(50));
    const { one, read } = reader(commits);
    await commitsSince(one, at(commits, 49), at(commits, 44), 100);
    expect(read).toHaveLength(6);
  });

  it('are none where the same commit runs already, or an older one comes back', async () => {
    const commits = history(line(4));
    for (const head of [3, 1]) expect(await commitsSince(reader(commits).one, at(commits, head), at(commits, 3), 100)).toEqual({ commits: [], cut: false });
  });

  it('are cut where they are more than is looked at', async () => {
    const commits = history(line(30));
    const { one, read } = reader(commits);
    const { commits: found, cut } = await commitsSince(one, at(commits, 29), undefined, 10);
    expect({ found: found.map(({ message }) => message), cut, read: read.length }).toEqual({ found: Array.from({ length: 10 }, (_, index) => `Commit ${String(29 - index)}`), cut: true, read: 10 });
  });

  it('say what could not be read', async () => {
    const commits = history(line(3));
    await expect(commitsSince(reader(commits).one, at(commits, 2), 'f'.repeat(40), 100)).rejects.toThrow('there is no commit');
  });
});
