import { CloudFormationClient, CreateStackCommand, DeleteStackCommand, DescribeStackEventsCommand, DescribeStacksCommand, UpdateTerminationProtectionCommand, waitUntilStackCreateComplete, waitUntilStackDeleteComplete } from '@aws-sdk/client-cloudformation';
import { DeleteObjectCommand, HeadBucketCommand, ListObjectVersionsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { stringify } from 'yaml';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { registryWith } from './office.ts';
import { type Application, outcomes, Town } from './town.ts';

let town: Town;
let shop: Application;
type Account = 'dev' | 'staging' | 'prod';
/** Of which environment, and in which account. */
interface Place {
  readonly environment: string;
  readonly account: Account;
}
const staging: Place = { environment: 'staging', account: 'staging' };
const prod: Place = { environment: 'prod', account: 'prod' };

beforeAll(async () => {
  town = await Town.build();
  [shop] = (await town.quickApplications('shop')) as [Application];
}, 120_000);
afterAll(async () => {
  await town.close();
});

const approval = { approvers: ['alex', 'robin'], required: 1, expires: '3 days' };
const register = (fields: Readonly<Record<string, Readonly<Record<string, unknown>>>>) => town.ask('POST', '/registry', { text: registryWith(town, ['shop'], fields) });

const files = (fields: Readonly<Record<string, unknown>> = {}) => ({
  'template.yaml': stringify({
    Resources: {
      Files: { Type: 'AWS::S3::Bucket', Properties: { BucketName: { 'Fn::Sub': '${AWS::StackName}-files' }, VersioningConfiguration: { Status: 'Enabled' } } },
      Archive: { Type: 'AWS::S3::Bucket', DeletionPolicy: 'Retain', Properties: { BucketName: { 'Fn::Sub': '${AWS::StackName}-archive' } } },
      Setting: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: 'on' } },
    },
    Outputs: { Setting: { Value: { Ref: 'Setting' }, Export: { Name: { 'Fn::Sub': '${AWS::StackName}-setting' } } } },
  }),
  'drawbridge.yaml': stringify({ version: 1, build: { kind: 'cloudformation' }, order: ['staging', 'prod'], branches: [{ branch: 'feature/*', environment: 'sandbox' }], ...fields }),
});

const s3 = (account: Account) => new S3Client({ ...town.client(account), forcePathStyle: true });
const bucketOf = ({ environment }: Place, name: 'files' | 'archive') => `shop-${environment}-${name}`;

/** Three versions of one object, and another that was deleted, as far as one sees. */
async function fill(place: Place): Promise<void> {
  const Bucket = bucketOf(place, 'files');
  for (const Body of ['one', 'two', 'three']) await s3(place.account).send(new PutObjectCommand({ Bucket, Key: 'orders/1.json', Body }));
  await s3(place.account).send(new PutObjectCommand({ Bucket, Key: 'orders/2 ö.json', Body: 'gone' }));
  await s3(place.account).send(new DeleteObjectCommand({ Bucket, Key: 'orders/2 ö.json' }));
}

const versionsIn = async (place: Place): Promise<number> => {
  const { Versions = [], DeleteMarkers = [] } = await s3(place.account).send(new ListObjectVersionsCommand({ Bucket: bucketOf(place, 'files') }));
  return Versions.length + DeleteMarkers.length;
};

const isThere = (place: Place, name: 'files' | 'archive') => s3(place.account).send(new HeadBucketCommand({ Bucket: bucketOf(place, name) })).then(() => true, () => false);

async function statusOf({ environment, account }: Place): Promise<string | undefined> {
  const client = new CloudFormationClient(town.client(account));
  return await client.send(new DescribeStacksCommand({ StackName: `shop-${environment}` })).then(({ Stacks = [] }) => Stacks[0]?.StackStatus, () => undefined);
}

const remove = async (environment: string) => ((await town.ask('POST', '/removals', { application: 'shop', environment, reason: 'not needed' })) as { release: string }).release;

it('removes a branch’s environment in a sandbox with everything in it, and asks nobody', { timeout: 180_000 }, async () => {
  await register({ sandbox: { disposable: true, branches: ['feature/*'], targets: [{ account: 'dev', region: town.system.cloud.region }] }, staging: { approval }, prod: { approval } });
  const release = await shop.releaseOf(await shop.push(files()));
  await shop.git('commit', '--quiet', '--allow-empty', '--message', 'Try');
  await shop.git('push', '--quiet', town.system.cloud.gitRemote('shop'), 'HEAD:refs/heads/feature/try');
  const tried = await town.ended(await shop.releaseOf(await shop.git('rev-parse', 'HEAD')));
  const sandbox: Place = { environment: tried.environments[0]?.environment ?? '', account: 'dev' };
  for (const { environment } of [staging, prod]) {
    await town.waitsIn(release, environment);
    await town.decide(release, environment, 'approve', 'robin');
  }
  expect(outcomes(await town.ended(release))).toEqual({ staging: 'deployed', prod: 'deployed' });
  for (const place of [sandbox, staging, prod]) await fill(place);
  expect(await versionsIn(sandbox)).toBe(5);

  const removal = await town.ended(await remove(sandbox.environment));
  expect(removal.release.reason).toBe(`${sandbox.environment}: Left behind, as their DeletionPolicy says: Archive (AWS::S3::Bucket) ${bucketOf(sandbox, 'archive')}.`);
  expect(outcomes(removal)).toEqual({ [sandbox.environment]: 'removed' });
  expect(removal.approvals).toEqual([]);
  expect([await statusOf(sandbox), await isThere(sandbox, 'files'), await isThere(sandbox, 'archive')]).toEqual([undefined, false, true]);
  // Nothing is left to remove, and what is elsewhere was not touched.
  await expect(remove(sandbox.environment)).rejects.toThrow('nothing is deployed there');
  expect([await statusOf(staging), await versionsIn(staging)]).toEqual(['CREATE_COMPLETE', 5]);
});

