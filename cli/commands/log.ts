import { setTimeout as sleep } from 'node:timers/promises';
import pc from 'picocolors';
import { LogAnswer } from '../../contracts/commands.ts';
import { BuildLog } from '../build-log.ts';
import type { ControlPlane } from '../connect.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { idOf } from './show.ts';

/** What the build of a release wrote. */
export async function log(controlPlane: Pick<ControlPlane, 'ask'>, output: Output, wanted: string, options: { follow: boolean }): Promise<ExitCode> {
  const release = await idOf(controlPlane, wanted);
  const reader = new BuildLog((path) => controlPlane.ask(LogAnswer, 'GET', path), release);
  const lines: string[] = [];
  for (;;) {
    await reader.readOn((line) => {
      output.line(line);
      lines.push(line);
    });
    if (reader.done || !options.follow) break;
    await sleep(500);
  }
  if (lines.length === 0) output.line(pc.dim(`The build of ${release} has written nothing${reader.done ? '' : ' yet'}.`));
  output.answer({ release, done: reader.done, lines });
  return exitCodes.ok;
}
