import { earlierOutput, ownOutput } from '../contracts/outputs.ts';

/** Outputs in text: `${outputs.NAME}` of a stack, `${environments.NAME.outputs.NAME}` of an environment that comes earlier. */

/** By name; those of an earlier environment by all that stands between the braces. */
export type Outputs = Readonly<Record<string, string>>;

const reference = new RegExp(`\\$\\{(?:(${earlierOutput})|${ownOutput})\\}`, 'g');

interface Match {
  /** All of it, where it is of an earlier environment. */
  readonly earlier: string | undefined;
  readonly stack: string | undefined;
  readonly output: string;
}

const parts = ([, earlier, , , , , stack, output = '']: readonly (string | undefined)[]): Match => ({ earlier, stack, output });
const matchesIn = (text: string): Match[] => [...text.matchAll(reference)].map((match) => parts(match));
const replaced = (text: string, to: (match: Match) => string | undefined): string => text.replaceAll(reference, (...match: string[]) => to(parts(match)) ?? match[0] ?? '');

export interface OutputReference {
  readonly stack: string | undefined;
  readonly output: string;
}

/** The outputs of the application's stacks in the same place that stand in a text. */
export const referencesIn = (text: string): OutputReference[] => matchesIn(text).flatMap(({ earlier, stack, output }) => (earlier === undefined ? [{ stack, output }] : []));

/** The outputs of earlier environments that stand in a text. */
export const earlierIn = (text: string): string[] => matchesIn(text).flatMap(({ earlier }) => earlier ?? []);

/** The same text about the one stack that it is known to mean. */
export const ofOneStack = (text: string): string => replaced(text, ({ earlier, output }) => (earlier === undefined ? `\${outputs.${output}}` : undefined));

/** The text with its outputs; one that is not known stays as it stands. */
export const filled = (text: string, outputs: Outputs): string => replaced(text, ({ earlier, output }) => outputs[earlier ?? output]);

/** Outputs in a text that are not known. */
export const unknownIn = (text: string, outputs: Outputs): string[] => matchesIn(text).flatMap(({ earlier, output }) => (outputs[earlier ?? output] === undefined ? [earlier ?? output] : []));

/** Everything that what comes after a stack can take: its own outputs, and those of earlier environments. */
export const outputsOf = (record: { readonly outputs?: Outputs | undefined; readonly taken?: Outputs | undefined } | undefined): Outputs => ({ ...record?.outputs, ...record?.taken });

export interface EarlierOutput {
  readonly environment: string;
  /** The registered target, where there are several. */
  readonly place: string | undefined;
  readonly stack: string | undefined;
  readonly output: string;
}

/** What `environments.dev.outputs.ApiUrl` means. */
export function earlierOutputOf(text: string): EarlierOutput {
  const [, environment = '', place, stack, output = ''] = new RegExp(`^${earlierOutput}$`).exec(text) ?? [];
  return { environment, place, stack, output };
}
