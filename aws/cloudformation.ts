import { CloudFormationClient, DeleteStackCommand, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { DeploymentFailedError } from '../domain/errors.ts';
import { calling, isNamed } from './errors.ts';
import { retries } from './once.ts';
import type { Credentials } from './sts.ts';

/** One client for one session in one Region. */
export function cloudFormationFor(credentials: Credentials, region: string): CloudFormationClient {
  return new CloudFormationClient({ ...retries, region, credentials: { ...credentials } });
}

export interface DescribedStack {
  readonly arn: string;
  readonly name: string;
  readonly status: string;
  readonly reason: string | undefined;
  readonly outputs: Readonly<Record<string, string>>;
  /** The names under which other stacks of the account and Region may import outputs. */
  readonly exports: readonly string[];
  /** As CloudFormation resolved them. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly terminationProtection: boolean;
  /** When it was last updated, or else made. */
  readonly changedAt: string | undefined;
}

function described(stack: Stack): DescribedStack {
  return {
    arn: stack.StackId ?? '',
    name: stack.StackName ?? '',
    status: stack.StackStatus ?? '',
    reason: stack.StackStatusReason,
    outputs: Object.fromEntries((stack.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue])),
    exports: (stack.Outputs ?? []).flatMap(({ ExportName }) => (ExportName === undefined || ExportName === '' ? [] : [ExportName])),
    parameters: Object.fromEntries((stack.Parameters ?? []).map(({ ParameterKey = '', ParameterValue = '', ResolvedValue }) => [ParameterKey, ResolvedValue ?? ParameterValue])),
    tags: Object.fromEntries((stack.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
    terminationProtection: stack.EnableTerminationProtection === true,
    changedAt: (stack.LastUpdatedTime ?? stack.CreationTime)?.toISOString(),
  };
}

/** CloudFormation has no error of its own for a missing stack. */
export const isMissing = (error: unknown): boolean => isNamed(error, 'ValidationError') && error.message.includes('does not exist');

/**
 * True where CloudFormation refuses because the stack came, went or is being moved (F 2.3), and not because of the request.
 * There is no error of its own for that either: `Stack [NAME] already exists and cannot be created again ...`,
 * `Stack:ARN is in UPDATE_IN_PROGRESS state and can not be updated.`
 */
export const isMoved = (error: unknown): error is Error =>
  isNamed(error, 'ValidationError', 'AlreadyExistsException') && /^Stack\b.*(?:does not exist|already exists|is in [A-Z_]+ state)/s.test(error.message);

/**
 * A stack by name or ARN, or `undefined` when there is none. A deleted stack is found by its ARN only, for 90 days.
 * The answer is eventually consistent.
 */
export async function describeStack(client: CloudFormationClient, nameOrArn: string): Promise<DescribedStack | undefined> {
  try {
    const answer = await calling(`looking at the stack ${nameOrArn}`, () => client.send(new DescribeStacksCommand({ StackName: nameOrArn })));
    const stack = answer.Stacks?.[0];
    return stack === undefined ? undefined : described(stack);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/**
 * Starts to delete a stack. It is named by its ARN, so that a stack made anew under the same name is never meant.
 * @throws DeploymentFailedError when CloudFormation refuses, for example because of termination protection
 */
export async function deleteStack(client: CloudFormationClient, stackArn: string, roleArn: string | undefined): Promise<void> {
  const doing = `deleting the stack ${stackArn}, whose creation never finished`;
  try {
    await calling(doing, () => client.send(new DeleteStackCommand({ StackName: stackArn, ...(roleArn === undefined ? {} : { RoleARN: roleArn }) })));
  } catch (error) {
    if (isNamed(error, 'ValidationError')) throw new DeploymentFailedError(`${doing}: ${error.message}. Delete it in the target account, then retry the release.`, { cause: error });
    throw error;
  }
}
