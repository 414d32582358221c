import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DescribeStacksCommand, CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { stringify } from 'yaml';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sampleEnvironments } from '../../local/sample.ts';
import { until } from '../fakes/until.ts';
import { type Application, outcomes, Town } from './town.ts';

let town: Town;
beforeAll(async () => {
  town = await Town.build();
}, 120_000);
afterAll(() => town.close());

type Account = 'tools' | 'dev' | 'staging' | 'prod';

const client = (account: Account) => town.client(account);

async function put(account: Account, Name: string, Value: string, Type: 'String' | 'StringList' | 'SecureString' = 'String'): Promise<void> {
  await new SSMClient(client(account)).send(new PutParameterCommand({ Name, Value, Type, Overwrite: true }));
}

async function outputsOf(stack: string, account: Account): Promise<Record<string, string>> {
  const { Stacks = [] } = await new CloudFormationClient(client(account)).send(new DescribeStacksCommand({ StackName: stack }));
  return Object.fromEntries((Stacks[0]?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
}

/** An application whose stack shows what its parameters were given. */
function shows(parameters: Readonly<Record<string, string>>, order: readonly string[] = ['dev', 'staging']): Record<string, string> {
  const names = Object.keys(parameters);
  const template = {
    Parameters: Object.fromEntries(names.map((name) => [name, { Type: 'String' }])),
    Resources: Object.fromEntries(names.map((name) => [`Of${name}`, { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: { Ref: name } } }])),
    Outputs: Object.fromEntries(names.map((name) => [name, { Value: { 'Fn::GetAtt': [`Of${name}`, 'Value'] } }])),
  };
  return { 'template.yaml': stringify(template), 'drawbridge.yaml': stringify({ version: 1, build: { kind: 'cloudformation' }, order, parameters }) };
}

async function application(name: string): Promise<Application> {
  const [made] = await town.applications(name);
  if (made === undefined) throw new Error(`no application ${name}`);
  return made;
}

it('takes values from the file, from each target account, from the tools account, and from a secret', { timeout: 120_000 }, async () => {
  await Promise.all([
    put('dev', '/network/vpc', 'vpc-dev'),
    put('staging', '/network/vpc', 'vpc-staging'),
    put('dev', '/network/zones', 'a,b', 'StringList'),
    put('staging', '/network/zones', 'a,b,c', 'StringList'),
    put('tools', '/drawbridge/parameters/taker/level', 'warn'),
    ...(['dev', 'staging'] as const).map((account) => new SecretsManagerClient(client(account)).send(new CreateSecretCommand({ Name: 'taker/db', SecretString: JSON.stringify({ password: `of-${account}` }) }))),
  ]);
  const taker = await application('taker');
  const shown = await taker.release(shows({ Size: '2', Vpc: 'ssm:/network/vpc', Zones: 'ssm:/network/zones', Level: 'ssm-tools:/drawbridge/parameters/taker/level', Password: 'secret:taker/db#password' }));
  expect(shown.release.reason).toBeUndefined();
  expect(outcomes(shown)).toEqual({ dev: 'deployed', staging: 'deployed' });
  expect(await outputsOf('taker-dev', 'dev')).toEqual({ Size: '2', Vpc: 'vpc-dev', Zones: 'a,b', Level: 'warn', Password: 'of-dev' });
  expect(await outputsOf('taker-staging', 'staging')).toEqual({ Size: '2', Vpc: 'vpc-staging', Zones: 'a,b,c', Level: 'warn', Password: 'of-staging' });
});

it('fails the planning with one sentence where a parameter is missing, is encrypted, or is out of reach', { timeout: 120_000 }, async () => {
  await put('dev', '/password', 'hidden', 'SecureString');
  const failing = await application('failing');
  const missing = await failing.release(shows({ Vpc: 'ssm:/no/such' }));
  expect(missing.release).toMatchObject({ outcome: 'failed' });
  expect(missing.targets.map(({ reason }) => reason)).toEqual([expect.stringMatching(/\/no\/such in Parameter Store of account 222222222222 \(dev\), .*drawbridge\.yaml takes the parameter Vpc, is not there/)]);
  expect(missing.targets.map(({ clean }) => clean)).not.toContain(false);

  const secure = await failing.release(shows({ Vpc: 'ssm:/password' }));
  expect(secure.targets.map(({ reason }) => reason)).toEqual([expect.stringMatching(/SecureString.*secret:NAME#KEY/)]);

  const elsewhere = await failing.release(shows({ Vpc: 'ssm-tools:/drawbridge/parameters/taker/level' }));
  expect(elsewhere.release).toMatchObject({ outcome: 'failed', reason: expect.stringMatching(/failing may read only what is below \/drawbridge\/parameters\/failing\//) as string });
});

it('plans and asks again when a value changes while the approval is open, and deploys the new one', { timeout: 180_000 }, async () => {
  await put('prod', '/network/vpc', 'vpc-1');
  const moving = await application('moving');
  const release = await moving.releaseOf(await moving.push(shows({ Vpc: 'ssm:/network/vpc' }, ['prod'])));
  const first = await town.waitsIn(release, 'prod');
  await put('prod', '/network/vpc', 'vpc-2');
  await town.decide(release, 'prod', 'approve');
  const asked = (shown: typeof first) => shown.approvals.find(({ environment, state }) => environment === 'prod' && state === 'waiting')?.digest;
  const again = await until('another plan is asked for', async () => {
    const digest = asked(await town.show(release));
    return digest === asked(first) ? undefined : digest;
  }, 180_000);
  expect(again).not.toBe(asked(first));
  await town.decide(release, 'prod', 'approve');
  expect((await town.ended(release)).release).toMatchObject({ outcome: 'deployed' });
  expect(await outputsOf('moving-prod', 'prod')).toEqual({ Vpc: 'vpc-2' });
});

it('reads nothing in the tools account that the stack does not allow, whatever prefix is registered', { timeout: 120_000 }, async () => {
  await Promise.all([put('tools', '/drawbridge/parameters/all/level', 'warn'), put('tools', '/elsewhere/level', 'warn')]);
  const far = await application('far');
  const { content } = sampleEnvironments(town.system.cloud, ['far']);
  await town.system.register(stringify({ ...content, parameters: { prefix: '/drawbridge/parameters/all/' } }));
  expect((await far.release(shows({ Level: 'ssm-tools:/drawbridge/parameters/all/level' }, ['dev']))).release).toMatchObject({ outcome: 'deployed' });
  await town.system.register(stringify({ ...content, parameters: { prefix: '/elsewhere/' } }));
  const refused = await far.release(shows({ Level: 'ssm-tools:/elsewhere/level' }, ['dev']));
  expect(refused.targets.map(({ reason }) => reason)).toEqual([expect.stringMatching(/\/elsewhere\/level in Parameter Store of the tools account.*ParameterPrefix.*not authorized/)]);
});
