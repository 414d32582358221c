import type { Artifact, Release, ResolvedEnvironment, SealedTemplate, Target } from '../contracts/release.ts';
import { ConfigurationError } from './errors.ts';

/** What a release resolved of one environment. The workflow goes only where the release goes. */
export function findEnvironment(release: Pick<Release, 'id' | 'configuration'>, name: string): ResolvedEnvironment {
  const environment = release.configuration?.environments.find((candidate) => candidate.name === name);
  if (environment === undefined) throw new ConfigurationError(`Looking for the environment ${name} of ${release.id}: the release does not go there. The workflow and the record do not agree; retry the release.`);
  return environment;
}

export function findTarget(release: Pick<Release, 'id' | 'configuration'>, environment: string, name: string): Target {
  const target = findEnvironment(release, environment).targets.find((candidate) => candidate.name === name);
  if (target === undefined) throw new ConfigurationError(`Looking for the target ${name} of ${release.id} in ${environment}: the release does not go there. The workflow and the record do not agree; retry the release.`);
  return target;
}

export function artifactOf(release: Pick<Release, 'id' | 'artifact'>): Artifact {
  if (release.artifact === undefined) throw new ConfigurationError(`Looking for the artifact of ${release.id}: nothing is sealed. Retry the release, which builds it again.`);
  return release.artifact;
}

/** The artifact's bucket in a target's Region. */
export function bucketFor(release: Pick<Release, 'id' | 'artifact'>, { region }: Pick<Target, 'region'>): string {
  const { bucket, buckets = {} } = artifactOf(release);
  return buckets[region] ?? bucket;
}

/** Templates as they are in the control plane's own Region: each of them once. */
export const templatesAtHome = ({ bucket, buckets = {}, templates }: Pick<Artifact, 'bucket' | 'buckets' | 'templates'>): SealedTemplate[] => templates.filter(({ region }) => region === undefined || buckets[region] === bucket);

/** The template that makes a target's stack, and the bucket of the target's Region that it is in. */
export function templateOf(release: Pick<Release, 'id' | 'artifact'>, environment: string, target: Pick<Target, 'stackName' | 'stack' | 'region'>): SealedTemplate & { readonly bucket: string } {
  const { templates } = artifactOf(release);
  const template = templates.find((it) => it.stack === target.stack && (it.environment === undefined || it.environment === environment) && (it.region === undefined || it.region === target.region));
  if (template === undefined) throw new ConfigurationError(`Looking for the template of ${target.stackName} for ${target.region} in the artifact of ${release.id}: there is none. Retry the release, which builds it again.`);
  return { ...template, bucket: bucketFor(release, target) };
}
