import type { Environments } from '../contracts/environments.ts';
import { pathFits } from './path-pattern.ts';

type Application = Pick<Environments['applications'][string], 'folder' | 'paths'>;

/**
 * Says of a path whether a change there is a change of the application; its own folder always is.
 * @returns `undefined` where every push is released
 */
export function watchedPaths({ folder, paths }: Application): ((path: string) => boolean) | undefined {
  if (paths === undefined) return undefined;
  const patterns = folder === undefined ? paths : [...paths, folder];
  return (path) => patterns.some((pattern) => pathFits(pattern, path));
}
