import { DecisionAnswer, StartedAnswer } from '../../contracts/commands.ts';
import type { ControlPlane } from '../connect.ts';
import { type ExitCode, exitCodes, outcomeCode } from '../exit-codes.ts';
import { follow } from '../follow.ts';
import { coloured, type Output } from '../output.ts';
import { idOf } from './show.ts';

interface Options {
  readonly reason: string;
  readonly breakGlass?: boolean;
  readonly follow: boolean;
  readonly plan?: string;
}

/** Follows a release that goes on, and answers with how it ended. */
export async function followed(controlPlane: Pick<ControlPlane, 'ask'>, output: Output, release: string, told: number): Promise<ExitCode> {
  const shown = await follow(controlPlane, output, release, told);
  output.line(`${release}: ${coloured(shown.release.outcome ?? shown.release.state)}`);
  output.answer(shown);
  return shown.release.state === 'ended' ? outcomeCode(shown.release.outcome) : exitCodes.ok;
}

/** Answers for an environment that waits, as the caller that IAM says. */
export async function decide(controlPlane: ControlPlane, output: Output, decision: 'approve' | 'reject', wanted: string, environment: string, options: Options): Promise<ExitCode> {
  const release = await idOf(controlPlane, wanted);
  const path = `/releases/${encodeURIComponent(release)}/environments/${encodeURIComponent(environment)}/decision`;
  const answer = await controlPlane.ask(DecisionAnswer, 'POST', path, { decision, reason: options.reason, breakGlass: options.breakGlass === true, ...(options.plan === undefined ? {} : { plan: options.plan }) });
  output.line(answer.sentence);
  if (options.follow && answer.state !== 'waiting') return await followed(controlPlane, output, release, 0);
  output.answer(answer);
  return exitCodes.ok;
}

/** Another try at a release that has ended, from planning on. */
export async function retry(controlPlane: ControlPlane, output: Output, wanted: string, options: { follow: boolean }): Promise<ExitCode> {
  const release = await idOf(controlPlane, wanted);
  const answer = await controlPlane.ask(StartedAnswer, 'POST', `/releases/${encodeURIComponent(release)}/retry`);
  output.line(`${answer.release} goes on from planning.`);
  if (options.follow) return await followed(controlPlane, output, release, 0);
  output.answer(answer);
  return exitCodes.ok;
}
