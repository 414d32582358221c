import { StatusAnswer, SweepAnswer } from '../../contracts/commands.ts';
import { TransientError } from '../../domain/errors.ts';
import type { ControlPlane } from '../connect.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { sweptLine } from './status.ts';

const pauseMilliseconds = 1000;
/** The function's own limit. */
const longestMilliseconds = 600_000;

/** Has what events forgot looked for now, and says what was done. */
export async function sweep(controlPlane: Pick<ControlPlane, 'ask'>, output: Output, pause = pauseMilliseconds): Promise<ExitCode> {
  const { asked } = await controlPlane.ask(SweepAnswer, 'POST', '/sweep');
  for (const until = Date.now() + longestMilliseconds; Date.now() < until; ) {
    const { swept } = await controlPlane.ask(StatusAnswer, 'GET', '/status');
    if (swept !== undefined && swept.at >= asked) {
      output.line(sweptLine(swept));
      output.answer(swept);
      return exitCodes.ok;
    }
    await new Promise((done) => setTimeout(done, pause));
  }
  throw new TransientError('Sweeping: it has not ended in ten minutes. "drawbridge status" shows it when it has; the log group of sweep says more.');
}
