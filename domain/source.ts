import type { Environments } from '../contracts/environments.ts';
import type { Release, Source } from '../contracts/release.ts';
import { sha256 } from './digest.ts';
import { fullName } from './reference.ts';

export type Upload = Extract<Source, { kind: 's3' }>;

/** An archive, for a sentence: its version is what was uploaded once and never changes. */
export const objectName = ({ bucket, key, version }: Omit<Upload, 'kind'>): string => `s3://${bucket}/${key} (version ${version})`;

/** What stands for the commit of an upload that names none: no version of any object has the same. */
export const fingerprint = ({ bucket, key, version }: Omit<Upload, 'kind'>): string => sha256(`${bucket}/${key}/${version}`).slice(0, 40);

/** How it is registered where the releases of an application come from. */
export const registeredSource = ({ repository }: Environments['applications'][string]): string => (repository === undefined ? 'uploads' : `the repository ${repository}`);

/** Is this still where the application's releases come from? */
export function isRegistered({ repository, upload }: Environments['applications'][string], application: string, source: Source): boolean {
  return source.kind === 'codecommit' ? repository === source.repository : upload !== undefined && source.key.startsWith(`${application}/`);
}

/** Is the archive of a release read as one that is ready? What is registered now counts for what is still to be sealed only. */
export const isReady = ({ source, artifact }: Pick<Release, 'source' | 'artifact'>, registered: Environments['applications'][string]['upload']): boolean =>
  source.kind === 's3' && (artifact === undefined ? registered?.ready === true : artifact.ready === true);

/** The upload of a release of which nothing is built, because it was uploaded ready. */
export const readyUpload = ({ source, configuration }: Pick<Release, 'source' | 'configuration'>): Upload | undefined =>
  source.kind === 's3' && configuration !== undefined && configuration.build === undefined ? source : undefined;

/** What CodeBuild is told to build. */
export interface BuildSource {
  readonly version: string;
  /** Bucket and key, where it is an archive. */
  readonly archive?: string;
}

export function buildSource(release: Pick<Release, 'source' | 'branch' | 'tag' | 'commit'>): BuildSource {
  const { source, commit } = release;
  // Downloads the one branch or tag instead of the whole repository (CodeBuild User Guide, "Source version sample").
  if (source.kind === 'codecommit') return { version: `${fullName(release)}^{${commit}}` };
  return { version: source.version, archive: `${source.bucket}/${source.key}` };
}

/** What CodeBuild says that it built; no build can change it. */
export interface Built {
  /** The commit it came to. CodeBuild tells none of an archive (CodeBuild API: Build, `resolvedSourceVersion`). */
  readonly commit: string | undefined;
  readonly source: { readonly type: string; readonly location: string; readonly version: string };
}

/** Is this a build of exactly what is released? */
export function isBuildOf({ commit, source: built }: Built, release: Pick<Release, 'source' | 'commit'>): boolean {
  const { source } = release;
  if (source.kind === 'codecommit') return commit === release.commit;
  return built.type === 'S3' && built.location === `${source.bucket}/${source.key}` && built.version === source.version;
}

/** What is released, for a sentence: `commit 3f2a…`, or the archive. */
export const releasedSource = ({ source, commit }: Pick<Release, 'source' | 'commit'>): string => (source.kind === 'codecommit' ? `commit ${commit}` : objectName(source));

/** What a build came to, for a sentence. */
export const builtSource = ({ commit, source: { location, version } }: Built): string => commit ?? (version === '' ? 'no commit' : `version ${version} of ${location}`);
