import { Region } from '../contracts/names.ts';
import type { Artifact, Configuration, ResolvedEnvironment } from '../contracts/release.ts';
import { ConfigurationError, InvalidInputError } from './errors.ts';

/** Artifact buckets by Region, the control plane's own among them. */
export type ArtifactBuckets = Readonly<Record<string, string>>;

interface Home {
  readonly bucket: string;
  /** Where the control plane runs. */
  readonly region: string;
}

/**
 * An ARN of a bucket names no Region, so infra/artifact-region.yaml names each bucket `<home bucket>-<region>`.
 * @param arns the list RegionalArtifactBucketArns, separated by commas
 * @throws ConfigurationError for an ARN of another bucket
 */
export function artifactBuckets({ bucket: home, region: homeRegion }: Home, arns: string): ArtifactBuckets {
  const others = arns.split(',').map((arn) => arn.trim()).filter((arn) => arn !== '').map((arn) => {
    const bucket = arn.slice(arn.lastIndexOf(':') + 1);
    const region = bucket.startsWith(`${home}-`) ? bucket.slice(home.length + 1) : '';
    if (!Region.safeParse(region).success) throw new ConfigurationError(`Reading RegionalArtifactBucketArns of the control plane's stack: ${arn} is not named ${home}-<region>. Give the output ArtifactBucketArn of infra/artifact-region.yaml, deployed with HomeBucket=${home}.`);
    return [region, bucket] as const;
  });
  return { ...Object.fromEntries(others), [homeRegion]: home };
}

const regionsOf = ({ targets }: Pick<ResolvedEnvironment, 'targets'>): string[] => [...new Set(targets.map(({ region }) => region))];

/**
 * Where a release is sealed: at home, where it is built, and wherever it has targets.
 * @throws InvalidInputError for a Region without a bucket
 */
export function bucketsFor(configuration: Pick<Configuration, 'environments'> | undefined, home: Home, buckets: ArtifactBuckets): ArtifactBuckets {
  const environments = configuration?.environments ?? [];
  const [problem] = unsealable(environments, buckets);
  if (problem !== undefined) throw new InvalidInputError(`Sealing the artifact: ${problem}`);
  const regions = new Set([home.region, ...environments.flatMap((environment) => regionsOf(environment))]);
  return Object.fromEntries([...regions].sort().map((region) => [region, buckets[region] ?? home.bucket]));
}

/** Lambda reads its code only from a bucket of its own Region (F 2.25), so a target in a Region without one can never be deployed. */
export function unsealable(environments: Configuration['environments'], buckets: ArtifactBuckets, artifact?: Pick<Artifact, 'buckets'>): string[] {
  return environments.flatMap((environment) => regionsOf(environment).flatMap((region) => {
    const has = `${environment.name} has a target in ${region}, `;
    if (buckets[region] === undefined) return [`${has}but there is no artifact bucket in that Region. Deploy infra/artifact-region.yaml there in the tools account, give its outputs to the stacks drawbridge and drawbridge-target (RegionalArtifactBucketArns, RegionalArtifactKeyArns), and retry the release.`];
    // What was built once is not built again for one Region more.
    if (artifact?.buckets !== undefined && artifact.buckets[region] === undefined) return [`${has}but the release was sealed before that, for ${Object.keys(artifact.buckets).join(', ')} only. Push again.`];
    return [];
  }));
}
