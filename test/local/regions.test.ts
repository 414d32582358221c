import { CloudFormationClient, DescribeStackResourceCommand, DescribeStacksCommand, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { HeadBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { parse, stringify } from 'yaml';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DoctorAnswer } from '../../contracts/doctor.ts';
import { sampleEnvironments } from '../../local/sample.ts';
import { drawbridgeAt, type Terminal } from './terminal.ts';
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
  await register([{ account: 'dev', region: home, wave: 1 }, { account: 'staging', region: second, wave: 2 }]);
}, 240_000);
afterAll(() => town.close());

async function register(world: readonly object[], without?: string): Promise<void> {
  const { content } = sampleEnvironments(town.system.cloud, ['shop']);
  const accounts = Object.fromEntries(Object.entries(content.accounts).filter(([name]) => name !== without));
  const environments = { world: { branches: ['main'], targets: world }, far: { branches: ['main'], targets: [{ account: 'dev', region: third }] } };
  await town.system.register(stringify({ ...content, accounts, environments }));
}

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

type Account = 'tools' | 'dev' | 'staging' | 'prod';

/** The names of all stacks in an account and Region. */
async function stacksIn(account: Account, region: string): Promise<string[]> {
  const { Stacks = [] } = await new CloudFormationClient({ ...town.client(account), region }).send(new DescribeStacksCommand({}));
  return Stacks.map(({ StackName = '' }) => StackName).sort();
}

const s3 = (region: string = home) => new S3Client({ ...town.client(), region, forcePathStyle: true });
const buckets = () => [town.system.outputs['ArtifactBucket'] ?? '', `${town.system.outputs['ArtifactBucket'] ?? ''}-${second}`, town.system.outputs['UploadBucket'] ?? ''];
const bucketsLeft = async () => (await Promise.all(buckets().map((Bucket) => s3(Bucket.endsWith(second) ? second : home).send(new HeadBucketCommand({ Bucket })).then(() => [Bucket], () => [])))).flat();
const tableIsThere = () => new DynamoDBClient(town.client()).send(new DescribeTableCommand({ TableName: town.system.outputs['TableName'] })).then(() => true, () => false);
const builtOfShop = async () => (await s3().send(new ListObjectsV2Command({ Bucket: buckets()[0], Prefix: 'sealed/shop/' }))).KeyCount ?? 0;

/** The removal that the terminal says it waits for. */
const waitsFor = (terminal: Terminal): Promise<string> => terminal.says(/(shop-\d+-\w+) waits for/);

it('an account leaves for good, and what is deployed elsewhere stays', { timeout: 240_000 }, async () => {
  const profile = ['--profile', '333333333333=staging'];
  const dry = await drawbridgeAt(town, 'offboard', '333333333333', '--dry-run', ...profile).ended;
  expect(dry.text).toMatch(/1\. What is deployed is removed\n {3}- shop in world: shop-world \(333333333333, us-east-1\)\n[^]*2\. Nothing starts it any more\n {3}! 333333333333 leaves[^]*3\. Target accounts\n[^]*drawbridge-target-region \(333333333333, us-east-1\)[^]*drawbridge-target \(333333333333, eu-west-1\)/);

  // What is deployed goes by consent; who is registered is its owner's business.
  const half = drawbridgeAt(town, 'offboard', '333333333333', '--yes', ...profile);
  await town.decide(await waitsFor(half), 'world', 'approve', 'robin');
  expect(await half.ended).toMatchObject({ code: 7, text: expect.stringMatching(/take the targets in it out of world, and staging out of accounts, and register that/) as string });
  expect([await stacksIn('staging', second), await stacksIn('staging', home)]).toEqual([['drawbridge-target-region'], ['drawbridge-target']]);

  await register([{ account: 'dev', region: home }], 'staging');
  expect(await drawbridgeAt(town, 'offboard', '333333333333', '--yes', ...profile).ended).toMatchObject({ code: 0, text: expect.stringContaining('Nothing of 333333333333 is there any more.') as string });
  expect([await stacksIn('staging', second), await stacksIn('staging', home), (await stacksIn('dev', home))[1]]).toEqual([[], [], 'shop-world']);
});

