import { setTimeout as sleep } from 'node:timers/promises';
import pc from 'picocolors';
import { ShowAnswer } from '../contracts/commands.ts';
import type { ControlPlane } from './connect.ts';
import type { Output } from './output.ts';

const time = (at: string): string => new Date(at).toISOString().slice(11, 19);

export const storyLine = ({ at, text }: ShowAnswer['story'][number]): string => `  ${pc.dim(time(at))}  ${text}`;

/** Tells a release's story as it goes on, until it ends or waits for a person. */
export async function follow(controlPlane: ControlPlane, output: Output, release: string, told = 0): Promise<ShowAnswer> {
  for (let lines = told; ; ) {
    const shown = await controlPlane.ask(ShowAnswer, 'GET', `/releases/${release}`);
    for (const line of shown.story.slice(lines)) output.line(storyLine(line));
    lines = shown.story.length;
    const waits = shown.approvals.some(({ state }) => state === 'waiting') && shown.story.at(-1)?.kind === 'waiting';
    if (shown.release.state === 'ended' || waits) return shown;
    await sleep(500);
  }
}
