import * as z from 'zod';
import { Region, Sha256 } from '../contracts/names.ts';
import type { PackedTemplate } from '../contracts/packed.ts';
import type { SealedFolder, SealedTestFolder } from '../contracts/release.ts';
import { InvalidInputError } from './errors.ts';
import { canonical, sha256 } from './digest.ts';

/** A reference in a packaged template to an object in S3, in one of the forms that packaging tools write. */
export interface Reference {
  readonly key: string;
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** `s3://bucket/key` and `https://s3[.region].amazonaws.com/bucket/key`, `https://bucket.s3[.region].amazonaws.com/key`, on any endpoint. */
const forms = (bucket: string): RegExp[] => [
  new RegExp(`s3://${escaped(bucket)}/([^\\s"'?#,[\\]{}]+)`, 'g'),
  new RegExp(`https?://[^\\s"'/]+/${escaped(bucket)}/([^\\s"'?#,[\\]{}]+)`, 'g'),
  new RegExp(`https?://${escaped(bucket)}\\.s3[^\\s"'/]*/([^\\s"'?#,[\\]{}]+)`, 'g'),
];

/** Keys of our bucket that a packaged template refers to as URLs. */
export function urlReferences(template: string, bucket: string): string[] {
  return [...new Set(forms(bucket).flatMap((form) => [...template.matchAll(form)].map((match) => match[1] ?? '')))];
}

type Node = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Pairs of names under which CloudFormation's resources refer to a bucket and a key. */
const pairs = [['S3Bucket', 'S3Key'], ['Bucket', 'Key'], ['BucketName', 'Key'], ['ContentBucket', 'ContentKey']] as const;

/** Keys of our bucket that a parsed template refers to as a pair of properties. */
export function pairReferences(template: unknown, bucket: string): string[] {
  if (Array.isArray(template)) return template.flatMap((item) => pairReferences(item, bucket));
  if (!isObject(template)) return [];
  const own = pairs.flatMap(([b, k]) => {
    const key = template[k];
    return template[b] === bucket && typeof key === 'string' ? [key] : [];
  });
  return [...own, ...Object.values(template).flatMap((value) => pairReferences(value, bucket))];
}

/**
 * What the template refers to must lie where the build of this release put it.
 * @throws InvalidInputError naming the reference
 */
export function refuseForeign(keys: readonly string[], prefix: string): void {
  const foreign = keys.find((key) => !key.startsWith(prefix) || key.split('/').includes('..'));
  if (foreign !== undefined) throw new InvalidInputError(`Sealing the artifact: the template refers to ${foreign}, which this build did not write. Package the template from its own sources and push again.`);
}

/** The template with every reference to what the build wrote turned into the sealed one. Longest first, for one key may begin like another. */
export function rewrite(template: string, sealed: ReadonlyMap<string, string>): string {
  return [...sealed].sort(([a], [b]) => b.length - a.length).reduce((text, [from, to]) => text.replaceAll(from, to), template);
}

/** `s3.amazonaws.com`, `s3.eu-west-1.amazonaws.com`, `s3-eu-west-1.…`, `s3.dualstack.eu-west-1.…`. Whatever else stands there, such as `${AWS::Region}`, is right in each Region. */
const host = /^(.*\.)?s3(?:[.-][a-z0-9-]+)*\.amazonaws\.com/;

/**
 * A template whose references lead to another Region's bucket. The build was given the bucket's name to package with, so
 * wherever it stands alone it is such a reference, be it half of a pair, an anchor or part of a URL.
 */
export function moveToRegion(template: string, { from, to, region }: { readonly from: string; readonly to: string; readonly region: string }): string {
  if (from === to) return template;
  const there = (name: string) => name.replace(host, `$1s3.${region}.amazonaws.com`);
  return template
    .replaceAll(new RegExp(`(?<=https?://)${escaped(from)}(\\.s3[^\\s"'/]*)(?=/)`, 'g'), (_, rest: string) => `${to}${there(rest)}`)
    .replaceAll(new RegExp(`(?<=https?://)([^\\s"'/]+)/${escaped(from)}(?=/)`, 'g'), (_, name: string) => `${there(name)}/${to}`)
    .replaceAll(new RegExp(`(?<![\\w.-])${escaped(from)}(?![\\w-]|\\.\\w)`, 'g'), to);
}

/** The Region is that of the bucket; what was sealed before there were several names none. */
const SealedObject = z.object({ key: z.string(), sha256: Sha256, bytes: z.number(), region: Region.optional() });
export type SealedObject = Readonly<z.infer<typeof SealedObject>>;

const Manifest = z.object({ templates: z.array(SealedObject), objects: z.array(SealedObject) });

/** Every object of an artifact, as its manifest names them. */
export function sealedIn(text: string): SealedObject[] {
  const { templates, objects } = Manifest.parse(JSON.parse(text));
  return [...templates, ...objects];
}

/** Which template makes what, and where. */
export type NamedTemplate = SealedObject & Pick<PackedTemplate, 'stack' | 'environment' | 'name' | 'after'>;

const inOrder = <Item extends SealedObject>(items: readonly Item[]): Item[] => [...items].sort((a, b) => (canonical(a) < canonical(b) ? -1 : 1));

interface Folders {
  readonly folders?: readonly SealedFolder[];
  readonly testFolders?: readonly SealedTestFolder[];
}

/** Names every object of an artifact by content; its own SHA-256 is the artifact's digest. */
export function manifest(application: string, templates: readonly NamedTemplate[], objects: readonly SealedObject[], { folders = [], testFolders = [] }: Folders = {}): { readonly text: string; readonly digest: string } {
  const text = canonical({ version: 1, application, templates: inOrder(templates), objects: inOrder(objects), ...(folders.length === 0 ? {} : { folders }), ...(testFolders.length === 0 ? {} : { testFolders }) });
  return { text, digest: sha256(text) };
}
