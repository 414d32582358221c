import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as z from 'zod';
import { DoorError } from '../../../aws/door-client.ts';
import { log } from '../../../cli/commands/log.ts';
import { follow } from '../../../cli/follow.ts';
import { Output } from '../../../cli/output.ts';
import type { LogAnswer, ShowAnswer } from '../../../contracts/commands.ts';
import { aRelease } from '../../fakes/samples.ts';

const { id } = aRelease();

/** A control plane whose release goes one moment on whenever it is shown. */
class Story {
  readonly asked: string[] = [];
  readonly #moments: { story: number; state: 'running' | 'ended'; sealed: boolean; written: string[]; ended: boolean }[];
  #now = -1;
  refuses: DoorError | undefined;

  constructor(...moments: { story: number; state?: 'running' | 'ended'; sealed?: boolean; written: string[]; ended?: boolean }[]) {
    this.#moments = moments.map((moment) => ({ state: 'running', sealed: false, ended: false, ...moment }));
  }

  get #moment() {
    const moment = this.#moments[Math.max(0, Math.min(this.#now, this.#moments.length - 1))];
    if (moment === undefined) throw new Error('no moment');
    return moment;
  }

  async ask<Schema extends z.ZodType>(schema: Schema, _: 'GET' | 'POST', path: string): Promise<z.output<Schema>> {
    this.asked.push(path);
    return await Promise.resolve(schema.parse(path.includes('/log') ? this.#log(path) : this.#show()));
  }

  #log(path: string): LogAnswer {
    if (this.refuses !== undefined) throw this.refuses;
    const { written, ended } = this.#moment;
    const read = Number(/after=b~(\d+)/.exec(decodeURIComponent(path))?.[1] ?? '-1');
    // Two lines a page, as of a long log.
    const next = Math.min(Math.max(read, 0) + 2, written.length);
    return { lines: written.slice(Math.max(read, 0), next), next: `b~${String(next)}`, done: ended && next === read };
  }

  #show(): ShowAnswer {
    this.#now += 1;
    const { story, state, sealed } = this.#moment;
    const line = (index: number) => ({ at: '2026-01-01T00:00:00.000Z', kind: 'started' as const, about: 'release' as const, release: id, application: 'orders', text: `story ${String(index + 1)}` });
    const { artifact: _, configuration: __, buildId: ___, ...release } = aRelease({ state });
    return { release: { ...release, remarks: [], order: [], ...(sealed ? { artifact: 'a'.repeat(64) } : {}) }, environments: [], targets: [], approvals: [], votes: [], story: Array.from({ length: story }, (____, index) => line(index)) };
  }
}

let told: string[];
beforeEach(() => {
  told = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => told.push(String(text).replaceAll(/\u001B\[\d+m/g, '')) > 0);
});
afterEach(() => vi.restoreAllMocks());

const lines = () => told.map((line) => line.trim().replace(/^\d\d:\d\d:\d\d {2}/, ''));

describe('following a release', () => {
  it('tells what its build writes between the lines of its story, and no line twice', async () => {
    const plane = new Story(
      { story: 1, written: ['a', 'b', 'c'] },
      { story: 1, written: ['a', 'b', 'c'] },
      { story: 1, written: ['a', 'b', 'c', '', 'd'] },
      { story: 2, sealed: true, written: ['a', 'b', 'c', '', 'd', 'e'], ended: true },
      { story: 3, sealed: true, state: 'ended', written: ['a', 'b', 'c', '', 'd', 'e'], ended: true },
    );
    await follow(plane, new Output(false), id);
    expect(lines()).toEqual(['story 1', 'a', 'b', 'c', 'd', 'e', 'story 2', 'story 3']);
    const last = plane.asked.findLastIndex((path) => path.includes('/log'));
    expect(plane.asked.slice(last + 1)).toEqual([`/releases/${id}`]);
  });

  it('does not tell what was built before anybody looked', async () => {
    const plane = new Story({ story: 1, sealed: true, written: ['old'], ended: true }, { story: 2, sealed: true, state: 'ended', written: ['old'], ended: true });
    await follow(plane, new Output(false), id);
    expect(lines()).toEqual(['story 1', 'story 2']);
  });

  it('goes on without a log that cannot be read, and says so once', async () => {
    const plane = new Story({ story: 1, written: ['a'] }, { story: 1, written: ['a'] }, { story: 2, state: 'ended', written: ['a'], ended: true });
    plane.refuses = new DoorError(403, 'AccessDeniedError', 'not for you');
    await follow(plane, new Output(false), id);
    expect(lines()).toEqual(['story 1', 'The build\'s log cannot be read: not for you', 'story 2']);
  });

  it('for a program does not ask for the log', async () => {
    const plane = new Story({ story: 1, written: ['a'] }, { story: 2, state: 'ended', written: ['a'], ended: true });
    await follow(plane, new Output(true), id);
    expect(plane.asked).toEqual([`/releases/${id}`, `/releases/${id}`]);
  });
});

describe('the command log', () => {
  it('prints every page of what there is, and stops there unless it follows', async () => {
    expect(await log(new Story({ story: 1, written: ['a', '', 'b', 'c'] }), new Output(false), id, { follow: false })).toBe(0);
    expect(told).toEqual(['a\n', '\n', 'b\n', 'c\n']);
  });

  it('follows until the build has ended, and gives a program all of it at once', async () => {
    await log(new Story({ story: 1, written: ['a', 'b', 'c'], ended: true }), new Output(true), id, { follow: true });
    expect(JSON.parse(told.join(''))).toEqual({ release: id, done: true, lines: ['a', 'b', 'c'] });
  });

  it('says so where nothing was written yet', async () => {
    await log(new Story({ story: 1, written: [] }), new Output(false), id, { follow: false });
    expect(told).toEqual([`The build of ${id} has written nothing yet.\n`]);
  });
});
