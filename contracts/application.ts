import * as z from 'zod';
import { BuildKind, Framework } from './build.ts';
import { ApplicationName, Capability, EnvironmentName, StackKey, StackName, Tags, Time } from './names.ts';
import { earlierOutput, ownOutput } from './outputs.ts';

/** `drawbridge.yaml`: what the application's repository asks for, read at the released commit. */

/** Where a value does not stand in the file itself. What begins like one of these must be one: it is never taken literally by mistake. */
const elsewhere = [
  { begins: 'ssm:', whole: /^ssm:(\/[\w.-]+)+$/, means: 'ssm:/path/name, a parameter in Parameter Store of the target account' },
  { begins: 'ssm-tools:', whole: /^ssm-tools:(\/[\w.-]+)+$/, means: 'ssm-tools:/path/name, a parameter in Parameter Store of the tools account' },
  // A colon, a brace or a space would end or change the reference that CloudFormation is given.
  { begins: '${stacks.', whole: /^\$\{stacks\.[a-z][a-z0-9-]*\.outputs\.[A-Za-z0-9]+\}$/, means: '${stacks.NAME.outputs.OUTPUT}, an output of another stack of the application' },
  { begins: '${environments.', whole: new RegExp(`^\\$\\{${earlierOutput}\\}$`), means: '${environments.NAME.outputs.OUTPUT}, an output of an earlier environment, with .targets.NAME and .stacks.NAME before .outputs where there are several' },
  { begins: 'secret:', whole: /^secret:[\w/+=.@-]{1,512}(#[\w/+=.@-]{1,256})?$/, means: 'secret:NAME or secret:NAME#KEY, a secret in Secrets Manager of the target account' },
] as const;

const ParameterValue = z
  .union([z.string(), z.number(), z.boolean()])
  .transform(String)
  .superRefine((text, context) => {
    const wrong = elsewhere.find(({ begins, whole }) => text.startsWith(begins) && !whole.test(text));
    if (wrong !== undefined) context.addIssue({ code: 'custom', message: `it must be ${wrong.means}` });
  });

const Parameters = z.record(z.string().regex(/^[a-zA-Z0-9]{1,255}$/, 'a parameter name: letters and digits'), ParameterValue);
/** `{environment}`, `{application}` and `{stack}` are filled in. */
const StackPattern = z
  .string()
  .refine((text) => StackName.safeParse(text.replaceAll(/\{(environment|application|stack)\}/g, 'x')).success, 'a stack name, with {environment}, {application} and {stack} where wanted');

/** Path of a file, from the folder of this file. */
const pathOr = (missing?: string) => z.string(missing).regex(/^(?!\/)(?!.*\.\.)[\w./-]+$/, 'a path inside the repository');
const Path = pathOr();

const anyOutput = new RegExp(`\\$\\{(?:${earlierOutput}|${ownOutput})\\}`, 'g');

/**
 * Text in which outputs of a stack stand as `${outputs.NAME}`, or as `${stacks.STACK.outputs.NAME}` where there are several
 * stacks, and those of an earlier environment as `${environments.NAME.outputs.NAME}`.
 */
const WithOutputs = z
  .string()
  .min(1)
  .max(1000)
  .refine((text) => !text.replaceAll(anyOutput, '').includes('${'), 'only ${outputs.NAME}, ${stacks.STACK.outputs.NAME} or ${environments.NAME.outputs.NAME} can stand in it');

const Pattern = z.string().regex(/^(?!\/)(?!.*\.\.)[^\\]+$/, 'a path from the folder, such as assets/**').max(256);

/** A folder of the repository, as it is after the build, goes into a bucket of the target account. */
const Publish = z.strictObject({
  publish: Path,
  bucket: WithOutputs,
  prefix: z.string().regex(/^([\w.-]+\/)*$/, 'a path that ends with a slash, such as site/').max(256).default(''),
  invalidate: WithOutputs.optional(),
  delete: z.boolean().default(false),
  immutable: z.array(Pattern).max(20).default([]),
});

/** Values go into Parameter Store of the target account. */
const WriteParameters = z.strictObject({
  parameters: z
    .record(z.string().regex(/^(\/[\w.-]+)+$/, 'a parameter such as /orders/api-url').max(200), WithOutputs)
    .refine((values) => Object.keys(values).length > 0 && Object.keys(values).length <= 10, 'one to ten parameters; several steps can write more'),
});

/** Text between two slashes must be a regular expression. */
function isPattern(text: string): boolean {
  const [, pattern] = /^\/(.+)\/$/s.exec(text) ?? [];
  try {
    return pattern === undefined || new RegExp(pattern) instanceof RegExp;
  } catch {
    return false;
  }
}

const Steps = z.array(z.union([Publish, WriteParameters])).max(20);

const HttpTest = z.strictObject({
  http: WithOutputs,
  status: z.int().min(100).max(599).default(200),
  body: z.string().min(1).max(200).refine(isPattern, 'text, or a regular expression between two slashes').optional(),
  /** It is tried again until then. */
  within: z.string().regex(/^\d+ (second|minute)s?$/, 'a time such as "30 seconds" or "2 minutes"').default('2 minutes'),
});

/** A command that CodeBuild runs in the target account, in a folder of the repository as it is after the build. */
const CommandTest = z.strictObject({
  run: z.string().min(1).max(2000),
  folder: Path,
  variables: z.record(z.string().regex(/^(?!DRAWBRIDGE_|CODEBUILD_|AWS_)[A-Z][A-Z0-9_]{0,99}$/, 'a variable such as API_URL, which does not begin with DRAWBRIDGE_, CODEBUILD_ or AWS_'), WithOutputs).default({}),
  image: z.string().regex(/^[\w./:@-]{1,256}$/, 'an image such as aws/codebuild/amazonlinux-aarch64-standard:3.0').optional(),
  /** CodeBuild knows no time below five minutes (CodeBuild API: StartBuild). */
  within: z.string().regex(/^([5-9]|[1-9]\d|1[01]\d|120) minutes$/, 'a time such as "10 minutes", from 5 to 120').default('10 minutes'),
});

const Tests = z.array(z.union([HttpTest, CommandTest])).max(20);

const FromTemplates = {
  /** Of an application with one stack. */
  template: Path.default('template.yaml'),
};

const Build = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('sam'), ...FromTemplates }),
    z.strictObject({ kind: z.literal('cloudformation'), ...FromTemplates }),
    z.strictObject({
      kind: z.literal('serverless'),
      config: Path.default('serverless.yml'),
      /** `serverless` needs what its licence asks for. */
      framework: Framework.default('osls'),
    }),
    z.strictObject({
      kind: z.literal('cdk'),
      /** The command that makes the stacks. Default: `app` of `cdk.json`. */
      app: z.string().min(1).max(500).optional(),
    }),
    z.strictObject({
      kind: z.literal('codedeploy'),
      /** The folder with its appspec.yml. */
      revision: pathOr('the kind codedeploy names its revision, a folder with an appspec.yml'),
    }),
    z.strictObject({ kind: z.literal('buildspec'), file: Path.default('buildspec.yml') }),
  ],
  { error: `the kind must be one of ${BuildKind.options.join(', ')}` },
);

