import type { BuildRequest, BuildSteps } from '../contracts/build.ts';
import type { Configuration, Release } from '../contracts/release.ts';
import { canonical, sha256 } from './digest.ts';

type Wanted = Configuration & { readonly build: BuildSteps };

/** What a build is told: where an environment has several targets, the framework is told of the first. */
function requestOf({ id, application, commit }: Pick<Release, 'id' | 'application' | 'commit'>, { build, environments }: Wanted): BuildRequest {
  return {
    release: id,
    application,
    commit,
    steps: build,
    environments: environments.flatMap(({ name, targets: [target] }) => (target === undefined ? [] : [{ name, account: target.account, region: target.region }])),
  };
}

/** The program that a build runs, with what it is told as its first line: one object to read. */
export const buildProgram = (program: string, release: Pick<Release, 'id' | 'application' | 'commit'>, configuration: Wanted): string =>
  `const drawbridgeRequest = ${canonical(requestOf(release, configuration))};\n${program}`;

/** Where a build finds it: readable by builds of the application, writable by none. */
export const programKey = (application: string, program: string): string => `builder/${application}/${sha256(program)}.mjs`;
