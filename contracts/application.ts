import * as z from 'zod';
import { ApplicationName, Capability, EnvironmentName, StackKey, StackName } from './names.ts';

/** `drawbridge.yaml`: what the application's repository asks for, read at the released commit. */

/** Where a value does not stand in the file itself. What begins like one of these must be one: it is never taken literally by mistake. */
const elsewhere = [
  { begins: 'ssm:', whole: /^ssm:(\/[\w.-]+)+$/, means: 'ssm:/path/name, a parameter in Parameter Store of the target account' },
  { begins: 'ssm-tools:', whole: /^ssm-tools:(\/[\w.-]+)+$/, means: 'ssm-tools:/path/name, a parameter in Parameter Store of the tools account' },
  // A colon, a brace or a space would end or change the reference that CloudFormation is given.
  { begins: '${stacks.', whole: /^\$\{stacks\.[a-z][a-z0-9-]*\.outputs\.[A-Za-z0-9]+\}$/, means: '${stacks.NAME.outputs.OUTPUT}, an output of another stack of the application' },
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
const Tags = z.record(z.string().min(1).max(128), z.string().max(256));
/** `{environment}`, `{application}` and `{stack}` are filled in. */
const StackPattern = z
  .string()
  .refine((text) => StackName.safeParse(text.replaceAll(/\{(environment|application|stack)\}/g, 'x')).success, 'a stack name, with {environment}, {application} and {stack} where wanted');

/** Path of a file, from the folder of this file. */
const Path = z.string().regex(/^(?!\/)(?!.*\.\.)[\w./-]+$/, 'a path inside the repository');

const Build = z
  .strictObject({
    kind: z.enum(['sam', 'cloudformation', 'codedeploy']),
    /** Of an application with one stack. */
    template: Path.default('template.yaml'),
    /** Of an application that CodeDeploy deploys: the folder with its appspec.yml. */
    revision: Path.optional(),
  })
  .refine(({ kind, revision }) => (kind === 'codedeploy') === (revision !== undefined), 'the kind codedeploy names its revision, a folder with an appspec.yml; no other kind has one');

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
  /** `true` asks for an approval where the registered environment does not; it cannot take one away. */
  approval: z.boolean().optional(),
});

export const ApplicationFile = z.strictObject({
  $schema: z.string().optional(),
  version: z.literal(1),
  application: ApplicationName.optional(),
  build: Build,
  stack: StackPattern.optional(),
  /** An application of several stacks. Default: one. */
  stacks: z.record(StackKey, Stack).optional(),
  /** The environments that this application goes through, in order. Default: all that accept it, in registered order. */
  order: z.array(EnvironmentName).min(1).optional(),
  parameters: Parameters.optional(),
  tags: Tags.optional(),
  capabilities: z.array(Capability).optional(),
  environments: z.record(EnvironmentName, EnvironmentSettings).optional(),
});
export type ApplicationFile = z.infer<typeof ApplicationFile>;
