import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CodeDeployGroup } from '../contracts/names.ts';
import type { Cloud } from './cloud.ts';
import { deployStack } from './stacks.ts';

/** Any image will do: an instance of the local cloud is a directory. */
const image = 'ami-00000000000000001';

/**
 * Makes what the `infra.yaml` beside an application describes in each target account, as a platform team would beforehand.
 * @returns the group of CodeDeploy that the application is deployed to, where it describes one
 */
export async function prepareTargets(cloud: Cloud, folder: string, outputs: Readonly<Record<string, string>>): Promise<CodeDeployGroup | undefined> {
  const template = join(folder, 'infra.yaml');
  if (!existsSync(template)) return undefined;
  const { dev, staging, prod } = cloud.accounts;
  const parameters = { ArtifactBucketArn: outputs['ArtifactBucketArn'] ?? '', ArtifactKeyArn: outputs['ArtifactKeyArn'] ?? '', ImageId: image };
  const [made] = await Promise.all([dev, staging, prod].map((account) => deployStack(cloud, { account, name: 'platform', template, parameters })));
  const { Application: application, Group: group } = made ?? {};
  return application === undefined || group === undefined ? undefined : { application, group };
}
