import pc from 'picocolors';
import { DoctorAnswer, type FindingState } from '../../contracts/doctor.ts';
import type { ControlPlane } from '../connect.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Output } from '../output.ts';

const marks: Readonly<Record<FindingState, string>> = { good: pc.green('✓'), remark: pc.yellow('!'), unknown: pc.yellow('!'), bad: pc.red('✗') };

/** Is everything there that a release will need? What to do is said where something is not as it should be. */
export async function doctor(controlPlane: ControlPlane, output: Output, environment: string | undefined): Promise<ExitCode> {
  const answer = await controlPlane.ask(DoctorAnswer, 'POST', '/doctor', environment === undefined ? {} : { environment });
  for (const { about, findings } of answer.groups) {
    output.line(pc.bold(about));
    for (const { state, what, says, why, todo } of findings) {
      output.line(`  ${marks[state]} ${what}: ${says}`);
      if (state !== 'bad' && state !== 'remark') continue;
      output.line(`      ${pc.dim(why)}`);
      output.line(`      ${todo}`);
    }
  }
  const count = (state: FindingState) => answer.groups.flatMap(({ findings }) => findings).filter((finding) => finding.state === state).length;
  output.line();
  output.line(`${String(count('bad'))} to mend, ${String(count('remark'))} to think about, ${String(count('unknown'))} could not be checked, ${String(count('good'))} good.`);
  output.answer(answer);
  return answer.healthy ? exitCodes.ok : exitCodes.unhealthy;
}
