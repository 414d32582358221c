import type { RegisteredUpload } from '../../contracts/environments.ts';
import { inSentence, type Reference } from '../reference.ts';
import { fits } from '../wildcard.ts';

const takes = (patterns: readonly string[] | undefined, name: string): boolean => patterns?.some((pattern) => fits(pattern, name)) === true;

/**
 * Why an upload of the application may not count as this branch or tag, or `undefined` when it may: whoever can write
 * into the bucket can name anything, so only what is registered counts.
 */
export function notAsUpload(application: string, upload: RegisteredUpload | undefined, reference: Reference): string | undefined {
  const { branch, tag } = reference;
  const kind = tag === undefined ? 'branches' : 'tags';
  if (tag === undefined && branch === upload?.branch) return undefined;
  if (takes(upload?.claims?.[kind], tag ?? branch ?? '')) return undefined;
  return `applications.${application}.upload.claims.${kind} allows no upload to be ${inSentence(reference)}`;
}
