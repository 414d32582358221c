import type { Artifact, Target } from '../../contracts/release.ts';
import { ofOneStack, referencesIn } from '../outputs.ts';
import { mapVariables } from '../command-test.ts';
import { mapTexts, nameOf, textsOf } from '../steps.ts';
import type { AskedAfter } from './asked-after.ts';
import type { WantedStack } from './stacks.ts';

/** What belongs to one stack of an environment. */
type OfStack = Pick<Target, 'steps' | 'tests' | 'commands' | 'url'>;

/**
 * Gives each step, test and address to the stack whose outputs it takes; what takes none follows the last stack.
 * @param stacks those that come first come first
 */
export function afterStacks({ steps, tests, commands, url }: AskedAfter, stacks: readonly WantedStack[], artifact?: Pick<Artifact, 'folders' | 'testFolders'>): { of: (key: string | undefined) => OfStack; problems: string[] } {
  const problems: string[] = [];
  const owner = (texts: readonly string[], what: string): string | undefined => {
    const found = ownerOf(texts, stacks);
    if ('problem' in found) problems.push(`${what} ${found.problem}`);
    return 'problem' in found ? undefined : found.key;
  };
  const ofSteps = steps.map((step) => ({ key: owner(textsOf(step), `the step "${nameOf(step)}"`), value: mapTexts(step, ofOneStack) }));
  const ofTests = tests.map((test) => ({ key: owner([test.url], `the test of ${test.url}`), value: { ...test, url: ofOneStack(test.url) } }));
  const ofCommands = commands.map((command) => ({ key: owner(Object.values(command.variables), `the test "${command.run}"`), value: mapVariables(command, ofOneStack) }));
  const ofUrl = url === undefined ? [] : [{ key: owner([url], 'url:'), value: ofOneStack(url) }];
  if (artifact !== undefined) {
    for (const step of steps) {
      if (step.kind === 'publish' && artifact.folders?.some(({ folder }) => folder === step.folder) !== true) problems.push(leftNoFolder(step.folder));
    }
    for (const { folder } of commands) if (artifact.testFolders?.some((it) => it.folder === folder) !== true) problems.push(leftNoFolder(folder));
  }
  const own = <Value>(list: readonly { key: string | undefined; value: Value }[], key: string | undefined) => list.filter((it) => it.key === key).map(({ value }) => value);
  return {
    problems,
    of: (key) => {
      const [mine, tested, run, [address]] = [own(ofSteps, key), own(ofTests, key), own(ofCommands, key), own(ofUrl, key)];
      return { ...(mine.length === 0 ? {} : { steps: mine }), ...(tested.length === 0 ? {} : { tests: tested }), ...(run.length === 0 ? {} : { commands: run }), ...(address === undefined ? {} : { url: address }) };
    },
  };
}

const leftNoFolder = (folder: string) => `the build left no folder ${folder}. Correct the name, or retry the release, which builds it again.`;

function ownerOf(texts: readonly string[], stacks: readonly WantedStack[]): { readonly key: string | undefined } | { readonly problem: string } {
  const references = texts.flatMap((text) => referencesIn(text));
  const named = [...new Set(references.flatMap(({ stack }) => stack ?? []))];
  const several = stacks.some(({ key }) => key !== undefined);
  const keys = stacks.map(({ key = '' }) => key).join(', ');
  if (!several && named.length > 0) return { problem: 'names a stack, but the application has one stack only. Write ${outputs.NAME}.' };
  if (several && references.some(({ stack }) => stack === undefined)) return { problem: `takes an output of one of several stacks. Write \${stacks.STACK.outputs.NAME}; the stacks are ${keys}.` };
  if (named.length > 1) return { problem: `takes outputs of the stacks ${named.join(' and ')}. Write one for each stack.` };
  const stack = named.length === 0 ? stacks.at(-1) : stacks.find(({ key }) => key === named[0]);
  if (stack === undefined) return { problem: `takes an output of the stack ${named[0] ?? ''}, but there is no such stack; there are ${keys}.` };
  const outputs = stack.template?.outputs;
  const missing = outputs === undefined ? undefined : references.find(({ output }) => !outputs.includes(output));
  if (missing === undefined || outputs === undefined) return { key: stack.key };
  return { problem: `takes the output ${missing.output}, but the template${stack.key === undefined ? '' : ` of the stack ${stack.key}`} has ${outputs.length === 0 ? 'no outputs' : `only ${outputs.join(', ')}`}. Correct the name.` };
}