it('an application leaves for good, also when whoever offboards it is interrupted', { timeout: 240_000 }, async () => {
  const dry = await drawbridgeAt(town, 'offboard', 'shop', '--dry-run').ended;
  expect(dry).toMatchObject({ code: 0 });
  expect(dry.text).toMatch(/1\. What is deployed is removed\n {3}- shop in world: shop-world \(222222222222, eu-west-1\)\n[^]*2\. Nothing starts it any more[^]*3\. Builds\n {3}- the stack drawbridge-application-shop \(111111111111, eu-west-1\)/);
  expect(await drawbridgeAt(town, 'offboard', 'shop').ended).toMatchObject({ code: 2, text: expect.stringContaining('give --yes') as string });

  const first = drawbridgeAt(town, 'offboard', 'shop', '--yes');
  const removal = await waitsFor(first);
  first.interrupt();
  expect((await first.ended).code).not.toBe(0);
  expect(await stacksIn('dev', home)).toEqual(['drawbridge-target', 'shop-world', expect.stringMatching(/^shop-world-Nested/)]);

  // Asked again it is the same removal, and a no is respected.
  const impatient = await drawbridgeAt(town, 'offboard', 'shop', '--yes', '--no-wait').ended;
  expect(impatient).toMatchObject({ code: 7, text: expect.stringContaining(`drawbridge approve ${removal} world`) as string });
  const patient = drawbridgeAt(town, 'offboard', 'shop', '--yes');
  expect(await waitsFor(patient)).toBe(removal);
  await town.decide(removal, 'world', 'approve', 'robin');
  expect(await patient.ended).toMatchObject({ code: 0, text: expect.stringContaining('Nothing of shop is there any more.') as string });

  expect([await stacksIn('dev', home), await stacksIn('tools', home)]).toEqual([['drawbridge-target'], ['drawbridge']]);
  expect(((await town.ask('GET', '/registry')) as { text: string }).text).not.toContain('shop');
  // What was built and what was decided stay.
  expect(await builtOfShop()).toBeGreaterThan(0);
  expect((await town.show(removal)).votes).toMatchObject([{ approver: 'robin', decision: 'approve' }]);
  expect(await drawbridgeAt(town, 'offboard', 'shop', '--yes').ended).toMatchObject({ code: 0, text: expect.stringContaining('Nothing of shop is there.') as string });

  // Unless somebody wants just that gone.
  expect(await drawbridgeAt(town, 'offboard', 'shop', '--yes', '--artifacts').ended).toMatchObject({ code: 0, text: expect.stringContaining(`below sealed/shop/, incoming/shop/, builder/shop/`) as string });
  expect(await builtOfShop()).toBe(0);
});

it('everything leaves for good, account by account, and data only when that is asked for', { timeout: 240_000 }, async () => {
  const some = ['--profile', '222222222222=dev', '--profile', '333333333333=staging'];
  expect(await drawbridgeAt(town, 'offboard', 'ALL', '--yes', '--profile', '222222222222=prod').ended).toMatchObject({ code: 2, text: expect.stringContaining('the profile prod leads to 444444444444') as string });
  const incomplete = await drawbridgeAt(town, 'offboard', 'ALL', '--yes', ...some).ended;
  expect(incomplete).toMatchObject({ code: 7, text: expect.stringMatching(/Left: .*in 444444444444: Nobody gave credentials of 444444444444[^]*aws cloudformation delete-stack --stack-name drawbridge-target --region eu-west-1/) as string });
  expect([await stacksIn('dev', home), await stacksIn('prod', home), await stacksIn('tools', home)]).toEqual([[], ['drawbridge-target'], ['drawbridge']]);

  const all = [...some, '--profile', '444444444444=prod'];
  const stays = await drawbridgeAt(town, 'offboard', 'ALL', '--yes', ...all).ended;
  expect(stays).toMatchObject({ code: 0, text: expect.stringContaining('Nothing of ALL is there any more.') as string });
  expect([await stacksIn('prod', home), await stacksIn('tools', home), await stacksIn('tools', second)]).toEqual([[], [], []]);
  expect([await bucketsLeft(), await tableIsThere()]).toEqual([buckets(), true]);

  // What the stacks left behind is still found when they are gone.
  const gone = await drawbridgeAt(town, 'offboard', 'ALL', '--yes', '--artifacts', '--evidence').ended;
  expect(gone).toMatchObject({ code: 0 });
  expect([await bucketsLeft(), await tableIsThere()]).toEqual([[], false]);
  const again = await drawbridgeAt(town, '--json', 'offboard', 'ALL', '--dry-run', '--artifacts', '--evidence').ended;
  expect(JSON.parse(again.text)).toMatchObject({ items: [], stays: [] });
});
