import { DeleteStackCommand } from '@aws-sdk/client-cloudformation';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeploymentFailedError } from '../domain/errors.ts';
import type { FoundStack } from '../domain/offboard/stacks.ts';
import { describeStack } from './cloudformation.ts';
import { calling, isNamed } from './errors.ts';
import { cloudFormationOf } from './found-stacks.ts';
import type { Access } from './person.ts';
import { operationEvents } from './stack-events.ts';

const real = { pause: (milliseconds: number) => sleep(milliseconds) };

/**
 * Deletes a stack of the control plane and waits until it is gone. It is named by its ARN, so one that was made anew under
 * the same name is never meant, and one that is being deleted is only waited for.
 * @throws DeploymentFailedError with what CloudFormation could not delete, and why
 */
export async function deleteOwnStack(access: Access, { arn, name, region, account, status }: FoundStack, { pause }: typeof real = real): Promise<void> {
  const client = cloudFormationOf(access, region);
  const doing = `Deleting the stack ${name} (${account}, ${region})`;
  if (status !== 'DELETE_IN_PROGRESS') {
    try {
      await calling(doing, () => client.send(new DeleteStackCommand({ StackName: arn })));
    } catch (error) {
      if (isNamed(error, 'ValidationError')) throw new DeploymentFailedError(`${doing}: ${error.message.replace(/\.$/, '')}. Mend that, then run the same command again.`, { cause: error });
      throw error;
    }
  }
  for (let wait = 500; ; wait = Math.min(wait * 1.5, 10_000)) {
    const now = await describeStack(client, arn);
    if (now === undefined || now.status === 'DELETE_COMPLETE') return;
    if (now.status === 'DELETE_FAILED') throw new DeploymentFailedError(`${doing}: ${await whyNot(client, arn, now.reason)} Mend that, then run the same command again.`);
    await pause(wait);
  }
}

async function whyNot(client: ReturnType<typeof cloudFormationOf>, arn: string, reason: string | undefined): Promise<string> {
  const [failed] = (await operationEvents(client, arn, undefined)).filter(({ status, ofStack }) => status === 'DELETE_FAILED' && !ofStack);
  return failed === undefined ? (reason ?? 'CloudFormation does not say why.') : `${failed.logicalId} (${failed.type}) cannot be deleted: ${failed.reason ?? ''}`;
}
