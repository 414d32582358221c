import { getMimeType } from 'hono/utils/mime';
import type { Listing, PublishStep } from '../contracts/steps.ts';
import { pathFits } from './path-pattern.ts';

type File = Listing['files'][number];

/** What a page refers to comes before the page, and the page that everybody opens first comes last. */
const rank = ({ path }: Pick<File, 'path'>): number => (/(^|\/)index\.html?$/i.test(path) ? 2 : /\.html?$/i.test(path) ? 1 : 0);

/** Files in the order in which they are published. */
export const inOrder = (files: readonly File[]): File[] => [...files].sort((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1));

/** Consecutive files that may be published at the same time. */
export function groups(files: readonly File[]): File[][] {
  return [0, 1, 2].map((order) => files.filter((file) => rank(file) === order)).filter((group) => group.length > 0);
}

/** What an object is served with. */
export interface Headers {
  readonly contentType: string;
  readonly cacheControl: string;
}

/** Browsers ask again before they use what they keep, unless a name always stands for the same content. */
export function headersOf(path: string, { immutable }: Pick<PublishStep, 'immutable'>): Headers {
  return {
    contentType: getMimeType(path) ?? 'application/octet-stream',
    cacheControl: immutable.some((pattern) => pathFits(pattern, path)) ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
}
