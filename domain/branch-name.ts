import { shortHash } from './short-hash.ts';

/** An environment's name has at most 16 characters, so that the names of executions have at most 80. */
const longestSlug = 8;
const hashed = 7;

/** What of a branch's name people recognise: what follows its last slash, as far as the name of an environment can hold it. */
function slugOf(branch: string): string {
  const parts = branch.split('/').map((part) => part.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^[^a-z]+/g, ''));
  return (parts.findLast((part) => part !== '') ?? 'branch').slice(0, longestSlug).replace(/-+$/, '');
}

/**
 * The name of a branch's environment: `login-k3xq2ab` of `feature/login`. CodeCommit allows up to 256 characters in a
 * branch's name, capitals and `/ . _ #` among them, which no name of a stack holds (F 9.7); the hash tells apart
 * what looks alike without them.
 */
export const branchEnvironmentName = (branch: string): string => `${slugOf(branch)}-${shortHash(branch, hashed)}`;
