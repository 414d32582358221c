import { AdoptionAnswer } from '../../contracts/commands.ts';
import type { ControlPlane } from '../connect.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Output } from '../output.ts';

export interface AdoptOptions {
  readonly account?: string;
  readonly region?: string;
  readonly reason: string;
  readonly end: boolean;
}

/** Lets an application take over a stack that was deployed by other means. */
export async function adopt(controlPlane: Pick<ControlPlane, 'ask'>, output: Output, stack: string, application: string, environment: string, options: AdoptOptions): Promise<ExitCode> {
  const answer = await controlPlane.ask(AdoptionAnswer, 'POST', '/adoptions', { stack, application, environment, ...options });
  output.line(answer.sentence);
  output.answer(answer);
  return exitCodes.ok;
}
