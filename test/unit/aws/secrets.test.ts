import { GetSecretValueCommand, ResourceNotFoundException, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { readSlackSecret } from '../../../aws/secrets.ts';

const secrets = mockClient(SecretsManagerClient);
const secret = { botToken: 'xoxb-very-secret', signingSecret: 'very-secret-too' };
let number = 0;
let id: string;

beforeEach(() => {
  secrets.reset();
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-01-01T00:00:00.000Z') });
  id = `secret-${String((number += 1))}`;
});
afterEach(() => {
  vi.useRealTimers();
});

const holds = (SecretString: string | undefined) => secrets.on(GetSecretValueCommand).resolves(SecretString === undefined ? {} : { SecretString });

it('a secret is read once and kept for a while; one that was exchanged is taken up then', async () => {
  holds(JSON.stringify(secret));
  expect(await readSlackSecret(id)).toEqual(secret);
  holds(JSON.stringify({ ...secret, signingSecret: 'exchanged-since' }));
  vi.setSystemTime(new Date('2026-01-01T00:04:59.000Z'));
  expect(await readSlackSecret(id)).toEqual(secret);
  vi.setSystemTime(new Date('2026-01-01T00:05:00.000Z'));
  expect(await readSlackSecret(id)).toMatchObject({ signingSecret: 'exchanged-since' });
  expect(secrets.commandCalls(GetSecretValueCommand)).toHaveLength(2);
});

it('another secret is another one', async () => {
  holds(JSON.stringify(secret));
  await readSlackSecret(id);
  holds(JSON.stringify({ ...secret, apiUrl: 'https://slack.example/api/' }));
  expect(await readSlackSecret(`${id}-other`)).toMatchObject({ apiUrl: 'https://slack.example/api/' });
});

it.each([
  ['not written yet', undefined],
  ['no JSON', 'xoxb-very-secret'],
  ['half of it', JSON.stringify({ botToken: 'xoxb-very-secret' })],
  ['empty values', JSON.stringify({ botToken: '', signingSecret: '' })],
  ['another address that is none', JSON.stringify({ ...secret, apiUrl: 'xoxb-very-secret' })],
])('a secret that is %s says what is missing, never what it is, and is read again next time', async (_, text) => {
  holds(text);
  const error = (await readSlackSecret(id).catch((it: unknown) => it)) as Error;
  expect(error).toMatchObject({ name: 'ConfigurationError', message: expect.stringContaining(id) as unknown });
  expect(`${error.message}${error.stack ?? ''}${JSON.stringify(error)}`).not.toContain('very-secret');
  expect(error.cause).toBeUndefined();
  holds(JSON.stringify(secret));
  expect(await readSlackSecret(id)).toEqual(secret);
});

it('a secret that there is not, or that nobody may read, says what to do', async () => {
  secrets.on(GetSecretValueCommand).rejectsOnce(new ResourceNotFoundException({ message: 'x', $metadata: {} })).rejectsOnce(Object.assign(new Error('no'), { name: 'AccessDeniedException' })).rejects(Object.assign(new Error('busy'), { name: 'ThrottlingException' }));
  await expect(readSlackSecret(id)).rejects.toMatchObject({ name: 'ConfigurationError', message: expect.stringContaining('there is none') as unknown });
  await expect(readSlackSecret(id)).rejects.toMatchObject({ name: 'AccessDeniedError' });
  await expect(readSlackSecret(id)).rejects.toMatchObject({ name: 'TransientError' });
});
