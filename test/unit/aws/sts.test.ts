import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { credentialsFor } from '../../../aws/sts.ts';
import { aTarget } from '../../fakes/samples.ts';

const sts = mockClient(STSClient);
const context = { release: 'orders-12-3f2a9c1b', environment: 'prod', application: 'orders', commit: 'c'.repeat(40), approvers: ['alex'] };

beforeEach(() => {
  sts.reset();
});

describe('a session in a target account', () => {
  it('is short, narrowed to one stack, and says what it is for', async () => {
    sts.on(AssumeRoleCommand).resolves({ Credentials: { AccessKeyId: 'a', SecretAccessKey: 'b', SessionToken: 'c', Expiration: new Date(0) } });
    expect(await credentialsFor(aTarget(), 'execute', context)).toEqual({ accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c', expiration: new Date(0) });
    const input = sts.commandCalls(AssumeRoleCommand)[0]?.args[0].input;
    expect(input).toMatchObject({
      RoleArn: 'arn:aws:iam::222222222222:role/drawbridge/drawbridge-execute',
      RoleSessionName: 'orders-12-3f2a9c1b@prod',
      ExternalId: 'drawbridge-222222222222',
      DurationSeconds: 900,
    });
    expect(input?.Tags?.map(({ Key }) => Key)).toEqual(['release', 'environment', 'application', 'commit', 'approver']);
    expect(input?.Policy).toContain('stack/orders-dev/*');
  });

  it('that the account refuses says which role', async () => {
    sts.on(AssumeRoleCommand).rejects(Object.assign(new Error('User is not authorized'), { name: 'AccessDenied' }));
    await expect(credentialsFor(aTarget(), 'plan', context)).rejects.toMatchObject({ name: 'AccessDeniedError', message: expect.stringContaining('role/drawbridge/drawbridge-plan') as string });
  });
});
