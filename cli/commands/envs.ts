import { BranchEnvironmentsAnswer, StopAnswer } from '../../contracts/commands.ts';
import { InvalidInputError, NotFoundError } from '../../domain/errors.ts';
import { at } from '../../domain/utc.ts';
import type { ControlPlane } from '../connect.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { followed } from './decide.ts';
import { haltLine, type Output } from '../output.ts';

type Asking = Pick<ControlPlane, 'ask'>;

async function list(controlPlane: Asking, application: string | undefined): Promise<BranchEnvironmentsAnswer> {
  return await controlPlane.ask(BranchEnvironmentsAnswer, 'GET', `/branch-environments${application === undefined ? '' : `?application=${encodeURIComponent(application)}`}`);
}

/** The environments of branches: where they are, until when, and whose. */
export async function envs(controlPlane: Asking, output: Output, { application, all }: { application?: string | undefined; all: boolean }): Promise<ExitCode> {
  const { environments: found, halted } = await list(controlPlane, application);
  const environments = found.filter(({ state }) => all || state !== 'removed');
  for (const it of halted) output.line(haltLine(it));
  output.table(environments.map((it) => [it.name, it.application, it.branch, it.state === 'live' ? `live until ${at(it.expiresAt)}` : it.state, it.release, it.by, it.state === 'live' ? (it.url ?? '') : (it.reason ?? '')]));
  if (environments.length === 0) output.line('No branch has an environment.');
  output.answer({ environments, halted });
  return exitCodes.ok;
}

interface Options {
  readonly application?: string | undefined;
  readonly reason: string;
  readonly follow: boolean;
}

/** Ends a branch's environment. Its application need not be said where only one has it. */
export async function stop(controlPlane: Asking, output: Output, name: string, { application, reason, follow: on }: Options): Promise<ExitCode> {
  const of = application ?? (await applicationOf(controlPlane, name));
  const answer = await controlPlane.ask(StopAnswer, 'POST', `/applications/${encodeURIComponent(of)}/environments/${encodeURIComponent(name)}/stop`, { reason });
  output.line(answer.sentence);
  if (!on || answer.release === undefined) {
    output.answer(answer);
    return exitCodes.ok;
  }
  return await followed(controlPlane, output, answer.release, 0);
}

async function applicationOf(controlPlane: Asking, name: string): Promise<string> {
  const found = (await list(controlPlane, undefined)).environments.filter((it) => it.name === name && it.state !== 'removed').map((it) => it.application);
  if (found.length > 1) throw new InvalidInputError(`Stopping ${name}: ${found.join(' and ')} have one of that name. Say which with --application.`);
  const [only] = found;
  if (only === undefined) throw new NotFoundError(`Stopping ${name}: no branch has an environment of that name. "drawbridge envs" lists them; nothing else can be stopped.`);
  return only;
}
