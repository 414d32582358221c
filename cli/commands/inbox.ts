import pc from 'picocolors';
import { DelegationsAnswer, InboxAnswer } from '../../contracts/commands.ts';
import { Time } from '../../contracts/names.ts';
import { secondsOf } from '../../domain/configuration/seconds.ts';
import { InvalidInputError } from '../../domain/errors.ts';
import { at } from '../../domain/utc.ts';
import type { ControlPlane } from '../connect.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { approveCommand } from '../approve-command.ts';
import { ago, type Output } from '../output.ts';

/** What waits for the caller, and how to answer. */
export async function inbox(controlPlane: ControlPlane, output: Output): Promise<ExitCode> {
  const answer = await controlPlane.ask(InboxAnswer, 'GET', '/inbox');
  for (const it of answer.waiting) {
    output.line(`${pc.bold(`${it.application} → ${it.environment}`)}  ${it.release}, since ${ago(it.since)}, expires on ${at(it.expiresAt)}`);
    for (const line of it.halted) output.line(`  ${pc.red(line)}`);
    output.line(`  needs ${it.needs}; ${it.stillNeeds}${it.standsFor.length === 0 ? '' : `; you also answer for ${it.standsFor.join(', ')}`}`);
    output.line(`  ${it.totals}`);
    for (const risk of it.risks) output.line(`  ${pc.red(risk)}`);
    if (it.may === 'answer') output.line(`  ${approveCommand(it)}`);
    if (it.may === 'break-glass') output.line(`  in an emergency: ${approveCommand(it)} --break-glass --reason "…"`);
    else output.line(`  drawbridge reject ${it.release} ${it.environment} --reason "…"${it.may === 'reject' ? '   (it is your own, so you can only say no)' : ''}`);
  }
  if (answer.waiting.length === 0) output.line(`Nothing waits for ${answer.approver}.`);
  output.answer(answer);
  return exitCodes.ok;
}

interface Options {
  readonly until?: string;
  readonly reason: string;
  readonly end: boolean;
}

/** `3 days` from now, or a day: the end of it in UTC. */
export function untilOf(text: string, now: Date): string {
  if (Time.safeParse(text).success) return new Date(now.getTime() + secondsOf(text) * 1000).toISOString();
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))) return `${text}T23:59:59.000Z`;
  throw new InvalidInputError(`Reading --until ${text}: give a time such as "3 days" or a day such as 2026-12-24.`);
}

/** Lets another approver answer in the caller's place for a while; without a name, shows who answers for whom. */
export async function delegate(controlPlane: ControlPlane, output: Output, to: string | undefined, { until, reason, end }: Options): Promise<ExitCode> {
  if (end && to !== undefined) throw new InvalidInputError('Delegating: give a person, or --end to take it back, not both.');
  const asks = to !== undefined || end;
  const body = { reason, ...(to === undefined ? {} : { to, until: until === undefined ? undefined : untilOf(until, new Date()) }) };
  const answer = await controlPlane.ask(DelegationsAnswer, asks ? 'POST' : 'GET', '/delegations', asks ? body : undefined);
  for (const it of answer.delegations) output.line(`${it.to ?? ''} answers for ${it.approver} until ${at(it.until)}${it.reason === '' ? '' : `: ${it.reason}`}`);
  if (answer.delegations.length === 0) output.line('Everybody answers for themselves.');
  output.answer(answer);
  return exitCodes.ok;
}
