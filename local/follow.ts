import { setTimeout as sleep } from 'node:timers/promises';
import { ShowAnswer } from '../contracts/commands.ts';
import { type Person } from './sample.ts';
import { knock } from './door.ts';
import type { System } from './system.ts';

/** Asks the control plane about a release, as one of the people. */
export async function show(system: System, release: string, person: Person = 'alex'): Promise<ShowAnswer> {
  return ShowAnswer.parse(await knock(system.doorUrl, system.people[person], system.cloud.region, 'GET', `/releases/${release}`));
}

export interface Pause {
  readonly shown: ShowAnswer;
  /** The environment that waits for a person, or `undefined` when the release has ended. */
  readonly waiting: string | undefined;
}

/**
 * Tells every new line of a release's story until it ends or waits for a person.
 * @param told how many lines were told before
 */
export async function follow(system: System, release: string, told: { lines: number }, tell: (text: string) => void, answered: ReadonlySet<string> = new Set()): Promise<Pause> {
  for (;;) {
    const shown = await show(system, release);
    for (const line of shown.story.slice(told.lines)) tell(line.text);
    told.lines = shown.story.length;
    if (shown.release.state === 'ended') return { shown, waiting: undefined };
    const waiting = shown.approvals.find(({ state, environment }) => state === 'waiting' && !answered.has(environment));
    if (waiting !== undefined && shown.story.some(({ kind, environment }) => kind === 'waiting' && environment === waiting.environment)) return { shown, waiting: waiting.environment };
    await sleep(150);
  }
}
