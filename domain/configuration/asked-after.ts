import type { FileSteps, FileTests } from '../../contracts/application.ts';
import type { CommandTest, DeclaredStep, HttpTest } from '../../contracts/steps.ts';
import { secondsOf } from './seconds.ts';

/** What is asked for after the stacks of an environment. */
export interface AskedAfter {
  readonly steps: readonly DeclaredStep[];
  readonly tests: readonly HttpTest[];
  readonly commands: readonly CommandTest[];
  readonly url?: string | undefined;
}

interface InFile {
  readonly steps?: FileSteps | undefined;
  readonly tests?: FileTests | undefined;
  readonly url?: string | undefined;
}

/** @param at from the folder of the file to the root of the repository */
export function askedAfter({ steps = [], tests = [], url }: InFile, at: (path: string) => string): AskedAfter {
  return {
    steps: steps.map((step): DeclaredStep => {
      if (!('publish' in step)) return { kind: 'parameters', values: step.parameters };
      const { publish, ...how } = step;
      return { kind: 'publish', folder: at(publish.replace(/\/$/, '')), ...how };
    }),
    tests: tests.flatMap((test) => {
      if (!('http' in test)) return [];
      const { http, within, ...expected } = test;
      return [{ url: http, ...expected, withinSeconds: secondsOf(within) }];
    }),
    commands: tests.flatMap((test) => {
      if (!('run' in test)) return [];
      const { folder, within, ...how } = test;
      return [{ ...how, folder: at(folder.replace(/\/$/, '')), withinMinutes: secondsOf(within) / 60 }];
    }),
    url,
  };
}
