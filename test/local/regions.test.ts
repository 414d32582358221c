import { CloudFormationClient, DescribeStackResourceCommand, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { parse, stringify } from 'yaml';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DoctorAnswer } from '../../contracts/doctor.ts';
import { sampleEnvironments } from '../../local/sample.ts';
import { type Application, outcomes, Town } from './town.ts';

const [home, second, third] = ['eu-west-1', 'us-east-1', 'us-west-2'] as const;

let town: Town;
let shop: Application;
/** A wait whose event does not come looks for itself only after a quarter of an hour: what ends sooner was woken by one. */
beforeAll(async () => {
  town = await Town.build(900, undefined, [second]);
  const [application] = await town.applications('shop');
  if (application === undefined) throw new Error('no application');
  shop = application;
  const world = { branches: ['main'], targets: [{ account: 'dev', region: home, wave: 1 }, { account: 'staging', region: second, wave: 2 }] };
  const { content } = sampleEnvironments(town.system.cloud, ['shop']);
  await town.system.register(stringify({ ...content, environments: { world, far: { branches: ['main'], targets: [{ account: 'dev', region: third }] } } }));
}, 240_000);
afterAll(() => town.close());

const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }] };
const files = (says: string, order: readonly string[] = ['world']) => ({
  'code/index.js': `exports.handler = async () => '${says} from ' + process.env.AWS_REGION;\n`,
  'nested.yaml': stringify({ Resources: { Value: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: says } } } }),
  'template.yaml': stringify({
    Resources: {
      Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: trust } },
      Hello: { Type: 'AWS::Lambda::Function', Properties: { Runtime: 'nodejs24.x', Handler: 'index.handler', Role: { 'Fn::GetAtt': ['Role', 'Arn'] }, Code: 'code/' } },
      Nested: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'nested.yaml' } },
    },
  }),
  'drawbridge.yaml': stringify({ version: 1, build: { kind: 'cloudformation' }, order }),
});

interface Deployed {
  readonly Resources: { readonly Hello: { readonly Properties: { readonly Code: { readonly S3Bucket: string; readonly S3Key: string } } }; readonly Nested: { readonly Properties: { readonly TemplateURL: string } } };
}

const places = [['dev', home], ['staging', second]] as const;
const clientIn = (account: 'dev' | 'staging', region: string) => ({ ...town.client(account), region });

async function deployedIn(account: 'dev' | 'staging', region: string): Promise<Deployed['Resources']> {
  const { TemplateBody = '' } = await new CloudFormationClient(clientIn(account, region)).send(new GetTemplateCommand({ StackName: 'shop-world', TemplateStage: 'Processed' }));
  return (parse(TemplateBody) as Deployed).Resources;
}

async function saysIn(account: 'dev' | 'staging', region: string): Promise<unknown> {
  const client = clientIn(account, region);
  const { StackResourceDetail } = await new CloudFormationClient(client).send(new DescribeStackResourceCommand({ StackName: 'shop-world', LogicalResourceId: 'Hello' }));
  const { Payload } = await new LambdaClient(client).send(new InvokeCommand({ FunctionName: StackResourceDetail?.PhysicalResourceId }));
  return JSON.parse(Buffer.from(Payload ?? []).toString());
}

it('each Region is deployed from its own bucket, and its events end the waits', { timeout: 180_000 }, async () => {
  const shown = await shop.release(files('hello'));
  expect(shown.release).toMatchObject({ outcome: 'deployed' });
  expect(shown.targets.map(({ outcome }) => outcome)).toEqual(['deployed', 'deployed']);
  const bucket = town.system.outputs['ArtifactBucket'] ?? '';
  for (const [account, region] of places) {
    const own = region === home ? bucket : `${bucket}-${region}`;
    const { Hello, Nested } = await deployedIn(account, region);
    expect(Hello.Properties.Code.S3Bucket).toBe(own);
    expect(Nested.Properties.TemplateURL).toMatch(new RegExp(`/${own}/sealed/shop/`));
    expect(await saysIn(account, region)).toBe(`hello from ${region}`);
  }
  const [one, other] = await Promise.all(places.map(([account, region]) => deployedIn(account, region)));
  expect(other?.Hello.Properties.Code.S3Key).toBe(one?.Hello.Properties.Code.S3Key);
});

it('the same again changes nothing in any Region', { timeout: 120_000 }, async () => {
  const again = await shop.release({ 'NOTES.md': 'nothing that is deployed' });
  expect(outcomes(again)).toEqual({ world: 'no-changes' });
});

it('the doctor reads and hears from the second Region', { timeout: 120_000 }, async () => {
  const { groups } = DoctorAnswer.parse(await town.ask('POST', '/doctor', { environment: 'world' }));
  const there = groups.find(({ about }) => about.endsWith(second))?.findings ?? [];
  const finding = (what: string) => there.find((it) => it.what === what);
  expect(finding('sealed artifacts can be read and decrypted')).toMatchObject({ state: 'good' });
  expect(finding('events arrive from there')).toMatchObject({ state: 'good', says: expect.stringContaining('a test event arrived') as string });
});

it('a Region without a bucket ends the release before the build, with one sentence', { timeout: 120_000 }, async () => {
  const { release, targets } = await shop.release(files('hello', ['world', 'far']));
  expect(release).toMatchObject({ outcome: 'failed', reason: expect.stringMatching(/far has a target in us-west-2, but there is no artifact bucket in that Region\. Deploy infra\/artifact-region\.yaml there in the tools account/) as string });
  expect(targets).toEqual([]);
});
