import * as z from 'zod';
import { CheckResult } from './build.ts';
import { EnvironmentName, Sha256, StackKey, StackName } from './names.ts';

/**
 * `release.json`: what a build left, and where below its own prefix. It is written last. A build runs what anybody who
 * can push has written, so this is a wish like the files in the repository, never a proof.
 */

/** Below the build's own prefix. */
const File = z
  .string()
  .max(512)
  .regex(/^[\w.-]+(\/[\w.-]+)*$/, 'a file below the build\'s own prefix')
  .refine((path) => !path.split('/').includes('..'), 'a file below the build\'s own prefix');

/** Where a value stands elsewhere is for drawbridge.yaml to say, which is looked at before it is built. */
const Exported = z
  .string()
  .max(4096)
  .refine((value) => !/^(ssm:|ssm-tools:|secret:|\$\{(stacks|environments)\.)|\{\{resolve:/.test(value), 'a value itself, not where one is kept');

const PackedTemplate = z.strictObject({
  /** Which of the application's stacks it makes, where there are several. */
  stack: StackKey.optional(),
  /** Where there is another template for each environment. */
  environment: EnvironmentName.optional(),
  /** A packaged template: what it refers to lies below the same prefix. */
  file: File,
  /** The stack's name, where the framework decides it. */
  name: StackName.optional(),
  /** Stacks that come before it, where the framework knows. */
  after: z.array(StackKey).optional(),
});
export type PackedTemplate = z.infer<typeof PackedTemplate>;

/** A folder for steps: every object below the prefix is a file of it. */
const PackedFolder = z.strictObject({ folder: z.string().max(512), prefix: File });

/** A folder for tests, as one zip. */
const PackedTestFolder = z.strictObject({ folder: z.string().max(512), file: File });

/** Whoever packs it can say this. */
const Fields = z.strictObject({
  version: z.literal(1),
  templates: z.array(PackedTemplate).max(200),
  checks: z.array(CheckResult).max(50).optional(),
  /** Values for parameters of the templates, by their names. */
  exports: z.record(z.string().regex(/^[a-zA-Z0-9]{1,255}$/, 'a parameter name: letters and digits'), Exported).optional(),
  /** What CodeDeploy deploys: a zip with its AppSpec. */
  revision: z.strictObject({ file: File }).optional(),
});
const isDistinct = ({ templates }: Pick<z.infer<typeof Fields>, 'templates'>) => new Set(templates.map(({ stack = '', environment = '' }) => `${stack}@${environment}`)).size === templates.length;
const distinct = 'one template for each stack and environment';

export const Packed = Fields.extend({
  folders: z.array(PackedFolder).max(20).optional(),
  testFolders: z.array(PackedTestFolder).max(20).optional(),
  /** SHA-256 of what lies below the prefix, as far as the build knows. */
  files: z.record(z.string(), Sha256).optional(),
}).refine(isDistinct, distinct);
export type Packed = z.infer<typeof Packed>;

/** `release.json` of an upload that is ready. Which folders are published, its `drawbridge.yaml` says; paths are from the root of the archive. */
export const ReadyList = Fields.refine(isDistinct, distinct).refine(({ templates, revision }) => templates.length > 0 || revision !== undefined, 'it names neither a template nor a revision');
export type ReadyList = z.infer<typeof ReadyList>;
