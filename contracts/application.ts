import * as z from 'zod';
import { ApplicationName, Capability, EnvironmentName, StackName } from './names.ts';

/** `drawbridge.yaml`: what the application's repository asks for, read at the released commit. */

const Parameters = z.record(
  z.string().regex(/^[a-zA-Z0-9]{1,255}$/, 'a parameter name: letters and digits'),
  z.union([z.string(), z.number(), z.boolean()]).transform(String),
);
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
