import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it } from 'vitest';
import { askFunction, handOver } from '../../../aws/invoke.ts';

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

it('a function that is asked is waited for, and its error is an error', async () => {
  const payload = (content: unknown) => ({ Payload: { transformToString: () => JSON.stringify(content) } as never });
  lambda.on(InvokeCommand).resolvesOnce(payload({ findings: [] })).resolvesOnce({ ...payload({ errorType: 'TimeoutError', errorMessage: 'too late' }), FunctionError: 'Unhandled' }).resolves({ ...payload(null), FunctionError: 'Unhandled' });
  expect(await askFunction('examine-targets', { places: [] })).toEqual({ findings: [] });
  expect(lambda.commandCalls(InvokeCommand)[0]?.args[0].input).toEqual({ FunctionName: 'examine-targets', Payload: '{"places":[]}' });
  await expect(askFunction('examine-targets', {})).rejects.toThrow('too late');
  await expect(askFunction('examine-targets', {})).rejects.toThrow('Unhandled');
});
