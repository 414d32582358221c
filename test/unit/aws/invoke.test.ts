import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it } from 'vitest';
import { handOver } from '../../../aws/invoke.ts';

const lambda = mockClient(LambdaClient);

beforeEach(() => {
  lambda.reset();
});

it('work is handed over as an event, which nobody waits for', async () => {
  lambda.on(InvokeCommand).resolves({ StatusCode: 202 });
  await handOver('answer-slack', { kind: 'button', text: 'ü' });
  expect(lambda.commandCalls(InvokeCommand)[0]?.args[0].input).toEqual({ FunctionName: 'answer-slack', InvocationType: 'Event', Payload: '{"kind":"button","text":"ü"}' });
});

it('work that could not be handed over is an error', async () => {
  lambda.on(InvokeCommand).rejectsOnce(Object.assign(new Error('busy'), { name: 'TooManyRequestsException' })).rejects(Object.assign(new Error('no'), { name: 'AccessDeniedException' }));
  await expect(handOver('answer-slack', {})).rejects.toMatchObject({ name: 'TransientError' });
  await expect(handOver('answer-slack', {})).rejects.toMatchObject({ name: 'AccessDeniedError' });
});
