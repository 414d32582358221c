import { createInterface } from 'node:readline/promises';
import { InvalidInputError } from '../domain/errors.ts';
import type { Output } from './output.ts';

/**
 * What a person answers on the terminal.
 * @param doing what would be done, for the sentence where nobody can be asked
 * @throws InvalidInputError where nobody is there, or a program reads what is written
 */
export async function ask(output: Output, question: string, doing: string): Promise<string> {
  if (output.json || !process.stdin.isTTY) throw new InvalidInputError(`${doing}: nobody is there to be asked. Look at it with --dry-run, then give --yes.`);
  const asking = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await asking.question(question);
  asking.close();
  return answer.trim();
}
