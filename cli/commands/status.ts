import pc from 'picocolors';
import { ReleasesAnswer, StatusAnswer } from '../../contracts/commands.ts';
import { shortName } from '../../domain/reference.ts';
import type { Sweep } from '../../contracts/sweep.ts';
import { approveCommand } from '../approve-command.ts';
import type { ControlPlane } from '../connect.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { ago, coloured, haltLine, type Output } from '../output.ts';

/** Which commit is where, and what waits for whom. */
export async function status(controlPlane: ControlPlane, output: Output): Promise<ExitCode> {
  const answer = await controlPlane.ask(StatusAnswer, 'GET', '/status');
  for (const it of answer.halted) output.line(haltLine(it));
  for (const it of answer.adopted) output.line(`${pc.yellow('adopts')} ${it.stackName} (${it.account}, ${it.region}) for ${it.application} in ${it.environment} with its next release, which asks: by ${it.by}, ${ago(it.at)}${it.reason === '' ? '' : `: ${it.reason}`}`);
  for (const it of answer.left) {
    output.line(`${pc.red('left')} ${it.application} in ${it.environment}: ${it.stackName} (${it.account}, ${it.region}) runs on since ${ago(it.since)}: ${it.why}`);
    output.line(`  ${it.trouble ?? `its removal: ${it.removal ?? 'none'}`}; to ask again: drawbridge ${it.removal === undefined ? `remove ${it.application} ${it.environment}` : `retry ${it.removal}`}`);
  }
  for (const { application, deployed, newest, waiting } of answer.applications) {
    output.line(`${pc.bold(application)}${newest === undefined ? '' : `  newest ${newest.id} (${coloured(newest.outcome ?? newest.state)}, ${ago(newest.createdAt)})`}`);
    output.table(deployed.map((it) => [it.environment, it.stackName, it.commit.slice(0, 8), shortName(it), it.release, ago(it.deployedAt)]));
    for (const it of waiting) {
      output.line(`  ${pc.yellow('waits')} ${it.environment} for ${it.stillNeeds} (${it.needs}): ${it.release}, since ${ago(it.since)}`);
      for (const answer of it.answers) output.line(`        ${answer}`);
      output.line(`        ${approveCommand(it)}`);
    }
    if (deployed.length === 0 && waiting.length === 0) output.line('  nothing is deployed');
  }
  if (answer.swept !== undefined) output.line(sweptLine(answer.swept));
  if (answer.applications.length === 0) output.line('No application is registered.');
  output.answer(answer);
  return exitCodes.ok;
}

/** `swept 3 min ago: started orders-7-…; left behind: the stack …`. */
export function sweptLine({ at, did, left, trouble }: Sweep): string {
  const said = [did.length === 0 ? 'nothing to put right' : did.join(', '), ...(left.length === 0 ? [] : [`left behind: ${left.join(' ')}`]), ...(trouble.length === 0 ? [] : [`not all could be looked at: ${trouble.join(' ')}`])];
  return `swept ${ago(at)}: ${said.join('; ')}`;
}

export async function releases(controlPlane: ControlPlane, output: Output, { application, limit }: { application?: string | undefined; limit: string }): Promise<ExitCode> {
  const answer = await controlPlane.ask(ReleasesAnswer, 'GET', `/releases?limit=${encodeURIComponent(limit)}${application === undefined ? '' : `&application=${encodeURIComponent(application)}`}`);
  output.table(answer.releases.map((it) => [it.id, it.outcome ?? it.state, shortName(it), it.author.name, ago(it.createdAt), it.message.slice(0, 60)]));
  if (answer.releases.length === 0) output.line('There is no release yet. Push to a registered branch.');
  output.answer(answer);
  return exitCodes.ok;
}
