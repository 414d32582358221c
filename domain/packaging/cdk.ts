import * as z from 'zod';
import { sha256 } from '../digest.ts';
import { InvalidInputError } from '../errors.ts';
import { isNode, type Node, nodeAt, type Place, textAt, transformed } from './json.ts';

/** What `cdk synth` leaves (aws-cdk: `cloud-assembly-schema`), as far as it is deployed. */

const Artifact = z.looseObject({
  type: z.string(),
  environment: z.string().optional(),
  properties: z.looseObject({ templateFile: z.string().optional(), stackName: z.string().optional(), file: z.string().optional(), directoryName: z.string().optional() }).optional(),
  dependencies: z.array(z.string()).optional(),
});
const Manifest = z.looseObject({ artifacts: z.record(z.string(), Artifact).default({}), missing: z.array(z.looseObject({ key: z.string() })).optional() });
const Destination = z.looseObject({ bucketName: z.string(), objectKey: z.string() });
const AssetManifest = z.looseObject({
  files: z.record(z.string(), z.looseObject({ source: z.looseObject({ path: z.string().optional(), packaging: z.string().optional(), executable: z.array(z.string()).optional() }), destinations: z.record(z.string(), Destination) })).default({}),
  dockerImages: z.record(z.string(), z.unknown()).default({}),
});

export interface CdkStack {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly templateFile: string;
  readonly assetFiles: readonly string[];
  readonly after: readonly string[];
}

export interface CdkAsset {
  readonly path: string;
  /** A folder that becomes an archive, or a file as it is. */
  readonly packaging: 'zip' | 'file';
  /** In the bucket that CDK would have used. */
  readonly bucketName: string;
  readonly objectKey: string;
}

/** `NotesData` is called notes-data, as stacks are called in drawbridge.yaml; a long one is cut, and stays unlike others. */
export function stackKeyOf(id: string): string {
  const words = id.replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^[^a-z]+|-+$/g, '');
  const key = words === '' ? 'stack' : words;
  return key.length <= 24 ? key : `${key.slice(0, 17).replace(/-+$/, '')}-${sha256(id).slice(0, 6)}`;
}

const parsed = <Schema extends z.ZodType>(schema: Schema, content: unknown, file: string): z.infer<Schema> => {
  const result = schema.safeParse(content);
  if (!result.success) throw new InvalidInputError(`Reading ${file} of cdk synth: ${result.error.issues[0]?.path.join('.') ?? ''}: ${result.error.issues[0]?.message ?? ''}. Use aws-cdk 2.`);
  return result.data;
};

/** @throws InvalidInputError for what cannot be deployed without looking into an account */
export function stacksOfAssembly(manifest: unknown, to: { readonly environment: string; readonly account: string; readonly region: string }): CdkStack[] {
  const { artifacts, missing = [] } = parsed(Manifest, manifest, 'manifest.json');
  const doing = `Synthesizing the CDK application for ${to.environment}`;
  if (missing.length > 0) throw new InvalidInputError(`${doing}: it has to look up ${missing.map(({ key }) => key.split(':')[0] ?? key).join(', ')}, and a build may look into no account. Commit cdk.context.json, or give the value as a parameter.`);
  const nested = Object.entries(artifacts).find(([, { type }]) => type === 'cdk:cloud-assembly');
  if (nested !== undefined) throw new InvalidInputError(`${doing}: ${nested[0]} is a stage. Make its stacks in the app itself; Drawbridge asks for one environment after the other with -c environment=NAME.`);
  const stacks = Object.entries(artifacts).filter(([, { type }]) => type === 'aws:cloudformation:stack');
  if (stacks.length === 0) throw new InvalidInputError(`${doing}: it has no stacks.`);
  for (const [id, { environment = '' }] of stacks) {
    const [, account = '', region = ''] = /^aws:\/\/([^/]+)\/(.+)$/.exec(environment) ?? [];
    const fits = ['unknown-account', to.account].includes(account) && ['unknown-region', to.region].includes(region);
    if (!fits) throw new InvalidInputError(`${doing}: the stack ${id} is for ${account} in ${region}, but ${to.environment} is ${to.account} in ${to.region}. Leave env away from the stack: environments.yaml decides where it goes.`);
  }
  return stacks.map(([id, { properties = {}, dependencies = [] }]) => ({
    id,
    key: stackKeyOf(id),
    name: properties.stackName ?? id,
    templateFile: properties.templateFile ?? '',
    assetFiles: dependencies.flatMap((other) => (artifacts[other]?.type === 'cdk:asset-manifest' ? [artifacts[other].properties?.file ?? ''] : [])),
    after: dependencies.filter((other) => stacks.some(([stack]) => stack === other)).map((other) => stackKeyOf(other)),
  }));
}

