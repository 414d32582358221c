import pc from 'picocolors';
import { ReleasesAnswer, ShowAnswer } from '../../contracts/commands.ts';
import { checkLines, checksTitle } from '../../domain/checks.ts';
import { NotFoundError } from '../../domain/errors.ts';
import { quorumSentence } from '../../domain/quorum.ts';
import { shortName } from '../../domain/reference.ts';
import { objectName } from '../../domain/source.ts';
import type { ControlPlane } from '../connect.ts';
import { type ExitCode, exitCodes, outcomeCode } from '../exit-codes.ts';
import { follow, storyLine } from '../follow.ts';
import { coloured, type Output } from '../output.ts';

/** `latest` is the newest release. */
export async function idOf(controlPlane: Pick<ControlPlane, 'ask'>, release: string): Promise<string> {
  if (release !== 'latest') return release;
  const { releases } = await controlPlane.ask(ReleasesAnswer, 'GET', '/releases?limit=1');
  if (releases[0] === undefined) throw new NotFoundError('Looking for the latest release: there is none yet.');
  return releases[0].id;
}

/** What would happen, or happened, to each target. */
export function targets(output: Output, { targets: all }: ShowAnswer): void {
  for (const { environment, stackName, account, outcome, state, counts, risks = [], reason } of all) {
    const changes = counts === undefined ? '' : `  ${String(counts.add)} added, ${String(counts.modify)} changed, ${String(counts.replace)} replaced, ${String(counts.mayReplace)} perhaps replaced, ${String(counts.remove)} deleted${counts.steps === undefined ? '' : `, ${String(counts.steps)} steps`}`;
    output.line(`  ${environment.padEnd(10)} ${stackName} in ${account}: ${coloured(outcome ?? state)}${changes}`);
    if (outcome === undefined || outcome === 'planned') for (const risk of risks) output.line(`             ${pc.red(risk)}`);
    if (reason !== undefined) output.line(`             ${reason}`);
  }
}

/** The first are the most dangerous. */
const mostReasons = 3;

function approvals(output: Output, { approvals: all, votes }: ShowAnswer): void {
  for (const { environment, state, quorums, atLeast, because, digest, wayBack = [], halted } of all) {
    output.line(`  ${environment.padEnd(10)} ${coloured(state)}: ${quorumSentence(quorums, atLeast)}, for the plan ${digest.slice(0, 16)}`);
    for (const line of halted) output.line(`             ${pc.red(line)}`);
    for (const reason of because.slice(0, mostReasons)) output.line(`             ${pc.dim(reason)}`);
    if (state === 'waiting') for (const line of wayBack) output.line(`             ${line}`);
    if (because.length > mostReasons) output.line(`             ${pc.dim(`and ${String(because.length - mostReasons)} more reasons like these`)}`);
  }
  for (const { environment, approver, standsFor, decision, breakGlass, reason, at, channel, from, digest } of votes) {
    const who = standsFor.length === 0 ? approver : `${approver} (also for ${standsFor.join(', ')})`;
    const said = breakGlass ? pc.red('broke the glass') : decision === 'approve' ? 'said yes' : 'said no';
    output.line(`  ${environment.padEnd(10)} ${who} ${said} by ${channel} from ${from}, ${at.slice(0, 19).replace('T', ' ')} UTC, to ${digest.slice(0, 16)}${reason === '' ? '' : `: ${reason}`}`);
  }
}

/** The story of one release; a failure in one sentence first. */
export async function show(controlPlane: ControlPlane, output: Output, release: string, options: { follow: boolean }): Promise<ExitCode> {
  const id = await idOf(controlPlane, release);
  let answer = await controlPlane.ask(ShowAnswer, 'GET', `/releases/${encodeURIComponent(id)}`);
  const { release: it } = answer;
  output.line(`${pc.bold(it.id)}  ${coloured(it.outcome ?? it.state)}`);
  if (it.reason !== undefined) output.line(`  ${it.reason}`);
  output.line(it.mode === 'remove' ? `  removes what is deployed in ${it.removal?.environment ?? 'an environment'}, asked by ${it.author.name}: ${it.message}` : `  ${it.commit.slice(0, 8)} on ${shortName(it)} by ${it.author.name}: ${it.message}`);
  if (it.source.kind === 's3' && it.mode !== 'remove') output.line(`  from ${objectName(it.source)}; commit, author and message are what its uploader says`);
  for (const remark of it.remarks) output.line(`  ${pc.yellow('remark')} ${remark}`);
  if (it.checks !== undefined && it.checks.length > 0) output.line(`  ${checksTitle}:`);
  for (const line of checkLines(it.checks)) output.line(`    ${line}`);
  output.line();
  for (const line of answer.story) output.line(storyLine(line));
  if (options.follow && it.state !== 'ended') answer = await follow(controlPlane, output, id, answer.story.length);
  if (answer.targets.length > 0) output.line();
  targets(output, answer);
  if (answer.approvals.length > 0) output.line();
  approvals(output, answer);
  output.answer(answer);
  return answer.release.state === 'ended' ? outcomeCode(answer.release.outcome) : exitCodes.ok;
}
