import type { Environments } from '../contracts/environments.ts';

/** The names of stacks that an application may use, where its environment fixes none. */
export const stackPatterns = (application: string, registered: Pick<Environments['applications'][string], 'stacks'> | undefined): readonly string[] => registered?.stacks ?? [application, `${application}-*`];
