/** Outputs of a stack in text: `${outputs.NAME}`. */

export type Outputs = Readonly<Record<string, string>>;

const reference = /\$\{(?:stacks\.([a-z][a-z0-9-]*)\.)?outputs\.([A-Za-z0-9]+)\}/g;

export interface OutputReference {
  readonly stack: string | undefined;
  readonly output: string;
}

/** The outputs that stand in a text. */
export const referencesIn = (text: string): OutputReference[] => [...text.matchAll(reference)].map(([, stack, output = '']) => ({ stack, output }));

/** The same text about the one stack that it is known to mean. */
export const ofOneStack = (text: string): string => text.replaceAll(reference, (_, __, output: string) => `\${outputs.${output}}`);

/** The text with its outputs; one that is not known stays as it stands. */
export const filled = (text: string, outputs: Outputs): string => text.replaceAll(reference, (whole: string, _: string | undefined, output: string) => outputs[output] ?? whole);

/** Outputs in a text that are not known. */
export const unknownIn = (text: string, outputs: Outputs): string[] => referencesIn(text).flatMap(({ output }) => (outputs[output] === undefined ? [output] : []));
