import { readFile } from 'node:fs/promises';

/** The program that builds run. It is bundled beside the function that starts them: `esbuild.config.mjs`. */
export const readProgram = (): Promise<string> => readFile(new URL('builder.mjs', import.meta.url), 'utf8');
