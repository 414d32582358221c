import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { stringify } from 'yaml';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../fakes/until.ts';
import { type Application, outcomes, type Shown, Town } from './town.ts';

let town: Town;
let shop: Application;
beforeAll(async () => {
  town = await Town.build();
  const [application] = await town.applications('shop');
  if (application === undefined) throw new Error('no application');
  shop = application;
}, 120_000);
afterAll(() => town.close());

/** A stack of one SSM parameter with the value as its output. */
const stack = (output: string, value: unknown, parameters: object = {}) =>
  stringify({ Parameters: parameters, Resources: { Value: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: value } } }, Outputs: { [output]: { Value: { 'Fn::GetAtt': ['Value', 'Value'] } } } });

const files = (network: string, greeting = 'hello', more: object = {}, order = ['dev', 'prod']) => ({
  'network.yaml': stack('NetworkId', network),
  'app.yaml': stack('Says', { 'Fn::Sub': `${greeting} from \${Network}` }, { Network: { Type: 'String' } }),
  'drawbridge.yaml': stringify({
    version: 1,
    build: { kind: 'cloudformation' },
    order,
    stacks: { app: { parameters: { Network: '${stacks.network.outputs.NetworkId}' } }, network: {} },
    ...more,
  }),
});

async function saysIn(account: 'dev' | 'prod'): Promise<string | undefined> {
  const { Stacks = [] } = await new CloudFormationClient(town.client(account)).send(new DescribeStacksCommand({ StackName: `shop-app-${account}` }));
  return Stacks[0]?.Outputs?.find(({ OutputKey }) => OutputKey === 'Says')?.OutputValue;
}

const waiting = ({ approvals }: Shown) => approvals.find(({ environment, state }) => environment === 'prod' && state === 'waiting');
const ofProd = ({ targets }: Shown) => Object.fromEntries(targets.filter(({ environment }) => environment === 'prod').map(({ target, outcome, counts }) => [target, outcome ?? counts]));

/** Says yes, and waits until what was deferred asks as well. */
async function approveAndAwaitNext(release: string): Promise<Shown> {
  const first = waiting(await town.waitsIn(release, 'prod'));
  await town.decide(release, 'prod', 'approve');
  return await until('the next stack asks', async () => {
    const shown = await town.show(release);
    const now = waiting(shown);
    return now !== undefined && now.digest !== first?.digest ? shown : undefined;
  }, 180_000);
}

it('a stack that takes an output of another is planned and asked for when that one is there', { timeout: 180_000 }, async () => {
  const release = await shop.releaseOf(await shop.push(files('net-1')));
  const first = await town.waitsIn(release, 'prod');
  expect(outcomes(first)).toMatchObject({ dev: 'deployed' });
  expect(await saysIn('dev')).toBe('hello from net-1');
  expect(first.story.map(({ text }) => text)).toContainEqual(expect.stringContaining('app: shop-app-prod is planned when network is deployed, and is judged then'));

  expect(ofProd(await approveAndAwaitNext(release))).toMatchObject({ network: 'deployed', app: { add: 1 } });
  await town.decide(release, 'prod', 'approve');
  expect((await town.ended(release)).release).toMatchObject({ outcome: 'deployed' });
  expect(await saysIn('prod')).toBe('hello from net-1');

  const again = await shop.release({ 'NOTES.md': 'nothing that is deployed' });
  expect(outcomes(again)).toEqual({ dev: 'no-changes', prod: 'no-changes' });
});

it('one yes is enough where the outputs stay, and an output that changes is followed', { timeout: 180_000 }, async () => {
  const louder = await shop.releaseOf(await shop.push(files('net-1', 'HELLO')));
  expect(ofProd(await town.waitsIn(louder, 'prod'))).toMatchObject({ network: 'no-changes', app: { modify: 1 } });
  await town.decide(louder, 'prod', 'approve');
  expect(outcomes(await town.ended(louder))).toEqual({ dev: 'deployed', prod: 'deployed' });

  const moved = await shop.releaseOf(await shop.push(files('net-2', 'HELLO')));
  expect(ofProd(await approveAndAwaitNext(moved))).toMatchObject({ network: 'deployed', app: { modify: 1 } });
  expect(await saysIn('dev')).toBe('HELLO from net-2');
  await town.decide(moved, 'prod', 'approve');
  expect(outcomes(await town.ended(moved))).toEqual({ dev: 'deployed', prod: 'deployed' });
  expect(await saysIn('prod')).toBe('HELLO from net-2');
});

it('mistakes end with one sentence, nothing is deployed, and the next good release works', { timeout: 120_000 }, async () => {
  const mistakes: [object, RegExp][] = [
    [{ stacks: { app: { after: ['network'] }, network: { after: ['app'] } } }, /drawbridge\.yaml: environments\.dev: the stacks wait for each other: app → network → app/],
    [{ stacks: { app: { parameters: { Network: '${stacks.network.outputs.VpcId}' } }, network: {} } }, /takes the output VpcId of the stack network, which has only NetworkId/],
    [{ stacks: { app: { template: 'web.yaml' }, network: {} } }, /the template web\.yaml is not in the repository at this commit/],
  ];
  for (const [more, says] of mistakes) {
    const bad = await shop.release(files('net-3', 'HELLO', more, ['dev']));
    expect(bad.release).toMatchObject({ outcome: 'failed', reason: expect.stringMatching(says) as string });
    expect(bad.targets).toEqual([]);
  }
  expect((await shop.release(files('net-2', 'HELLO', {}, ['dev']))).release).toMatchObject({ outcome: 'no-changes' });
});

it('what was altered after it was built is not deployed, and the next release puts it right', { timeout: 120_000 }, async () => {
  const s3 = new S3Client({ ...town.client('tools'), forcePathStyle: true });
  const Bucket = town.system.outputs['ArtifactBucket'];
  const before = new Set(((await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'sealed/shop/' }))).Contents ?? []).map(({ Key }) => Key));
  const release = await shop.releaseOf(await shop.push(files('net-2', 'Altered', {}, ['prod'])));
  await town.waitsIn(release, 'prod');
  const added = ((await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'sealed/shop/' }))).Contents ?? []).find(({ Key = '' }) => !before.has(Key) && !Key.endsWith('.json'));
  await s3.send(new PutObjectCommand({ Bucket, Key: added?.Key, Body: stack('Says', 'something else', { Network: { Type: 'String' } }) }));
  await town.decide(release, 'prod', 'approve');
  const refused = await town.ended(release);
  expect(refused.release).toMatchObject({ outcome: 'failed', reason: expect.stringContaining(`${added?.Key ?? ''} is not what was built, somebody altered or deleted it since`) as string });
  expect(await saysIn('prod')).toBe('HELLO from net-2');

  const again = await shop.releaseOf(await shop.push(files('net-2', 'Altered', {}, ['prod'])));
  await town.waitsIn(again, 'prod');
  await town.decide(again, 'prod', 'approve');
  expect((await town.ended(again)).release).toMatchObject({ outcome: 'deployed' });
  expect(await saysIn('prod')).toBe('Altered from net-2');
});
