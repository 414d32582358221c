import {
  type CloudFormationClient,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  ExecuteChangeSetCommand,
  ListChangeSetsCommand,
} from '@aws-sdk/client-cloudformation';
import type { ChangeSetRequest } from '../domain/change-set-request.ts';
import { InvalidInputError, TransientError } from '../domain/errors.ts';
import { isMissing, isMoved } from './cloudformation.ts';
import { calling, isNamed } from './errors.ts';
import { pages } from './pages.ts';

/** A change set by name or ARN. The stack is always named too: permissions are judged by it. */
export interface ChangeSetId {
  readonly stackName: string;
  readonly changeSet: string;
}

const pairs = <Key extends string, Value extends string>(map: Readonly<Record<string, string>>, key: Key, value: Value) =>
  Object.entries(map).map(([name, text]) => ({ [key]: name, [value]: text }) as Record<Key | Value, string>);

/**
 * Opens a change set, or finds the one that an earlier try of the same task opened.
 * @throws InvalidInputError when CloudFormation does not take the template, its parameters or its capabilities
 * @throws TransientError when the stack is not as it was when somebody looked: look again
 */
export async function createChangeSet(client: CloudFormationClient, request: ChangeSetRequest): Promise<void> {
  const doing = `opening a change set on ${request.stackName}`;
  try {
    await calling(doing, () =>
      client.send(
        new CreateChangeSetCommand({
          StackName: request.stackName,
          ChangeSetName: request.name,
          ChangeSetType: request.operation,
          TemplateURL: request.templateUrl,
          RoleARN: request.roleArn,
          Parameters: pairs(request.parameters, 'ParameterKey', 'ParameterValue'),
          Tags: pairs(request.tags, 'Key', 'Value'),
          // Not kept by the stack: they are said again with every change set.
          Capabilities: [...request.capabilities],
          Description: request.description,
          ClientToken: request.name,
          IncludeNestedStacks: true,
        }),
      ),
    );
  } catch (error) {
    // Repeated by the task, or by the SDK after an answer was lost: the name is derived, so it is ours.
    if (isNamed(error, 'AlreadyExistsException') && error.message.includes(request.name)) return;
    if (isMoved(error)) throw new TransientError(`${doing}: since it was looked at somebody else moved the stack (${error.message.replace(/\.$/, '')}). It is tried again.`, { cause: error });
    if (isNamed(error, 'ValidationError', 'InsufficientCapabilitiesException', 'LimitExceededException', 'AlreadyExistsException')) {
      throw new InvalidInputError(`${doing}: ${error.message.replace(/\.$/, '')}. Mend the template or its configuration and push again.`, { cause: error });
    }
    throw error;
  }
}

/** Deletes a change set. One that is gone already, or whose stack is, is no error. */
export async function deleteChangeSet(client: CloudFormationClient, { stackName, changeSet }: ChangeSetId): Promise<void> {
  try {
    await calling(`deleting the change set ${changeSet}`, () => client.send(new DeleteChangeSetCommand({ StackName: stackName, ChangeSetName: changeSet })));
  } catch (error) {
    // An executed one cannot be deleted, and need not be.
    if (!isMissing(error) && !isNamed(error, 'ChangeSetNotFoundException', 'ChangeSetNotFound', 'InvalidChangeSetStatusException', 'InvalidChangeSetStatus')) throw error;
  }
}

/** Names of the change sets that a stack has. One that is gone has none. */
export async function changeSetsOf(client: CloudFormationClient, stack: string): Promise<string[]> {
  const names: string[] = [];
  const list = (NextToken: string | undefined) => calling(`listing the change sets of ${stack}`, () => client.send(new ListChangeSetsCommand({ StackName: stack, NextToken })));
  try {
    for await (const { Summaries = [] } of pages(list, ({ NextToken }) => NextToken)) names.push(...Summaries.filter(({ Status }) => Status !== 'DELETE_COMPLETE').map(({ ChangeSetName = '' }) => ChangeSetName));
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return names;
}

export type Started = 'started' | 'started-before' | 'perhaps-started';

const alreadyStarted = ['TokenAlreadyExistsException', 'TokenAlreadyExists'];
const notExecutable = ['InvalidChangeSetStatusException', 'InvalidChangeSetStatus', 'ChangeSetNotFoundException', 'ChangeSetNotFound'];

/**
 * Executes a change set. A repeated execute is refused in three ways that may all mean that the first one went through
 * (CloudFormation API: ExecuteChangeSet); only the stack's events can tell.
 * @param token the client request token: nobody else can know it, so its events are ours
 */
export async function executeChangeSet(client: CloudFormationClient, { stackName, changeSet }: ChangeSetId, token: string): Promise<Started> {
  try {
    await calling(`executing the change set ${changeSet}`, () =>
      // The documentation names two different defaults for DisableRollback, so it is always said.
      client.send(new ExecuteChangeSetCommand({ StackName: stackName, ChangeSetName: changeSet, ClientRequestToken: token, DisableRollback: false })),
    );
    return 'started';
  } catch (error) {
    if (isNamed(error, ...alreadyStarted)) return 'started-before';
    if (isNamed(error, ...notExecutable) || isMissing(error) || isMoved(error)) return 'perhaps-started';
    throw error;
  }
}
