import { inflateRawSync } from 'node:zlib';
import { parseDocument } from 'yaml';
import * as z from 'zod';
import { Packed } from '../contracts/packed.ts';
import { sha256 } from './digest.ts';
import { isZip } from './equal-zip.ts';
import { DeploymentFailedError, InvalidInputError } from './errors.ts';
import { readZip, type ZipFile } from './zip.ts';

/**
 * Where a build put what it made. CodeBuild names a build's session after the build, and the policy of the build's role
 * confines it to a prefix of that name: `incoming/<application>/<role id>:AWSCodeBuild-<uuid>/`.
 * @throws DeploymentFailedError when it put nothing there
 */
export function incomingPrefix(keys: readonly string[], application: string, buildId: string): string {
  const uuid = buildId.slice(buildId.indexOf(':') + 1);
  const session = new RegExp(`^incoming/${application}/[A-Z0-9]+:AWSCodeBuild-${uuid}/`);
  const prefix = keys.map((key) => session.exec(key)?.[0]).find((found) => found !== undefined);
  if (prefix === undefined || !keys.includes(`${prefix}${packedFile}`)) throw new DeploymentFailedError(`Sealing the artifact: build ${buildId} left no ${packedFile}. Its log says more.`);
  return prefix;
}

/** Where a build lists what it left. */
export const packedFile = 'release.json';

/** @throws InvalidInputError for what is not as the build left it */
export function refuseChanged(file: string, bytes: Uint8Array, expected: string | undefined): void {
  if (expected === undefined) throw new InvalidInputError(`Sealing the artifact: the build did not say what the digest of ${file} is. Deploy infra/application.yaml again for the application, then retry the release.`);
  if (sha256(bytes) !== expected) throw new InvalidInputError(`Sealing the artifact: ${file} is not what the build left: its digest is another one. Somebody wrote it after the build; retry the release, which builds it again.`);
}

/** @throws InvalidInputError for what is not as the build listed it. What packaging tools upload themselves is in no list; in a folder there is nothing of theirs. */
export function refuseAltered({ files = {}, folders = [] }: Pick<Packed, 'files' | 'folders'>, file: string, bytes: Uint8Array): void {
  if (Object.hasOwn(files, file)) refuseChanged(file, bytes, files[file]);
  else if (folders.some(({ prefix }) => file.startsWith(`${prefix}/`))) throw new InvalidInputError(`Sealing the artifact: ${file} is not among what the build left. Somebody wrote it after the build; retry the release, which builds it again.`);
}

/** @throws InvalidInputError for a list that is not one */
export function readPacked(text: string): Packed {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new InvalidInputError(`Sealing the artifact: ${packedFile} of the build is not JSON. Its log says more.`, { cause: error });
  }
  const parsed = Packed.safeParse(content);
  const [issue] = parsed.error?.issues ?? [];
  if (!parsed.success) throw new InvalidInputError(`Sealing the artifact: ${packedFile} of the build: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}. The log of the build says more.`);
  return parsed.data;
}

/** An AppSpec that is kept in our records. */
const longestAppSpec = 16_384;

/** Method 0 keeps a file as it is, 8 deflates it (PKWARE, "APPNOTE", 4.4.5). */
const contentOfFile = ({ method, compressed }: ZipFile): Buffer => (method === 0 ? compressed : inflateRawSync(compressed, { maxOutputLength: longestAppSpec }));

const LambdaAppSpec = z.looseObject({ Resources: z.array(z.record(z.string(), z.looseObject({ Type: z.literal('AWS::Lambda::Function') }))).length(1) });

/**
 * The AppSpec of a revision where it is one for a Lambda function; the files of any other are what counts.
 * @throws InvalidInputError for a revision without an AppSpec at its root
 */
export function lambdaAppSpec(bytes: Uint8Array): string | undefined {
  const file = isZip(bytes) ? readZip(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)).find(({ name }) => name.toString() === 'appspec.yml') : undefined;
  if (file !== undefined) {
    if (file.size > longestAppSpec) throw new InvalidInputError(`Sealing the artifact: appspec.yml has ${String(file.size)} bytes, more than ${String(longestAppSpec)}. Make it shorter and push again.`);
    const text = contentOfFile(file).toString('utf8');
    return LambdaAppSpec.safeParse(contentIn(text)).success ? text : undefined;
  }
  throw new InvalidInputError('Sealing the artifact: the revision that the build left is not a zip with appspec.yml at its root. Look at build.revision in drawbridge.yaml and push again.');
}

const names = z.record(z.string(), z.unknown()).optional();
const Template = z.looseObject({ Resources: z.record(z.string(), z.unknown()), Parameters: names, Outputs: names });

export interface Packaged {
  readonly text: string;
  /** Names of the template's parameters. */
  readonly parameters: string[];
  /** Those whose values CloudFormation keeps to itself. */
  readonly noEcho: string[];
  /** Names of its outputs, or `undefined` where only CloudFormation can tell. */
  readonly outputs: string[] | undefined;
}

/** `Fn::ForEach`, `Fn::Transform`: what is written there is made when CloudFormation reads it. */
const isMade = (name: string): boolean => name.startsWith('Fn::');

/** Short forms such as `!Ref` are kept as what they hold; only references to S3 are looked for. */
export function readPackaged(text: string, file = 'the packaged template'): Packaged {
  const document = parseDocument(text, { logLevel: 'silent', prettyErrors: false });
  const trouble = document.errors[0];
  if (trouble !== undefined) throw new InvalidInputError(`Sealing the artifact: ${file} is not YAML: ${trouble.message}. Correct the template and push again.`);
  const content = contentOf(document);
  const parsed = Template.safeParse(content);
  if (!parsed.success) throw new InvalidInputError(`Sealing the artifact: ${file} has no Resources. Correct the template and push again.`);
  const parameters = Object.entries(parsed.data.Parameters ?? {});
  const outputs = Object.keys(parsed.data.Outputs ?? {});
  return { text, parameters: parameters.map(([name]) => name), outputs: outputs.some((name) => isMade(name)) ? undefined : outputs, noEcho: parameters.filter(([, it]) => isNoEcho(it)).map(([name]) => name) };
}

const NoEcho = z.object({ NoEcho: z.union([z.literal(true), z.string().regex(/^true$/i)]) });
const isNoEcho = (parameter: unknown): boolean => NoEcho.safeParse(parameter).success;

/** What a text holds, where it is YAML or JSON; else nothing. */
export function contentIn(text: string): unknown {
  const document = parseDocument(text, { logLevel: 'silent', prettyErrors: false });
  return document.errors.length > 0 ? undefined : contentOf(document);
}

function contentOf(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new InvalidInputError(`Sealing the artifact: the aliases of the packaged template cannot be followed: ${error instanceof Error ? error.message : String(error)}. Write out what they stand for and push again.`, { cause: error });
  }
}
