import * as z from 'zod';

/** What is done in a target after its stack, as `drawbridge.yaml` asks for it: values may take outputs, `${outputs.NAME}`, of that stack. */

/** A folder of what was built goes into a bucket. */
export const PublishStep = z.object({
  kind: z.literal('publish'),
  /** From the root of the repository. */
  folder: z.string(),
  bucket: z.string(),
  /** Before the names of all files; empty, or with a slash at the end. */
  prefix: z.string(),
  /** A CloudFront distribution whose copies are thrown away then. */
  invalidate: z.string().optional(),
  /** What lies below the prefix and is not in the folder is deleted. */
  delete: z.boolean(),
  /** Files whose content never changes under their name. */
  immutable: z.array(z.string()),
});
export type PublishStep = z.infer<typeof PublishStep>;

/** Values go into Parameter Store of the target account. */
export const ParametersStep = z.object({ kind: z.literal('parameters'), values: z.record(z.string(), z.string()) });
export type ParametersStep = z.infer<typeof ParametersStep>;

export const DeclaredStep = z.discriminatedUnion('kind', [PublishStep, ParametersStep]);
export type DeclaredStep = z.infer<typeof DeclaredStep>;

/** An address that must answer as expected, or what is deployed does not work. */
export const HttpTest = z.object({
  url: z.string(),
  status: z.int(),
  /** What the body must hold; between two slashes it is a regular expression. */
  body: z.string().optional(),
  withinSeconds: z.int(),
});
export type HttpTest = z.infer<typeof HttpTest>;

/** A command that must succeed: CodeBuild runs it in the target account, in a folder of what was built. */
export const CommandTest = z.object({
  run: z.string(),
  /** From the root of the repository. */
  folder: z.string(),
  variables: z.record(z.string(), z.string()),
  /** Default: the one that the target account names. */
  image: z.string().optional(),
  withinMinutes: z.int(),
});
export type CommandTest = z.infer<typeof CommandTest>;

/** The files of one folder: sealed by content, its SHA-256 is the folder's digest. */
export const Listing = z.object({
  version: z.literal(1),
  files: z.array(z.object({ path: z.string(), key: z.string(), sha256: z.string(), bytes: z.int() })),
});
export type Listing = z.infer<typeof Listing>;
