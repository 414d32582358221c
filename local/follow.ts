import { setTimeout as sleep } from 'node:timers/promises';
import { type BuildLog, isBuilding } from '../cli/build-log.ts';
import { ShowAnswer } from '../contracts/commands.ts';
import { isAboutTheBuild } from '../domain/build-log.ts';
import { type Person } from './sample.ts';
import { knock } from './door.ts';
import type { System } from './system.ts';

/** Asks the control plane about a release, as one of the people. */
export async function show(system: System, release: string, person: Person = 'alex'): Promise<ShowAnswer> {
  return ShowAnswer.parse(await knock(system.doorUrl, system.people[person], system.cloud.region, 'GET', `/releases/${release}`));
}

export interface Pause {
  readonly shown: ShowAnswer;
  /** The question that waits for a person, or `undefined` when the release has ended. An environment may ask again: for a stack that could not be planned before. */
  readonly waiting: Pick<ShowAnswer['approvals'][number], 'id' | 'release' | 'environment' | 'digest'> | undefined;
}

/** How far a release was told. */
export interface Told {
  lines: number;
  readonly log: BuildLog;
}

interface Teller {
  story(text: string): void;
  log(line: string): void;
}

/** Tells every new line of a release's story, and what its build writes meanwhile, until it ends or waits for a person. */
export async function follow(system: System, release: string, told: Told, tell: Teller, answered: ReadonlySet<string> = new Set()): Promise<Pause> {
  for (;;) {
    const shown = await show(system, release);
    const building = isBuilding(shown.release);
    const readAlong = () => told.log.readAlong(building, (line) => {
      if (!isAboutTheBuild(line)) tell.log(line);
    });
    if (!building) await readAlong();
    for (const line of shown.story.slice(told.lines)) tell.story(line.text);
    told.lines = shown.story.length;
    if (building) await readAlong();
    if (shown.release.state === 'ended') return { shown, waiting: undefined };
    const waiting = shown.approvals.find(({ state, id }) => state === 'waiting' && !answered.has(id));
    if (waiting !== undefined && shown.story.some(({ kind, environment }) => kind === 'waiting' && environment === waiting.environment)) return { shown, waiting };
    await sleep(150);
  }
}
