import { setTimeout as sleep } from 'node:timers/promises';
import pc from 'picocolors';
import { LogAnswer, ShowAnswer } from '../contracts/commands.ts';
import { BuildLog, isBuilding } from './build-log.ts';
import type { ControlPlane } from './connect.ts';
import type { Output } from './output.ts';

const time = (at: string): string => new Date(at).toISOString().slice(11, 19);

export const storyLine = ({ at, text }: ShowAnswer['story'][number]): string => `  ${pc.dim(time(at))}  ${text}`;

const logLine = (line: string): string => `            ${pc.dim(line)}`;

/** Tells a release's story as it goes on, and what its build writes meanwhile, until it ends or waits for a person. */
export async function follow(controlPlane: Pick<ControlPlane, 'ask'>, output: Output, release: string, told = 0): Promise<ShowAnswer> {
  const log = new BuildLog((path) => controlPlane.ask(LogAnswer, 'GET', path), release);
  for (let lines = told; ; ) {
    const shown = await controlPlane.ask(ShowAnswer, 'GET', `/releases/${release}`);
    const building = isBuilding(shown.release);
    const readAlong = async () => {
      if (!output.json) await log.readAlong(building, (line) => { output.line(logLine(line)); });
    };
    // The end of the log comes before what followed from it.
    if (!building) await readAlong();
    for (const line of shown.story.slice(lines)) output.line(storyLine(line));
    lines = shown.story.length;
    if (building) await readAlong();
    const waits = shown.approvals.some(({ state }) => state === 'waiting') && shown.story.at(-1)?.kind === 'waiting';
    if (shown.release.state === 'ended' || waits) return shown;
    await sleep(500);
  }
}