it('asks before it removes anything else, and touches nothing while termination protection is on or another stack imports what it exports', { timeout: 180_000 }, async () => {
  const protect = (on: boolean) => new CloudFormationClient(town.client('staging')).send(new UpdateTerminationProtectionCommand({ StackName: 'shop-staging', EnableTerminationProtection: on }));
  await protect(true);
  const release = await remove('staging');
  const refused = await town.ended(release);
  expect(refused.release).toMatchObject({ outcome: 'failed', reason: expect.stringMatching(/termination protection is on, so nothing of it was touched\. Switch it off \(aws cloudformation update-termination-protection/) as string });
  expect(refused.targets).toMatchObject([{ clean: true }]);

  await protect(false);
  const client = new CloudFormationClient(town.client('staging'));
  const [wait, cart] = [{ client, maxWaitTime: 60, minDelay: 1 }, { StackName: 'cart' }];
  await client.send(new CreateStackCommand({ ...cart, TemplateBody: stringify({ Resources: { Copy: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: { 'Fn::ImportValue': 'shop-staging-setting' } } } } }) }));
  await waitUntilStackCreateComplete(wait, cart);
  // As on AWS: whoever deletes it all the same finds it as it was, with the reason in the event of that.
  await client.send(new DeleteStackCommand({ StackName: 'shop-staging', ClientRequestToken: 'by-hand' }));
  const { StackEvents: [last] = [] } = await client.send(new DescribeStackEventsCommand({ StackName: 'shop-staging' }));
  expect(last).toMatchObject({ ResourceStatus: 'CREATE_COMPLETE', ClientRequestToken: 'by-hand', ResourceStatusReason: 'Export shop-staging-setting cannot be deleted as it is in use by cart' });
  await town.ask('POST', `/releases/${release}/retry`, {});
  expect((await town.ended(release)).targets).toMatchObject([{ outcome: 'failed', clean: true, reason: expect.stringContaining('cart imports its export shop-staging-setting, and AWS deletes no stack whose exports are in use') as string }]);
  expect([await statusOf(staging), await versionsIn(staging)]).toEqual(['CREATE_COMPLETE', 5]);
  await client.send(new DeleteStackCommand(cart));
  await waitUntilStackDeleteComplete(wait, cart);
  await town.ask('POST', `/releases/${release}/retry`, {});
  const asked = await town.waitsIn(release, 'staging');
  expect(asked.targets[0]?.risks).toEqual([
    'Deletes Files (AWS::S3::Bucket); what it holds is lost.',
    'Deletes Setting (AWS::SSM::Parameter); what it holds is lost.',
    `Empties Files (${bucketOf(staging, 'files')}) first, with every version in it.`,
    `Leaves Archive (AWS::S3::Bucket) ${bucketOf(staging, 'archive')} behind: its DeletionPolicy is Retain. No stack owns it then.`,
  ]);
  expect([await statusOf(staging), await versionsIn(staging)]).toEqual(['CREATE_COMPLETE', 5]);
  // Asked again it is the one that waits; and whoever asked for it does not answer.
  expect(await remove('staging')).toBe(release);
  await expect(town.decide(release, 'staging', 'approve', 'alex')).rejects.toThrow('Who asked for a removal cannot approve it');
  await town.decide(release, 'staging', 'approve', 'robin');
  expect(outcomes(await town.ended(release))).toEqual({ staging: 'removed' });
  expect([await statusOf(staging), await isThere(staging, 'files'), await isThere(staging, 'archive')]).toEqual([undefined, false, true]);
});

it('plans the removal of an environment that the files do not name any more, and empties nothing where the account does not let it', { timeout: 180_000 }, async () => {
  const template = stringify({ Resources: { Setting: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: 'on' } } } });
  const release = await shop.releaseOf(await shop.push({ ...files({ order: ['staging'] }), 'template.yaml': template }));
  await town.waitsIn(release, 'staging');
  await town.decide(release, 'staging', 'approve', 'robin');
  expect(outcomes(await town.ended(release))).toEqual({ staging: 'deployed' });

  const status = async () => (await town.ask('GET', '/status')) as { left: { stackName: string; why: string; removal: string }[] };
  const [left, ...more] = (await status()).left;
  expect([left, more]).toMatchObject([{ stackName: 'shop-prod', why: 'the files of shop do not name prod any more' }, []]);
  const removal = left?.removal ?? '';
  await town.waitsIn(removal, 'prod');
  expect(await statusOf(prod)).toBe('CREATE_COMPLETE');
  expect(JSON.stringify(await town.ask('GET', '/inbox', undefined, 'robin'))).toContain(removal);

  await town.decide(removal, 'prod', 'approve', 'robin');
  const refused = await town.ended(removal);
  expect(refused.targets).toMatchObject([{ outcome: 'failed', clean: true, reason: expect.stringMatching(/its bucket shop-prod-files \(Files\) must be empty .* DisposableBucketArns of infra\/target-account\.yaml/) as string }]);
  expect([await statusOf(prod), await versionsIn(prod)]).toEqual(['CREATE_COMPLETE', 5]);
  // Answered once it is not asked again, and stays in view: also when the environment leaves the registered ones.
  const { leaves } = (await register({ staging: { approval } })) as { leaves: string[] };
  expect(leaves).toEqual([`shop in prod (shop-prod): the environment prod is not registered any more. Its removal was planned before: ${removal}.`]);
  expect((await status()).left).toMatchObject([{ stackName: 'shop-prod', why: 'the environment prod is not registered any more' }]);
});
