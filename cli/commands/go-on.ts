import { CancelAnswer, HaltAnswer, StartedAnswer } from '../../contracts/commands.ts';
import type { ControlPlane } from '../connect.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { followed } from './decide.ts';
import { idOf } from './show.ts';

async function started(controlPlane: ControlPlane, output: Output, path: string, body: unknown, { sentence, follow: along }: { sentence: (release: string) => string; follow: boolean }): Promise<ExitCode> {
  const answer = await controlPlane.ask(StartedAnswer, 'POST', path, body);
  output.line(sentence(answer.release));
  if (along) return await followed(controlPlane, output, answer.release, 0);
  output.answer(answer);
  return exitCodes.ok;
}

/** Takes an environment back to an earlier release. */
export async function rollback(controlPlane: ControlPlane, output: Output, application: string, environment: string, { to, reason, follow: along }: { to?: string; reason: string; follow: boolean }): Promise<ExitCode> {
  const path = `/applications/${encodeURIComponent(application)}/environments/${encodeURIComponent(environment)}/rollback`;
  return await started(controlPlane, output, path, { reason, ...(to === undefined ? {} : { to }) }, { sentence: (release) => `${release} takes ${environment} back.`, follow: along });
}

/** Takes an ended release on to an environment. */
export async function promote(controlPlane: ControlPlane, output: Output, wanted: string, environment: string, options: { follow: boolean }): Promise<ExitCode> {
  const release = await idOf(controlPlane, wanted);
  const path = `/releases/${encodeURIComponent(release)}/environments/${encodeURIComponent(environment)}/promote`;
  return await started(controlPlane, output, path, undefined, { sentence: () => `${release} goes on to ${environment}.`, follow: options.follow });
}

/** Removes what is deployed of an application in an environment: planned, shown, and asked for wherever that is no sandbox. */
export async function remove(controlPlane: ControlPlane, output: Output, application: string, environment: string, { reason, follow: along }: { reason: string; follow: boolean }): Promise<ExitCode> {
  return await started(controlPlane, output, '/removals', { application, environment, reason }, { sentence: (release) => `${release} removes ${application} from ${environment}.`, follow: along });
}

/** Calls a running release off. */
export async function cancel(controlPlane: ControlPlane, output: Output, wanted: string, options: { reason: string }): Promise<ExitCode> {
  const release = await idOf(controlPlane, wanted);
  const answer = await controlPlane.ask(CancelAnswer, 'POST', `/releases/${encodeURIComponent(release)}/cancel`, { reason: options.reason });
  for (const sentence of answer.sentences) output.line(sentence);
  output.answer(answer);
  return exitCodes.ok;
}

/** Nothing starts in an environment until it is resumed. */
export async function halt(controlPlane: ControlPlane, output: Output, environment: string, options: { reason: string }): Promise<ExitCode> {
  const answer = await controlPlane.ask(HaltAnswer, 'POST', `/environments/${encodeURIComponent(environment)}/halt`, { reason: options.reason });
  output.line(`Nothing starts in ${environment} until "drawbridge resume ${environment}".`);
  output.answer(answer);
  return exitCodes.ok;
}

/** Lets it go on, and what ended there meanwhile be tried again. */
export async function resume(controlPlane: ControlPlane, output: Output, environment: string, options: { retry: boolean }): Promise<ExitCode> {
  const answer = await controlPlane.ask(HaltAnswer, 'POST', `/environments/${encodeURIComponent(environment)}/resume`);
  output.line(`${environment} goes on.`);
  for (const { application, release, environment: name } of answer.frozen) {
    if (options.retry) await controlPlane.ask(StartedAnswer, 'POST', `/releases/${encodeURIComponent(release)}/retry`);
    output.line(options.retry ? `${release} is tried again in ${name}.` : `${application}: ${release} ended in ${name} meanwhile. Try it again: drawbridge retry ${release}`);
  }
  output.answer(answer);
  return exitCodes.ok;
}
