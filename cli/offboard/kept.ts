import { findDeleted, resourcesIn } from '../../aws/found-stacks.ts';
import { holdsAnything, isKept } from '../../aws/kept-data.ts';
import type { Access } from '../../aws/person.ts';
import { dataToDelete, type Kept } from '../../domain/offboard/kept.ts';
import type { Scope, Wishes } from '../../domain/offboard/scope.ts';
import { controlPlaneOf, type FoundStack, partOf, regionsOf } from '../../domain/offboard/stacks.ts';

/** What docs/aws.md calls the stack of another Region; one that is deleted is found by its name alone. */
const usualName = 'drawbridge-artifacts';

const logical: readonly (readonly [string, Pick<Kept, 'kind' | 'of'>])[] = [
  ['Table', { kind: 'table', of: 'home' }],
  ['ArtifactBucket', { kind: 'bucket', of: 'home' }],
  ['UploadBucket', { kind: 'bucket', of: 'uploads' }],
  ['ArtifactKey', { kind: 'key', of: 'home' }],
];

const made = (ids: ReadonlyMap<string, string>, region: string): Kept[] =>
  logical.flatMap(([name, what]) => {
    const id = ids.get(name);
    return id === undefined ? [] : [{ ...what, id, region }];
  });

/** What the stack of another Region made, or left behind. */
async function inOtherRegion(tools: Access, region: string, bucket: string, stacks: readonly FoundStack[]): Promise<Kept[]> {
  const stack = stacks.find((it) => it.region === region) ?? (await findDeleted(tools, region, usualName));
  if (stack === undefined) return [];
  const ids = await resourcesIn(tools, stack);
  return ids.get('ArtifactBucket') === `${bucket}-${region}` ? made(ids, region).map((it) => ({ ...it, of: 'other-region' })) : [];
}

/** What the control plane remembers, as long as its stack is there and when it is gone. */
export async function findKept(tools: Access, stack: FoundStack, stacks: readonly FoundStack[]): Promise<Kept[]> {
  const ids = await resourcesIn(tools, stack);
  const bucket = ids.get('ArtifactBucket');
  // Anything else that once had the name left other things behind.
  if (bucket === undefined || logical.some(([name]) => !ids.has(name))) return [];
  const control = controlPlaneOf(stack);
  const regional = control === undefined ? [] : stacks.filter((it) => partOf(it, control) === 'artifact-region');
  const elsewhere = await Promise.all(regionsOf({ stack, artifactBucket: bucket }).map((region) => inOtherRegion(tools, region, bucket, regional)));
  const all = [...made(ids, stack.region), ...elsewhere.flat()];
  const there = await Promise.all(all.map((it) => isKept(tools, it)));
  return all.filter((_, index) => there[index] === true);
}

/** Buckets in which nothing lies any more of what is to be deleted from them. */
export async function findEmptied(tools: Access, scope: Scope, wishes: Wishes, kept: readonly Kept[]): Promise<string[]> {
  const parts = dataToDelete(scope, wishes, kept).goes.filter(({ prefixes }) => prefixes !== undefined);
  const full = await Promise.all(parts.map((data) => holdsAnything(tools, data)));
  return parts.filter((_, index) => full[index] === false).map(({ id }) => id);
}
