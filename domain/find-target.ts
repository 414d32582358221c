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

/** The template that makes a target's stack, and the bucket that it is in. */
export function templateOf(release: Pick<Release, 'id' | 'artifact'>, environment: string, target: Pick<Target, 'stackName' | 'stack'>): SealedTemplate & { readonly bucket: string } {
  const { bucket, templates } = artifactOf(release);
  const template = templates.find((it) => it.stack === target.stack && (it.environment === undefined || it.environment === environment));
  if (template === undefined) throw new ConfigurationError(`Looking for the template of ${target.stackName} in the artifact of ${release.id}: there is none. Retry the release, which builds it again.`);
  return { ...template, bucket };
}
