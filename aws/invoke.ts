import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { calling } from './errors.ts';
import { once, retries } from './once.ts';

const lambda = once(() => new LambdaClient(retries));

/** Asks a function of ours, and waits for what it answers. */
export async function askFunction(functionName: string, input: unknown): Promise<unknown> {
  const { Payload, FunctionError } = await calling(`asking ${functionName}`, () => lambda().send(new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(input) })));
  const answer: unknown = JSON.parse(Payload?.transformToString() ?? 'null');
  if (FunctionError === undefined) return answer;
  const { errorMessage } = z.object({ errorMessage: z.string().optional() }).catch({}).parse(answer);
  throw new Error(errorMessage ?? FunctionError);
}

/** Has a function of ours do the work behind; it is not waited for. */
export async function handOver(functionName: string, input: unknown): Promise<void> {
  await calling(`handing over to ${functionName}`, () => lambda().send(new InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload: JSON.stringify(input) })));
}
