import type { Scope, Wishes } from './scope.ts';

/** What a stack of the control plane leaves behind when it is deleted, as it was found. */
export interface Kept {
  readonly kind: 'table' | 'bucket' | 'key';
  readonly id: string;
  readonly region: string;
  readonly of: 'home' | 'uploads' | 'other-region';
}

/** Something that is deleted for good because it was asked for. */
export interface Data extends Kept {
  /** Only what lies below these; without them all of it, and the thing itself. */
  readonly prefixes?: readonly string[];
  readonly holds: string;
}

/** Below these everything is an application's artifacts; what is below `plans/` is evidence. */
const artifactPrefixes = ['sealed/', 'incoming/', 'builder/'];

/** Rows have gone when the table has: a bucket comes before the key that opens it. */
const order: Readonly<Record<Kept['kind'], number>> = { bucket: 0, table: 1, key: 2 };

function dataOf(scope: Scope, { artifacts, evidence }: Wishes, it: Kept): Data | undefined {
  if (scope.kind === 'application') {
    if (!artifacts || it.kind !== 'bucket') return undefined;
    const below = it.of === 'uploads' ? [''] : artifactPrefixes;
    return { ...it, prefixes: below.map((prefix) => `${prefix}${scope.application}/`), holds: it.of === 'uploads' ? `every archive of ${scope.application} that was uploaded` : `everything that was built of ${scope.application}` };
  }
  if (it.kind === 'table') return evidence ? { ...it, holds: 'the record: releases, approvals, who said yes to what, what is registered' } : undefined;
  const goesWhole = it.of === 'home' ? artifacts && evidence : artifacts;
  if (it.kind === 'key') return goesWhole ? { ...it, holds: 'what it encrypted cannot be opened any more' } : undefined;
  if (goesWhole) return { ...it, holds: it.of === 'uploads' ? 'every archive that was uploaded' : it.of === 'home' ? 'everything that was built, and every plan that was approved' : 'everything that was built' };
  if (it.of !== 'home') return undefined;
  if (artifacts) return { ...it, prefixes: artifactPrefixes, holds: 'everything that was built; the plans stay' };
  return evidence ? { ...it, prefixes: ['plans/'], holds: 'every plan that was approved; what was built stays' } : undefined;
}

/** What is deleted for good, in order, and what stays. */
export function dataToDelete(scope: Scope, wishes: Wishes, kept: readonly Kept[]): { readonly goes: readonly Data[]; readonly stays: readonly Kept[] } {
  if (scope.kind === 'account') return { goes: [], stays: [] };
  const goes = kept.map((it) => dataOf(scope, wishes, it)).filter((it) => it !== undefined);
  const stays = scope.kind === 'application' ? [] : kept.filter((it) => !goes.some((one) => one.id === it.id && one.prefixes === undefined));
  return { goes: goes.sort((a, b) => order[a.kind] - order[b.kind]), stays };
}
