import { type CloudFormationClient, DeleteStackCommand, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { DeploymentFailedError } from '../domain/errors.ts';
import type { OwnedStack } from '../domain/removal/plan.ts';
import { isMissing } from './cloudformation.ts';
import { calling, isNamed } from './errors.ts';
import { pages } from './pages.ts';
import { readTemplate } from './templates.ts';

const nestedType = 'AWS::CloudFormation::Stack';

const isThere = (status: string | undefined) => status !== 'DELETE_COMPLETE' && status !== 'DELETE_SKIPPED';

async function resourcesOf(client: CloudFormationClient, stack: string): Promise<OwnedStack['resources']> {
  const found: { logicalId: string; type: string; physicalId?: string | undefined }[] = [];
  const list = (NextToken: string | undefined) => calling(`listing what the stack ${stack} owns`, () => client.send(new ListStackResourcesCommand({ StackName: stack, NextToken })));
  for await (const { StackResourceSummaries = [] } of pages(list, ({ NextToken }) => NextToken)) {
    found.push(...StackResourceSummaries.filter(({ ResourceStatus }) => isThere(ResourceStatus)).map(({ LogicalResourceId = '', ResourceType = '', PhysicalResourceId }) => ({ logicalId: LogicalResourceId, type: ResourceType, physicalId: PhysicalResourceId })));
  }
  return found;
}

interface FoundStack extends OwnedStack {
  readonly arn: string;
}

/** What a stack owns, and its nested stacks after it: what a deletion would take along. */
export async function listOwned(client: CloudFormationClient, stackArn: string, prefix = ''): Promise<FoundStack[]> {
  const [resources, template] = [await resourcesOf(client, stackArn), await readTemplate(client, { stackName: stackArn })];
  const stacks: FoundStack[] = [{ prefix, arn: stackArn, template, resources }];
  for (const { logicalId, type, physicalId } of resources) {
    if (type === nestedType && physicalId !== undefined && physicalId !== '') stacks.push(...(await listOwned(client, physicalId, `${prefix}${logicalId}/`)));
  }
  return stacks;
}

/**
 * Names of what is there still of a stack and of its nested stacks, as each is known to it: what a deletion that AWS refused
 * has deleted all the same may have been made anew by somebody else.
 */
export async function listStillOwned(client: CloudFormationClient, stackArn: string, prefix = ''): Promise<{ readonly logicalId: string; readonly physicalId: string }[]> {
  const resources = await resourcesOf(client, stackArn).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const owned = resources.flatMap(({ logicalId, type, physicalId = '' }) => (physicalId === '' ? [] : [{ logicalId: `${prefix}${logicalId}`, type, physicalId }]));
  const inside = await Promise.all(owned.filter(({ type }) => type === nestedType).map(({ logicalId, physicalId }) => listStillOwned(client, physicalId, `${logicalId}/`)));
  return [...owned, ...inside.flat()];
}

/**
 * Asks for a stack to be deleted. It is named by its ARN, so that a stack made anew under the same name is never meant.
 * Asked again with the same token it starts nothing new.
 * @throws DeploymentFailedError when CloudFormation refuses, for example because of termination protection
 */
export async function deleteOwnedStack(client: CloudFormationClient, { stackArn, roleArn, token }: { readonly stackArn: string; readonly roleArn: string; readonly token: string }): Promise<void> {
  const doing = `Removing the stack ${stackArn}`;
  try {
    await calling(doing, () => client.send(new DeleteStackCommand({ StackName: stackArn, RoleARN: roleArn, ClientRequestToken: token })));
  } catch (error) {
    if (isNamed(error, 'TokenAlreadyExistsException')) return;
    if (isNamed(error, 'ValidationError')) throw new DeploymentFailedError(`${doing}: ${error.message.replace(/\.$/, '')}. Mend that in the target account, then retry the release.`, { cause: error });
    throw error;
  }
}
