import type { Claims } from '../../contracts/source-events.ts';

/** Only these have no meaning of their own in a file name, a shell, or what CodeBuild and people are told. */
const archiveKey = /^[\w.+-]+(\/[\w.+-]+)+\.zip$/;

/** The application whose archive this is, by the first folder of its key, or `undefined` when no application can have it. */
export const applicationOf = (key: string): string | undefined => (archiveKey.test(key) && !key.split('/').includes('..') ? key.split('/')[0] : undefined);

/** What an uploader says in the metadata of an object: names and nothing parsed yet. Others' metadata is left alone. */
export function claimsInMetadata(metadata: Readonly<Record<string, string>>): Record<string, unknown> {
  const { commit, branch, tag, message, 'author-name': name, 'author-email': email } = metadata;
  const author = name === undefined && email === undefined ? undefined : { name: name ?? email, email };
  return Object.fromEntries(Object.entries({ commit, branch, tag, message, author }).filter(([, value]) => value !== undefined));
}

/** Whom and what the release of an upload shows. */
export function said({ author, message = '' }: Claims, key: string): { readonly author: { readonly name: string; readonly email: string }; readonly message: string } {
  const line = message.split('\n')[0]?.trim().slice(0, 500);
  return { author: author ?? { name: 'somebody', email: '' }, message: line === undefined || line === '' ? `Upload of ${key}` : line };
}
