import { canonical } from './digest.ts';

type Tree = Readonly<Record<string, unknown>>;
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);
const show = (value: unknown): string => (typeof value === 'string' ? value : canonical(value));

/** What differs between two contents, a line each: `+ path: new`, `- path: old`, `~ path: old → new`. */
export function differences(before: unknown, after: unknown, path = ''): string[] {
  if (canonical(before) === canonical(after)) return [];
  if (isTree(before) && isTree(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return names.flatMap((name) => differences(before[name], after[name], path === '' ? name : `${path}.${name}`));
  }
  if (before === undefined) return isTree(after) ? Object.keys(after).flatMap((name) => differences(undefined, after[name], path === '' ? name : `${path}.${name}`)) : [`+ ${path}: ${show(after)}`];
  if (after === undefined) return isTree(before) ? Object.keys(before).flatMap((name) => differences(before[name], undefined, path === '' ? name : `${path}.${name}`)) : [`- ${path}: ${show(before)}`];
  return [`~ ${path}: ${show(before)} → ${show(after)}`];
}