/** A command that is run before anything is packaged. */
const Check = z.strictObject({
  name: z.string().regex(/^[\w .:-]{1,64}$/, 'a name of letters, digits, spaces and . : _ -'),
  run: z.string().min(1).max(2000),
  /** Where it fails, the build fails. */
  required: z.boolean().default(true),
  /** Pushes to other branches go without it. A tag never does. */
  branches: z.array(z.string().min(1)).min(1).optional(),
});

/** One of several stacks. */
const Stack = z.strictObject({
  /** Default: `<name>.yaml`. */
  template: Path.optional(),
  stack: StackPattern.optional(),
  /** Besides those at the top, of which each stack takes what its template knows. */
  parameters: Parameters.optional(),
  capabilities: z.array(Capability).optional(),
  /** Stacks that come before it, besides those whose outputs it takes. */
  after: z.array(StackKey).optional(),
});

const EnvironmentSettings = z.strictObject({
  stack: StackPattern.optional(),
  parameters: Parameters.optional(),
  tags: Tags.optional(),
  capabilities: z.array(Capability).optional(),
  /** What is different here for one of several stacks. */
  stacks: z.record(StackKey, z.strictObject({ stack: StackPattern.optional(), parameters: Parameters.optional() })).optional(),
  /** In the place of those for every environment. */
  steps: Steps.optional(),
  tests: Tests.optional(),
  url: WithOutputs.optional(),
  /** `true` asks for an approval where the registered environment does not; it cannot take one away. */
  approval: z.boolean().optional(),
});

/** Branches that each get an environment of their own, in a registered one that is disposable. The first that fits is taken. */
const Branch = EnvironmentSettings.extend({
  /** `*` stands for any run of characters. */
  branch: z.string().min(1).max(256),
  environment: EnvironmentName,
  /** From when it is made. The registered environment may allow less of all three. */
  timeToLive: Time.default('14 days'),
  /** From the last release. */
  idle: Time.default('3 days'),
  atOnce: z.int().min(1).max(1000).default(5),
});

const Fields = z.strictObject({
  $schema: z.string().optional(),
  version: z.literal(1),
  application: ApplicationName.optional(),
  build: Build,
  /** Unit tests, scans, linters: run in the build, before anything is packaged. */
  checks: z.array(Check).max(20).refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'each check has a name of its own').optional(),
  stack: StackPattern.optional(),
  /** An application of several stacks. Default: one. */
  stacks: z.record(StackKey, Stack).optional(),
  /** The environments that this application goes through, in order. Default: all that accept it, in registered order. */
  order: z.array(EnvironmentName).min(1).optional(),
  parameters: Parameters.optional(),
  tags: Tags.optional(),
  capabilities: z.array(Capability).optional(),
  /** What is done in each target after its stack, in order. */
  steps: Steps.optional(),
  /** What must work before a release goes on. */
  tests: Tests.optional(),
  /** Where an environment can be looked at. Default: every output that is an address. */
  url: WithOutputs.optional(),
  environments: z.record(EnvironmentName, EnvironmentSettings).optional(),
  /** Branch environments. */
  branches: z.array(Branch).max(50).optional(),
});

export const ApplicationFile = Fields.superRefine(({ build, stacks }, context) => {
  if (build.kind === 'serverless' && stacks !== undefined) context.addIssue({ code: 'custom', path: ['stacks'], message: 'a service of the Serverless Framework is one stack; leave stacks away' });
});

const notBuilt = z.never('an upload that is ready is not built; leave it away').optional();

/** `drawbridge.yaml` in an upload that is ready. */
export const ReadyFile = Fields.extend({ build: notBuilt, checks: notBuilt, stacks: z.record(StackKey, Stack.omit({ template: true })).optional() });
export type ReadyFile = z.infer<typeof ReadyFile>;

export type FileSteps = z.infer<typeof Steps>;
export type FileTests = z.infer<typeof Tests>;
export type ApplicationFile = z.infer<typeof ApplicationFile>;
