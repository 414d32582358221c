import { shortHash } from '../short-hash.ts';

interface Named {
  readonly name?: string | undefined;
  readonly account: string;
  readonly region: string;
}

/** `eu-west-1` becomes `euw1`: short enough to be part of an execution's name. */
const shortRegion = (region: string): string => {
  const [area = '', ...rest] = region.split('-');
  return area + rest.map((part) => part[0] ?? '').join('');
};

const safe = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^[^a-z]+|-+$/g, '') || 't';

/** A name for each target: its own, else its account's, with the Region where an account has several. At most 12 characters. */
export function targetNames(targets: readonly Named[]): string[] {
  return targets.map(({ name, account, region }) => {
    if (name !== undefined) return name;
    if (targets.filter((it) => it.account === account).length === 1) return safe(account).slice(0, 12).replace(/-+$/, '');
    const suffix = `-${shortRegion(region)}`;
    return safe(account).slice(0, 12 - suffix.length).replace(/-+$/, '') + suffix;
  });
}

const longest = 12;

/** Six characters that tell long names apart that begin alike; environments whose names still meet are refused. */
const marked = 6;

const fitted = (text: string): string => (text.length <= longest ? text : `${text.slice(0, longest - marked - 1).replace(/-+$/, '')}-${shortHash(text, marked)}`);

/**
 * A name for each stack in each place: the stack's where there is one place, else both. At most 12 characters, for it
 * becomes part of an execution's name.
 */
export function stackTargetName(places: readonly string[], place: string, key: string | undefined): string {
  if (key === undefined) return place;
  return fitted(places.length > 1 ? `${place}-${key}` : key);
}
