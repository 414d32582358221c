import * as z from 'zod';
import { AccountId, ApplicationName, CommitId, EnvironmentName, Region, ReleaseId, StackKey } from './names.ts';

/** What a build is told, and what its checks said. */

export const BuildKind = z.enum(['sam', 'cloudformation', 'serverless', 'cdk', 'codedeploy', 'buildspec']);
export type BuildKind = z.infer<typeof BuildKind>;

export const Framework = z.enum(['osls', 'serverless']);
export type Framework = z.infer<typeof Framework>;

/** A command that is run before anything is packaged. */
export const BuildCheck = z.object({
  name: z.string(),
  run: z.string(),
  /** Where it fails, the build fails. */
  required: z.boolean(),
});
export type BuildCheck = z.infer<typeof BuildCheck>;

/** How a check ended, as the build says it of itself. */
export const CheckResult = z.strictObject({
  name: z.string().max(64),
  required: z.boolean(),
  passed: z.boolean(),
  seconds: z.number().min(0),
  /** What it said last, where it failed. */
  words: z.string().max(600).optional(),
});
export type CheckResult = z.infer<typeof CheckResult>;

/** Paths are from the root of the repository. */
export const BuildSteps = z.object({
  kind: BuildKind,
  /** The application's folder, when that is not the root. */
  folder: z.string().optional(),
  /** `sam`, `cloudformation`: what is packaged, by the stack that it makes. */
  templates: z.array(z.object({ stack: StackKey.optional(), path: z.string() })),
  /** What steps publish. */
  folders: z.array(z.string()).optional(),
  /** Where commands test what is deployed. */
  testFolders: z.array(z.string()).optional(),
  /** `serverless.yml`, or the buildspec of the repository. */
  file: z.string().optional(),
  framework: Framework.optional(),
  /** `cdk`: the command that makes the stacks; default: what `cdk.json` says. */
  app: z.string().optional(),
  /** `codedeploy`: the folder that is zipped. */
  revision: z.string().optional(),
  checks: z.array(BuildCheck).optional(),
});
export type BuildSteps = z.infer<typeof BuildSteps>;

/** Everything that a build is told; variables have no room for so much. */
export const BuildRequest = z.object({
  release: ReleaseId,
  application: ApplicationName,
  commit: CommitId,
  steps: BuildSteps,
  /** Whatever bakes the environment in is packaged once for each. */
  environments: z.array(z.object({ name: EnvironmentName, account: AccountId, region: Region })),
});
export type BuildRequest = z.infer<typeof BuildRequest>;
