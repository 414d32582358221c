import { readFile } from 'node:fs/promises';
import pc from 'picocolors';
import { RegisterAnswer } from '../../contracts/commands.ts';
import { InvalidInputError } from '../../domain/errors.ts';
import { ask } from '../agree.ts';
import type { ControlPlane } from '../connect.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Output } from '../output.ts';

interface Options {
  readonly dryRun: boolean;
  readonly yes: boolean;
}

const colour = (line: string): string => (line.startsWith('+') ? pc.green(line) : line.startsWith('-') ? pc.red(line) : pc.yellow(line));

/** Shows what would differ, asks, and registers exactly what was shown. */
export async function register(controlPlane: ControlPlane, output: Output, file: string, { dryRun, yes }: Options): Promise<ExitCode> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new InvalidInputError(`Reading ${file}: there is no such file.`);
  });
  const shown = await controlPlane.ask(RegisterAnswer, 'POST', '/registry', { text, dryRun: true });
  for (const line of shown.difference) output.line(`  ${colour(line)}`);
  for (const line of shown.leaves) output.line(`  ${pc.red('leaves')} ${line}`);
  if (!shown.changed) output.line(`Nothing differs from version ${String(shown.version)}.`);
  if (dryRun || !shown.changed) {
    output.answer(shown);
    return exitCodes.ok;
  }
  if (!yes && !/^y(es)?$/i.test(await ask(output, 'Register this? [y/N] ', `Registering ${file}`))) {
    output.line('Nothing was registered.');
    return exitCodes.ok;
  }
  const registered = await controlPlane.ask(RegisterAnswer, 'POST', '/registry', { text, expectedVersion: shown.version });
  output.line(`Registered as version ${String(registered.version)}.`);
  for (const line of registered.leaves) output.line(`  ${pc.red('leaves')} ${line}`);
  output.answer(registered);
  return exitCodes.ok;
}
