import type { ApplicationFile, ReadyFile } from '../../contracts/application.ts';
import type { Capability } from '../../contracts/names.ts';
import type { Lookup } from '../../contracts/release.ts';
import type { Life } from '../branch-life.ts';
import { type AskedAfter, askedAfter } from './asked-after.ts';
import { type AskedBuild, type At, buildSteps } from './build-steps.ts';
import { parameterValues } from './parameter-values.ts';
import { secondsOf } from './seconds.ts';
import type { SamConfig } from './samconfig.ts';

/** What a repository asks for, whichever file says it. */
export interface Asked {
  /** The file to name when something in it is wrong. */
  readonly file: string;
  readonly application?: string | undefined;
  /** Missing where nothing is built. */
  readonly build?: AskedBuild | undefined;
  /** Several stacks, by name. Default: one. */
  readonly stacks?: Readonly<Record<string, AskedStack>> | undefined;
  readonly order?: readonly string[] | undefined;
  readonly environments: Readonly<Record<string, AskedEnvironment>>;
  /** For environments that the file does not name. */
  readonly otherwise: AskedEnvironment;
  /** Branch environments; the first that fits is taken. */
  readonly branches?: readonly AskedBranch[] | undefined;
}

/** Which branches get environments of their own, in which registered one, and for how long. */
export interface AskedBranch {
  readonly pattern: string;
  readonly environment: string;
  readonly life: Life;
  readonly settings: AskedEnvironment;
}

/** Values for a template. */
interface AskedValues {
  readonly parameters: Readonly<Record<string, string>>;
  /** Parameters whose values are kept elsewhere. */
  readonly lookups?: Readonly<Record<string, Lookup>> | undefined;
}

export interface AskedStack extends AskedValues {
  readonly stack?: string | undefined;
  readonly capabilities?: readonly Capability[] | undefined;
  readonly after: readonly string[];
}

export interface AskedEnvironment extends AskedValues {
  readonly stack?: string | undefined;
  readonly region?: string | undefined;
  /** What is different here for one of several stacks. */
  readonly stacks?: Readonly<Record<string, AskedValues & { readonly stack?: string | undefined }>> | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly capabilities?: readonly Capability[] | undefined;
  /** What comes after the stacks. */
  readonly after?: AskedAfter | undefined;
  readonly asksApproval: boolean;
  readonly roleArn?: string | undefined;
  readonly ignored: readonly string[];
}

export function askedByFile(file: ApplicationFile | ReadyFile, at: At): Asked {
  const where = at('drawbridge.yaml');
  const otherwise = { stack: file.stack, ...parameterValues(file.parameters ?? {}, where), tags: file.tags ?? {}, capabilities: file.capabilities, after: askedAfter(file, at), asksApproval: false, ignored: [] };
  return {
    file: where,
    application: file.application,
    build: file.build === undefined ? undefined : buildSteps(file, at),
    stacks: file.stacks === undefined ? undefined : mapped(file.stacks, (it) => ({ stack: it.stack, capabilities: it.capabilities, after: it.after ?? [], ...parameterValues(it.parameters ?? {}, where) })),
    order: file.order,
    otherwise,
    environments: mapped(file.environments ?? {}, (it) => settings(file, it, at)),
    branches: file.branches?.map(({ branch, environment, timeToLive, idle, atOnce, ...it }) => ({
      pattern: branch,
      environment,
      life: { timeToLiveSeconds: secondsOf(timeToLive), idleSeconds: secondsOf(idle), atOnce },
      settings: settings(file, it, at),
    })),
  };
}

type FileSettings = NonNullable<ApplicationFile['environments']>[string];

/** What is said for one environment comes before what is said for all. */
function settings(file: ApplicationFile | ReadyFile, it: FileSettings, at: At): AskedEnvironment {
  const where = at('drawbridge.yaml');
  return {
    stack: it.stack ?? file.stack,
    ...parameterValues({ ...file.parameters, ...it.parameters }, where),
    stacks: mapped(it.stacks ?? {}, ({ stack, parameters }) => ({ stack, ...parameterValues(parameters ?? {}, where) })),
    tags: { ...file.tags, ...it.tags },
    capabilities: it.capabilities ?? file.capabilities,
    after: askedAfter({ steps: it.steps ?? file.steps, tests: it.tests ?? file.tests, url: it.url ?? file.url }, at),
    asksApproval: it.approval ?? false,
    ignored: [],
  };
}

const mapped = <Value, Other>(record: Readonly<Record<string, Value>>, to: (value: Value) => Other): Record<string, Other> => Object.fromEntries(Object.entries(record).map(([name, value]) => [name, to(value)]));

const nothing: AskedEnvironment = { parameters: {}, tags: {}, asksApproval: false, ignored: [] };

/** @param known environments that the registry has: a config-env counts when it has the name of one */
export function askedBySamConfig(config: SamConfig, known: readonly string[], at: At): Asked {
  const environments = Object.fromEntries(Object.entries(config.environments).filter(([name]) => known.includes(name)));
  return { file: at('samconfig.toml'), build: { kind: 'sam', templates: [{ path: at(config.template ?? 'template.yaml') }] }, order: known.filter((name) => name in environments), environments, otherwise: nothing };
}

/** What is ready needs no file that says anything. */
export const askedByNobody: Asked = { file: 'the upload', environments: {}, otherwise: nothing };

/** A template alone says how it is built, and nothing else. */
export function askedByTemplate(template: string, text: string): Asked {
  const kind = text.includes('AWS::Serverless-2016-10-31') ? 'sam' : 'cloudformation';
  return { file: template, build: { kind, templates: [{ path: template }] }, environments: {}, otherwise: nothing };
}