/** What a stack takes along, but its own template. */
export function assetsOf(manifest: unknown, { id, templateFile }: Pick<CdkStack, 'id' | 'templateFile'>, file: string): CdkAsset[] {
  const { files, dockerImages } = parsed(AssetManifest, manifest, file);
  if (Object.keys(dockerImages).length > 0) throw new InvalidInputError(`Publishing the assets of the stack ${id}: it builds a container image, and Drawbridge publishes files only. Push the image to a registry and refer to it by its digest.`);
  return Object.entries(files).flatMap(([hash, { source, destinations }]): CdkAsset[] => {
    const { path, packaging = 'file', executable } = source;
    if (path === templateFile) return [];
    if (executable !== undefined || path === undefined || (packaging !== 'zip' && packaging !== 'file')) throw new InvalidInputError(`Publishing the assets of the stack ${id}: ${hash} is made by a command, which Drawbridge does not run. Use a folder or a file.`);
    return Object.values(destinations).map(({ bucketName, objectKey }) => ({ path, packaging, bucketName, objectKey }));
  });
}

/** The function that stands for a bucket of CDK's, whichever way it is written. */
const isTheirBucket = (value: unknown, { bucketName }: CdkAsset): boolean => value === bucketName || textAt(value, 'Fn::Sub') === bucketName;

/**
 * A template without what only `cdk deploy` needs, with assets where this build puts them.
 * @throws InvalidInputError for an asset that is used in a way which we cannot follow
 */
export function ownCdkTemplate(template: unknown, assets: readonly CdkAsset[], { bucket, prefix, region }: Place, id: string): string {
  const ownKey = ({ objectKey }: CdkAsset) => `${prefix}/${objectKey}`;
  const ours = transformed(template, (node) => {
    const pair = assets.find((asset) => node['S3Key'] === asset.objectKey && isTheirBucket(node['S3Bucket'], asset)) ?? assets.find((asset) => node['Key'] === asset.objectKey && isTheirBucket(node['Bucket'], asset));
    if (pair !== undefined) return 'S3Key' in node ? { ...node, S3Bucket: bucket, S3Key: ownKey(pair) } : { ...node, Bucket: bucket, Key: ownKey(pair) };
    const url = addressed(node, assets);
    return url === undefined ? node : `https://s3.${region}.amazonaws.com/${bucket}/${ownKey(url)}`;
  });
  const { Parameters, Rules, ...rest } = nodeAt(ours);
  const { BootstrapVersion: _, ...parameters } = nodeAt(Parameters);
  const { CheckBootstrapVersion: __, ...rules } = nodeAt(Rules);
  const kept = { ...rest, ...(Object.keys(parameters).length === 0 ? {} : { Parameters: parameters }), ...(Object.keys(rules).length === 0 ? {} : { Rules: rules }) };
  const text = JSON.stringify(kept, undefined, 1);
  const left = assets.find(({ bucketName }) => text.includes(bucketName));
  if (left !== undefined) throw new InvalidInputError(`Publishing the assets of the stack ${id}: ${left.path} is read in the target account from a bucket of CDK's (a BucketDeployment does so), which is not there. Use the asset as the code of a function, or as a nested stack.`);
  return text;
}

/** `Fn::Join` or `Fn::Sub` that make the address of an asset, as a nested stack has one. */
function addressed(node: Node, assets: readonly CdkAsset[]): CdkAsset | undefined {
  const joined = node['Fn::Join'];
  const parts: unknown[] = Array.isArray(joined) && Array.isArray(joined[1]) ? joined[1] : [];
  const last = parts.at(-1);
  const sub = textAt(node, 'Fn::Sub');
  return assets.find(
    (asset) =>
      (typeof last === 'string' && last.endsWith(`/${asset.objectKey}`) && parts.some((part) => isNode(part) && isTheirBucket(part, asset))) ||
      (sub?.startsWith('https://') === true && sub.endsWith(`${asset.bucketName}/${asset.objectKey}`)),
  );
}
