import { parseDocument } from 'yaml';
import * as z from 'zod';
import { DeploymentFailedError, InvalidInputError } from './errors.ts';

/**
 * Where a build put what it made. CodeBuild names a build's session after the build, and the policy of the build's role
 * confines it to a prefix of that name: `incoming/<application>/<role id>:AWSCodeBuild-<uuid>/`.
 * @throws DeploymentFailedError when it put nothing there
 */
export function incomingPrefix(keys: readonly string[], application: string, buildId: string): string {
  const uuid = buildId.slice(buildId.indexOf(':') + 1);
  const session = new RegExp(`^incoming/${application}/[A-Z0-9]+:AWSCodeBuild-${uuid}/`);
  const prefix = keys.map((key) => session.exec(key)?.[0]).find((found) => found !== undefined);
  if (prefix === undefined || !keys.includes(`${prefix}template.yaml`)) throw new DeploymentFailedError(`Sealing the artifact: build ${buildId} left no template.yaml. Its log says more.`);
  return prefix;
}

const Template = z.looseObject({ Resources: z.record(z.string(), z.unknown()), Parameters: z.record(z.string(), z.unknown()).optional() });

export interface Packaged {
  readonly text: string;
  readonly content: unknown;
  /** Names of the template's parameters. */
  readonly parameters: string[];
  /** Those whose values CloudFormation keeps to itself. */
  readonly noEcho: string[];
}

/** Short forms such as `!Ref` are kept as what they hold; only references to S3 are looked for. */
export function readPackaged(text: string): Packaged {
  const document = parseDocument(text, { logLevel: 'silent', prettyErrors: false });
  const trouble = document.errors[0];
  if (trouble !== undefined) throw new InvalidInputError(`Sealing the artifact: the packaged template is not YAML: ${trouble.message}. Correct the template and push again.`);
  const content = contentOf(document);
  const parsed = Template.safeParse(content);
  if (!parsed.success) throw new InvalidInputError('Sealing the artifact: the template has no Resources. Correct the template and push again.');
  const parameters = Object.entries(parsed.data.Parameters ?? {});
  return { text, content, parameters: parameters.map(([name]) => name), noEcho: parameters.filter(([, it]) => isNoEcho(it)).map(([name]) => name) };
}

const NoEcho = z.object({ NoEcho: z.union([z.literal(true), z.string().regex(/^true$/i)]) });
const isNoEcho = (parameter: unknown): boolean => NoEcho.safeParse(parameter).success;

function contentOf(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new InvalidInputError(`Sealing the artifact: the aliases of the packaged template cannot be followed: ${error instanceof Error ? error.message : String(error)}. Write out what they stand for and push again.`, { cause: error });
  }
}
