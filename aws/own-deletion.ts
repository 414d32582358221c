import { DeleteStackCommand } from '@aws-sdk/client-cloudformation';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeploymentFailedError } from '../domain/errors.ts';
import type { FoundStack } from '../domain/offboard/stacks.ts';
import { calling, isNamed } from './errors.ts';
import { cloudFormationOf } from './found-stacks.ts';
import type { Access } from './person.ts';
import { lookAtRemoval, readRemoval } from './removal-outcome.ts';

const real = { pause: (milliseconds: number) => sleep(milliseconds), newToken: () => `offboard-${randomUUID()}` };

/**
 * Deletes a stack of the control plane and waits until it is gone. It is named by its ARN, so one that was made anew under
 * the same name is never meant, and one that is being deleted is only waited for.
 * @throws DeploymentFailedError with what CloudFormation could not delete, and why
 */
export async function deleteOwnStack(access: Access, { arn, name, region, account, status }: FoundStack, { pause, newToken }: typeof real = real): Promise<void> {
  const client = cloudFormationOf(access, region);
  const told = { name: `${name} (${account}, ${region})`, advice: 'Mend that, then run the same command again' };
  // A stack that could not be deleted before says so until this deletion has begun: only how this one ends counts.
  const token = status === 'DELETE_IN_PROGRESS' ? undefined : newToken();
  if (token !== undefined) {
    try {
      await calling(`Deleting the stack ${told.name}`, () => client.send(new DeleteStackCommand({ StackName: arn, ClientRequestToken: token })));
    } catch (error) {
      if (isNamed(error, 'ValidationError')) throw new DeploymentFailedError(`Deleting the stack ${told.name}: ${error.message.replace(/\.$/, '')}. ${told.advice}.`, { cause: error });
      // A call that the network lost was made again.
      if (!isNamed(error, 'TokenAlreadyExistsException')) throw error;
    }
  }
  for (let wait = 500; ; wait = Math.min(wait * 1.5, 10_000)) {
    const end = token === undefined ? await lookAtRemoval(client, arn, told) : await readRemoval(client, { stackArn: arn, token }, told);
    if (end?.outcome === 'removed') return;
    if (end !== undefined) throw new DeploymentFailedError(end.reason ?? `Deleting the stack ${told.name}: it is in ${end.stackStatus}. ${told.advice}.`);
    await pause(wait);
  }
}
