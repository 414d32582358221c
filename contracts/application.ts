import * as z from 'zod';
import { ApplicationName, Capability, EnvironmentName, StackName } from './names.ts';

/** `drawbridge.yaml`: what the application's repository asks for, read at the released commit. */

/** Where a value does not stand in the file itself. What begins like one of these must be one: it is never taken literally by mistake. */
const elsewhere = [
  { begins: 'ssm:', whole: /^ssm:(\/[\w.-]+)+$/, means: 'ssm:/path/name, a parameter in Parameter Store of the target account' },
  { begins: 'ssm-tools:', whole: /^ssm-tools:(\/[\w.-]+)+$/, means: 'ssm-tools:/path/name, a parameter in Parameter Store of the tools account' },
  // A colon, a brace or a space would end or change the reference that CloudFormation is given.
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
/** `{environment}` and `{application}` are filled in. */
const StackPattern = z
  .string()
  .refine((text) => StackName.safeParse(text.replaceAll(/\{(environment|application)\}/g, 'x')).success, 'a stack name, with {environment} and {application} where wanted');

const Build = z.strictObject({
  kind: z.enum(['sam', 'cloudformation']),
  /** Path of the template, from the folder of this file. */
  template: z
    .string()
    .regex(/^(?!\/)(?!.*\.\.)[\w./-]+$/, 'a path inside the repository')
    .default('template.yaml'),
});

const EnvironmentSettings = z.strictObject({
  stack: StackPattern.optional(),
  parameters: Parameters.optional(),
  tags: Tags.optional(),
  capabilities: z.array(Capability).optional(),
  /** `true` asks for an approval where the registered environment does not; it cannot take one away. */
  approval: z.boolean().optional(),
});

export const ApplicationFile = z.strictObject({
  $schema: z.string().optional(),
  version: z.literal(1),
  application: ApplicationName.optional(),
  build: Build,
  stack: StackPattern.optional(),
  /** The environments that this application goes through, in order. Default: all that accept it, in registered order. */
  order: z.array(EnvironmentName).min(1).optional(),
  parameters: Parameters.optional(),
  tags: Tags.optional(),
  capabilities: z.array(Capability).optional(),
  environments: z.record(EnvironmentName, EnvironmentSettings).optional(),
});
export type ApplicationFile = z.infer<typeof ApplicationFile>;
