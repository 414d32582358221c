import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { executionName } from '../domain/release-id.ts';
import type { Execution } from '../domain/sweep/seen.ts';
import { calling, isNamed } from './errors.ts';
import { once, retries } from './once.ts';

const sfn = once(() => new SFNClient(retries));

/** Starts a release's workflow. The name is the release's, so starting it again starts nothing new (Step Functions API: StartExecution). */
export async function startRelease(machineArn: string, release: string, attempt: number): Promise<void> {
  try {
    await calling(`starting release ${release}`, () =>
      sfn().send(new StartExecutionCommand({ stateMachineArn: machineArn, name: executionName(release, attempt), input: JSON.stringify({ release, attempt }) })),
    );
  } catch (error) {
    if (!isNamed(error, 'ExecutionAlreadyExists')) throw error;
  }
}

/** How an execution stands. One that Step Functions does not know was never started, or ended more than 90 days ago. */
export async function executionStands(executionArn: string): Promise<Execution> {
  try {
    const { status } = await calling(`looking at the execution ${executionArn}`, () => sfn().send(new DescribeExecutionCommand({ executionArn })));
    return status === 'RUNNING' || status === 'PENDING_REDRIVE' ? 'runs' : 'over';
  } catch (error) {
    if (isNamed(error, 'ExecutionDoesNotExist')) return 'missing';
    throw error;
  }
}
