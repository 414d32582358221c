import { createHash } from 'node:crypto';
import { canonical, sha256 } from '../digest.ts';
import { InvalidInputError } from '../errors.ts';
import { isNode, type Node, nodeAt, type Place, textAt, transformed } from './json.ts';

/** What the framework packages is deployed by it alone: its bucket, its keys and its times are made ours and repeatable. */

/** The bucket that the framework makes in the target (osls: `generate-core-template.js`). */
const theirBucket = 'ServerlessDeploymentBucket';

/** What `serverless-state.json` says of a packaged stage. */
export interface Packaged {
  /** `serverless/<service>/<stage>/<time>`: where the framework would have uploaded. */
  readonly artifactDirectory: string;
  readonly stackName: string;
}

/** @throws InvalidInputError where the framework left something else */
export function readState(state: unknown, environment: string): Packaged {
  const artifactDirectory = textAt(nodeAt(state, 'package'), 'artifactDirectoryName');
  const service = textAt(nodeAt(state, 'service'), 'service');
  if (artifactDirectory === undefined || service === undefined) throw new InvalidInputError(`Packaging ${environment}: the framework's serverless-state.json names no service. Use osls 3 or newer, or serverless 3.`);
  return { artifactDirectory, stackName: textAt(nodeAt(state, 'service', 'provider'), 'stackName') ?? `${service}-${environment}` };
}

const keyOf = (node: Node, directory: string): string | undefined => {
  const key = textAt(node, 'S3Key');
  return key?.startsWith(`${directory}/`) === true ? key.slice(directory.length + 1) : undefined;
};

/** Names of the archives that a packaged template refers to. */
export function archivesOf(template: unknown, directory: string): string[] {
  const found = new Set<string>();
  transformed(template, (node) => {
    const name = keyOf(node, directory);
    if (name !== undefined) found.add(name);
    return node;
  });
  return [...found].sort();
}

const resourcesOf = (template: unknown): [string, Node][] => Object.entries(nodeAt(template, 'Resources')).flatMap(([id, it]): [string, Node][] => (isNode(it) ? [[id, it]] : []));
const letters = (text: string): string => createHash('sha256').update(text).digest('base64').replaceAll(/[^0-9a-z]/gi, '');

/** Resources of an API that a deployment is a picture of. */
const pictured = /^AWS::ApiGateway(V2)?::(Authorizer|GatewayResponse|Integration|Method|Model|RequestValidator|Resource|RestApi|Api|Route)$/;

/**
 * Names that hold a hash of an archive or the time of day, by the ones that depend on content only. A version keeps its
 * name as long as its function and its layers are the same, a deployment as long as its API is.
 */
function newNames(template: unknown, contentOf: (node: Node) => Node): Map<string, string> {
  const resources = resourcesOf(template);
  const layers = resources.filter(([, { Type }]) => Type === 'AWS::Lambda::LayerVersion').map(([, layer]) => contentOf(layer));
  const names = new Map<string, string>();
  for (const [id, { Type, Properties }] of resources) {
    if (Type !== 'AWS::Lambda::Version') continue;
    const functionId = textAt(nodeAt(Properties, 'FunctionName'), 'Ref') ?? '';
    const { Description: _, ...properties } = nodeAt(template, 'Resources', functionId, 'Properties');
    names.set(id, `${functionId.replace(/LambdaFunction$/, '')}LambdaVersion${letters(canonical([contentOf(properties), layers]))}`);
  }
  for (const [id, { Type }] of resources) {
    const made = /^(.*Deployment)\d{10,}$/.exec(id)?.[1];
    if (made === undefined || (Type !== 'AWS::ApiGateway::Deployment' && Type !== 'AWS::ApiGatewayV2::Deployment')) continue;
    const api = canonical(resources.filter(([, it]) => pictured.test(String(it['Type']))));
    // It must be another one when the API changes, so it is named after that; the versions in it are renamed already.
    names.set(id, `${made}${sha256(rename(api, names)).slice(0, 16)}`);
  }
  return names;
}

/** The framework packages functions side by side, and puts down each as it is ready. */
const inOrder = (value: unknown): unknown => JSON.parse(canonical(value));

const rename = (text: string, names: ReadonlyMap<string, string>): string => [...names].reduce((all, [from, to]) => all.replaceAll(from, to), text);

/**
 * The template of one stage, as it is deployed by us.
 * @param archives SHA-256 of each archive, in hexadecimal
 */
export function ownServerlessTemplate(packaged: unknown, { artifactDirectory }: Packaged, archives: ReadonlyMap<string, string>, { bucket, prefix }: Place, file: string): string {
  const template = inOrder(packaged);
  const hashOf = (name: string) => archives.get(name) ?? '';
  const contentOf = (node: Node) => transformed(node, (it) => {
    const name = keyOf(it, artifactDirectory);
    return name === undefined ? it : { archive: hashOf(name) };
  }) as Node;
  const names = newNames(template, contentOf);
  const base64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64');
  const versioned = (id: string, it: Node): Node => {
    const functionId = textAt(nodeAt(it, 'Properties', 'FunctionName'), 'Ref') ?? '';
    const archive = keyOf(nodeAt(template, 'Resources', functionId, 'Properties', 'Code'), artifactDirectory);
    return archive === undefined || !names.has(id) ? it : { ...it, Properties: { ...nodeAt(it, 'Properties'), CodeSha256: base64(hashOf(archive)) } };
  };
  const resources = resourcesOf(template).filter(([id]) => id !== theirBucket && id !== `${theirBucket}Policy`);
  const { [`${theirBucket}Name`]: _, ...outputs } = nodeAt(template, 'Outputs');
  const ours = transformed({ ...nodeAt(template), Resources: Object.fromEntries(resources.map(([id, it]) => [id, versioned(id, it)])), Outputs: outputs }, (node) => {
    const name = keyOf(node, artifactDirectory);
    return name === undefined ? node : { ...node, S3Bucket: bucket, S3Key: `${prefix}/${name}` };
  });
  const text = JSON.stringify(inOrder(JSON.parse(rename(JSON.stringify(ours), names))), undefined, 1);
  if (text.includes(`"${theirBucket}"`) || text.includes(`\${${theirBucket}`)) throw new InvalidInputError(`Packaging ${file}: it refers to ${theirBucket}, which is not made here, because the framework's uploads are Drawbridge's. Take the reference away.`);
  return text;
}
