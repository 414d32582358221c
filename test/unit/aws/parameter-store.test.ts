import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it, vi } from 'vitest';
import { lookUp } from '../../../aws/parameter-store.ts';
import { AccessDeniedError } from '../../../domain/errors.ts';

const ssm = mockClient(SSMClient);
const target = new CloudFormationClient({ region: 'eu-north-1', credentials: { accessKeyId: 'of-the-session', secretAccessKey: 'x' } });
const of = (store: 'target' | 'tools', path: string) => ({ store, path, file: 'drawbridge.yaml' });

beforeEach(() => {
  ssm.reset();
  ssm.on(GetParametersCommand).callsFake(({ Names }: { Names: string[] }) => ({
    Parameters: Names.filter((name) => !name.includes('missing')).map((Name) => ({ Name, Type: 'String', Value: `value of ${Name}`, Version: 2, LastModifiedDate: new Date('2026-01-01T00:00:00.000Z') })),
  }));
  vi.stubEnv('AWS_REGION', 'eu-west-1');
});

it('where nothing is looked up nobody is asked', async () => {
  expect(await lookUp(target, {})).toEqual({});
  expect(ssm.calls()).toEqual([]);
});

it('values come by the names of the template, and what is missing has none', async () => {
  const found = await lookUp(target, { Vpc: of('target', '/vpc'), Gone: of('target', '/missing'), Level: of('tools', '/level') });
  expect(found).toEqual({
    Vpc: { type: 'String', value: 'value of /vpc', version: 2, changedAt: '2026-01-01T00:00:00.000Z' },
    Gone: undefined,
    Level: { type: 'String', value: 'value of /level', version: 2, changedAt: '2026-01-01T00:00:00.000Z' },
  });
});

it("the target's own are read in its Region with its session, those of the tools account with our own", async () => {
  await lookUp(target, { Vpc: of('target', '/same'), Level: of('tools', '/same') });
  const [first, second] = ssm.calls().map(({ thisValue }) => (thisValue as SSMClient).config);
  expect([await first?.region(), (await first?.credentials())?.accessKeyId]).toEqual(['eu-north-1', 'of-the-session']);
  expect(await second?.region()).toBe('eu-west-1');
});

it('nothing is decrypted, a path is asked for once, and at most ten at a time', async () => {
  await lookUp(target, Object.fromEntries(Array.from({ length: 13 }, (_, index) => [`P${String(index)}`, of('target', `/p${String(index % 12)}`)])));
  const asked = ssm.commandCalls(GetParametersCommand).map(({ args: [{ input }] }) => input);
  expect(asked.map(({ Names }) => Names?.length)).toEqual([10, 2]);
  expect(asked.map(({ WithDecryption }) => WithDecryption)).toEqual([false, false]);
});

it('a refusal says what was read, where, and what confines it', async () => {
  ssm.on(GetParametersCommand).rejects(Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' }));
  const reading = lookUp(target, { Level: of('tools', '/level') });
  await expect(reading).rejects.toThrow(AccessDeniedError);
  await expect(reading).rejects.toThrow(/\/level in Parameter Store of the tools account.*ParameterPrefix/);
});
