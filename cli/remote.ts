import { InvalidInputError } from '../domain/errors.ts';

interface Remote {
  readonly name: string;
  readonly url: string;
}

/**
 * The git remote of the application's repository: the one called drawbridge, the only one, or the only one of CodeCommit.
 * @throws InvalidInputError where it could be several
 */
export function applicationRemote(remotes: readonly Remote[]): string {
  if (remotes.some(({ name }) => name === 'drawbridge')) return 'drawbridge';
  const [only, ...others] = remotes.length === 1 ? remotes : remotes.filter(({ url }) => url.includes('codecommit'));
  if (only !== undefined && others.length === 0) return only.name;
  const how = remotes.length === 0 ? 'There is none: add it with "git remote add".' : `Name one of ${remotes.map(({ name }) => name).join(', ')} with --remote.`;
  throw new InvalidInputError(`Planning the working tree: which git remote is the application's repository? ${how}`);
}
