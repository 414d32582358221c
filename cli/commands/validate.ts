import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseApplicationFile } from '../../domain/configuration/application-file.ts';
import { parseEnvironmentsFile } from '../../domain/configuration/environments-file.ts';
import { type Problem } from '../../domain/configuration/problems.ts';
import { parseSamConfig } from '../../domain/configuration/samconfig.ts';
import { InvalidInputError } from '../../domain/errors.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Output } from '../output.ts';

const known = ['environments.yaml', 'drawbridge.yaml', 'samconfig.toml'];

function check(file: string, text: string): readonly Problem[] {
  const name = basename(file);
  const parsed = name.endsWith('.toml') ? parseSamConfig(text, file) : /^drawbridge\.ya?ml$/.test(name) ? parseApplicationFile(text, file) : parseEnvironmentsFile(text, file);
  return parsed.ok ? [] : parsed.problems;
}

/** Checks files without asking anybody. */
export async function validate(output: Output, files: readonly string[]): Promise<ExitCode> {
  const wanted = files.length > 0 ? files : known;
  const texts = await Promise.all(wanted.map(async (file) => ({ file, text: await readFile(file, 'utf8').catch(() => undefined) })));
  const missing = files.length > 0 ? texts.filter(({ text }) => text === undefined) : [];
  if (missing.length > 0) throw new InvalidInputError(`Reading ${missing.map(({ file }) => file).join(', ')}: there is no such file.`);
  const found = texts.flatMap(({ file, text }) => (text === undefined ? [] : [{ file, problems: check(file, text) }]));
  if (found.length === 0) throw new InvalidInputError(`Validating: there is none of ${known.join(', ')} here. Name a file.`);
  for (const { file, problems } of found) {
    if (problems.length === 0) output.line(`${file}: valid`);
    for (const { line, message } of problems) output.line(`${file}:${String(line)}: ${message}`);
  }
  output.answer(found.map(({ file, problems }) => ({ file, valid: problems.length === 0, problems })));
  return found.every(({ problems }) => problems.length === 0) ? exitCodes.ok : exitCodes.input;
}
