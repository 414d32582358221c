import type { Artifact } from '../../contracts/release.ts';
import type { AskedEnvironment } from './asked.ts';

/** What the build exported becomes a parameter where a template knows the name and the file says nothing else. */
export function withExports(wish: AskedEnvironment, environment: string, artifact?: Pick<Artifact, 'templates' | 'exports'>): AskedEnvironment {
  const known = new Set((artifact?.templates ?? []).filter((it) => it.environment === undefined || it.environment === environment).flatMap(({ parameters }) => parameters));
  const given = Object.entries(artifact?.exports ?? {}).filter(([name]) => known.has(name) && wish.lookups?.[name] === undefined);
  return given.length === 0 ? wish : { ...wish, parameters: { ...Object.fromEntries(given), ...wish.parameters } };
}
