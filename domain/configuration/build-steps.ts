import type { ApplicationFile } from '../../contracts/application.ts';
import type { BuildCheck, BuildSteps } from '../../contracts/build.ts';
import { fits } from '../wildcard.ts';
import type { Reference } from '../reference.ts';
import { askedAfter } from './asked-after.ts';

export interface AskedBuild extends Omit<BuildSteps, 'checks'> {
  readonly checks?: readonly (BuildCheck & { readonly branches?: readonly string[] | undefined })[] | undefined;
}

/** From the application's folder to the root of the repository. */
export type At = (path: string) => string;

/** How the file wants to be built. */
export function buildSteps(file: ApplicationFile, at: At): AskedBuild {
  const { build, stacks, checks } = file;
  const folder = at('').replace(/\/$/, '');
  const own = { ...(folder === '' ? {} : { folder }), ...(checks === undefined ? {} : { checks }) };
  const common = { kind: build.kind, ...own, ...sealedFolders(file, at) };
  switch (build.kind) {
    case 'sam':
    case 'cloudformation': {
      const several = Object.entries(stacks ?? {}).map(([stack, { template }]) => ({ stack, path: at(template ?? `${stack}.yaml`) }));
      return { ...common, templates: stacks === undefined ? [{ path: at(build.template) }] : several };
    }
    case 'serverless':
      return { ...common, templates: [], file: at(build.config), framework: build.framework };
    case 'cdk':
      return { ...common, templates: [], app: build.app };
    case 'codedeploy':
      // There is no stack, so there are no steps after one.
      return { kind: build.kind, ...own, templates: [], revision: at(build.revision) };
    case 'buildspec':
      return { ...common, templates: [], file: at(build.file) };
  }
}

/** What steps publish, and where commands test, in any environment. */
function sealedFolders({ steps = [], tests = [], environments = {}, branches = [] }: ApplicationFile, at: At): Pick<BuildSteps, 'folders' | 'testFolders'> {
  const others = [...Object.values(environments), ...branches];
  const all = askedAfter({ steps: [...steps, ...others.flatMap((it) => it.steps ?? [])], tests: [...tests, ...others.flatMap((it) => it.tests ?? [])] }, at);
  const folders = [...new Set(all.steps.flatMap((step) => (step.kind === 'publish' ? [step.folder] : [])))];
  const testFolders = [...new Set(all.commands.map(({ folder }) => folder))];
  return { ...(folders.length === 0 ? {} : { folders }), ...(testFolders.length === 0 ? {} : { testFolders }) };
}

/** The checks that this push is put to. A tag may stand anywhere and go far, so it is put to all of them. */
export function stepsFor({ checks, ...steps }: AskedBuild, { branch }: Reference): BuildSteps {
  if (checks === undefined) return steps;
  const wanted = checks.filter(({ branches }) => branch === undefined || branches === undefined || branches.some((pattern) => fits(pattern, branch)));
  return { ...steps, checks: wanted.map(({ name, run, required }) => ({ name, run, required })) };
}
