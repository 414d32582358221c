import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { calling } from './errors.ts';
import { once, retries } from './once.ts';

const lambda = once(() => new LambdaClient(retries));

/** Has a function of ours do the work behind; it is not waited for. */
export async function handOver(functionName: string, input: unknown): Promise<void> {
  await calling(`handing over to ${functionName}`, () => lambda().send(new InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload: JSON.stringify(input) })));
}
