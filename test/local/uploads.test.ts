import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { Credentials } from '../../local/cloud.ts';
import { deployStack } from '../../local/stacks.ts';
import { archiveOf } from '../fakes/archives.ts';
import { until } from '../fakes/until.ts';
import { registryWith } from './office.ts';
import { parametersApplication } from './templates.ts';
import { outcomes, type Shown, Town } from './town.ts';

const run = promisify(execFile);
const applications = {
  orders: { upload: { branch: 'main' } },
  carts: { upload: { branch: 'main', starts: 'request', claims: { branches: ['feature/*'] } } },
  // Nothing of it is built, so nothing is deployed that could build it.
  hello: { upload: { branch: 'main', ready: true } },
};
type Name = keyof typeof applications;

let town: Town;
let folder: string;
let ci: Record<Name, Credentials>;

/** Somebody with the rights that docs/sources.md gives a CI, and no others. */
async function hire(application: Name): Promise<Credentials> {
  const { cloud, outputs } = town.system;
  const [, policy = ''] = /```json\n(\{\s*"Version"[^`]+)```/.exec(await readFile(new URL('../../docs/sources.md', import.meta.url), 'utf8')) ?? [];
  const given = { UPLOAD_BUCKET: outputs['UploadBucket'], ARTIFACT_KEY_ARN: outputs['ArtifactKeyArn'], BUS_ARN: outputs['BusArn'], REGION: cloud.region, carts: application };
  const iam = new IAMClient(town.client());
  const UserName = `ci-${application}`;
  await iam.send(new CreateUserCommand({ UserName }));
  const document = Object.entries(given).reduce((text, [name, value = '']) => text.replaceAll(name, value), policy);
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'as-documented', PolicyDocument: document }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
}

beforeAll(async () => {
  town = await Town.build();
  folder = await mkdtemp(join(tmpdir(), 'drawbridge-uploads-'));
  const { cloud, outputs } = town.system;
  await Promise.all(
    ['orders', 'carts'].map((Application) =>
      deployStack(cloud, {
        account: cloud.accounts.tools,
        name: `drawbridge-application-${Application}`,
        template: fileURLToPath(new URL('../../infra/application.yaml', import.meta.url)),
        parameters: { Application, UploadBucket: outputs['UploadBucket'] ?? '', ArtifactBucket: outputs['ArtifactBucket'] ?? '', ArtifactKeyArn: outputs['ArtifactKeyArn'] ?? '' },
      }),
    ),
  );
  const approval = { approvers: ['alex', 'robin', 'kim'], required: 1 };
  await town.system.register(registryWith(town, [], { dev: { branches: ['main', 'feature/*'] }, staging: {}, prod: { approval } }, { applications }));
  ci = { orders: await hire('orders'), carts: await hire('carts'), hello: await hire('hello') };
}, 120_000);
afterAll(async () => {
  await town.close();
  await rm(folder, { recursive: true, force: true });
});

async function aws(as: Name, ...args: string[]): Promise<string> {
  const { cloud } = town.system;
  const { accessKeyId, secretAccessKey } = ci[as];
  const env = { ...process.env, AWS_ENDPOINT_URL: cloud.endpoint, AWS_REGION: cloud.region, AWS_DEFAULT_REGION: cloud.region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
  return (await run('aws', args, { env })).stdout.trim();
}

/** `aws s3api put-object`, answered with the version. */
async function upload(as: Name, key: string, content: Buffer, ...more: string[]): Promise<string> {
  const file = join(folder, 'upload.zip');
  await writeFile(file, content);
  return await aws(as, 's3api', 'put-object', '--bucket', town.system.outputs['UploadBucket'] ?? '', '--key', key, '--body', file, '--query', 'VersionId', '--output', 'text', ...more);
}

const sources = (value: string, order = ['dev', 'staging', 'prod']) => archiveOf(parametersApplication({ values: { One: value }, order }));

interface Listed {
  readonly id: string;
  readonly source: { readonly key: string; readonly version: string };
}
const releases = async (application: Name) => ((await town.ask('GET', `/releases?application=${application}&limit=100`)) as { releases: Listed[] }).releases;
const releaseOf = async (application: Name, version: string) =>
  await until(`a release of version ${version}`, async () => (await releases(application)).find(({ source }) => source.version === version)?.id);
const ended = async (application: Name, version: string): Promise<Shown> => await town.ended(await releaseOf(application, version));

it('an archive goes through dev and staging, and into production when two people say yes, neither of them the author', { timeout: 180_000 }, async () => {
  const version = await upload('orders', 'orders/source.zip', await sources('1'), '--metadata', 'author-name=Kim,author-email=kim@example.com,message=Sell tea');
  const id = await releaseOf('orders', version);
  const { release, approvals } = await town.waitsIn(id, 'prod');
  expect(release).toMatchObject({ branch: 'main', author: { name: 'Kim' }, message: 'Sell tea', source: { kind: 's3', key: 'orders/source.zip', version }, commit: expect.stringMatching(new RegExp(`^${id.slice(-8)}`)) as string });
  expect(approvals).toMatchObject([{ upload: expect.stringContaining(version) as string, atLeast: 2, because: expect.arrayContaining(['Nobody can check who wrote an upload, so it takes two people.']) as string[] }]);
  await expect(town.decide(id, 'prod', 'approve', 'kim')).rejects.toThrow(/cannot approve/);
  await town.decide(id, 'prod', 'approve', 'alex');
  expect((await town.show(id)).release.state).toBe('running');
  await town.decide(id, 'prod', 'approve', 'robin');
  const shown = await town.ended(id);
  expect([shown.release.reason, outcomes(shown)]).toEqual([undefined, { dev: 'deployed', staging: 'deployed', prod: 'deployed' }]);
});

it.each<[string, () => Promise<Buffer>, RegExp]>([
  ['is no archive', () => Promise.resolve(Buffer.from('This is a letter.')), /^Reading s3:\/\/\S+\/orders\/bad\.zip \(version \S+\): it is no zip archive that can be read, for it has no directory\. Upload another archive\.$/],
  ['reaches outside itself', () => archiveOf({ ...parametersApplication({ values: { One: '1' } }), '../../outside.txt': 'x' }), /bad\.zip \(version \S+\): it holds "\.\.\/\.\.\/outside\.txt", which reaches outside it\./],
])('an upload that %s ends with one sentence', { timeout: 120_000 }, async (_, content, words) => {
  const { release, environments } = await ended('orders', await upload('orders', 'orders/bad.zip', await content()));
  expect([release.outcome, environments]).toEqual(['failed', []]);
  expect(release.reason).toMatch(words);
});

it('an older version whose event comes late never overtakes, and the good one after the bad ones works', { timeout: 180_000 }, async () => {
  const { admin } = town.system.cloud;
  await admin.holdEvents(1, 'aws.s3');
  const older = await upload('orders', 'orders/source.zip', await sources('2', ['dev']));
  await until('the event is held', async () => (await admin.eventFaults())['aws.s3']?.held === 1 || undefined);
  const newer = await upload('orders', 'orders/source.zip', await sources('3', ['dev']));
  const shown = await ended('orders', newer);
  expect([shown.release.reason, outcomes(shown)]).toEqual([undefined, { dev: 'deployed' }]);
  expect(await admin.releaseEvents('aws.s3')).toBe(1);
  // What comes after it is released, so the late event was looked at.
  const last = await ended('orders', await upload('orders', 'orders/source.zip', await sources('3', ['dev'])));
  expect(outcomes(last)).toEqual({ dev: 'no-changes' });
  expect((await releases('orders')).map(({ source }) => source.version)).not.toContain(older);
});

it('a CI asks for what it uploaded, with commit, author and branch; an upload alone waits, and a wish that is not registered is refused', { timeout: 180_000 }, async () => {
  const version = await upload('carts', 'carts/a/source.zip', await sources('1', ['dev', 'staging']));
  const commit = 'c0ffee'.padEnd(40, '0');
  const ask = async (detail: object, as: Name = 'carts') => {
    const Detail = JSON.stringify({ application: 'carts', key: 'carts/a/source.zip', version, ...detail });
    return await aws(as, 'events', 'put-events', '--query', 'FailedEntryCount', '--entries', JSON.stringify([{ EventBusName: 'drawbridge', Source: 'drawbridge.ci', DetailType: 'Drawbridge Release Requested', Detail }]));
  };
  await Promise.all([ask({ branch: 'release' }), ask({ version: 'another' }), ask({ colour: 'red' })]);
  const wish = { branch: 'feature/tea', commit, author: { name: 'Jürgen', email: 'j@example.com' }, message: 'Sell tea\n\nA lot.' };
  expect(await Promise.all([ask(wish), ask(wish)])).toEqual(['0', '0']);
  const shown = await ended('carts', version);
  expect(shown.release).toMatchObject({ id: expect.stringMatching(/^carts-\d+-c0ffee00$/) as string, commit, branch: 'feature/tea', author: { name: 'Jürgen' }, message: 'Sell tea' });
  expect([shown.release.reason, outcomes(shown)]).toEqual([undefined, { dev: 'deployed' }]);
  expect(await releases('carts')).toHaveLength(1);
});

/** As a CI leaves it: a template, a package, and a nested template with a package that is not zipped yet. */
async function readyArchive(word: string, more: Readonly<Record<string, string>> = {}): Promise<Buffer> {
  const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }] };
  const template = (Code: string) => ({
    Parameters: { Whom: { Type: 'String', Default: 'nobody' } },
    Resources: {
      Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: trust } },
      Hello: { Type: 'AWS::Lambda::Function', Properties: { Runtime: 'nodejs24.x', Handler: 'index.handler', Role: { 'Fn::GetAtt': ['Role', 'Arn'] }, Code, Environment: { Variables: { WHOM: { Ref: 'Whom' } } } } },
    },
    Outputs: { Function: { Value: { Ref: 'Hello' } } },
  });
  const { Resources, Outputs, ...rest } = template('out/hello.zip');
  const Nested = { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'infra/nested.json' } };
  const code = (said: string) => `exports.handler = async () => ${JSON.stringify(said)} + process.env.WHOM;`;
  return await archiveOf({
    'template.yaml': stringify({ ...rest, Resources: { ...Resources, Nested }, Outputs: { ...Outputs, Inner: { Value: { 'Fn::GetAtt': ['Nested', 'Outputs.Function'] } } } }),
    'out/hello.zip': await archiveOf({ 'index.js': code(`${word} `) }),
    'infra/nested.json': JSON.stringify(template('../inner')),
    'inner/index.js': code('inner '),
    'drawbridge.yaml': stringify({ version: 1, order: ['dev'], parameters: { Whom: 'Kim' } }),
    ...more,
  });
}

it('what is uploaded ready is deployed as it is and answers, after one that was not, and a second time nothing changes', { timeout: 180_000 }, async () => {
  const bad = await ended('hello', await upload('hello', 'hello/ready.zip', await readyArchive('Hello', { 'release.json': JSON.stringify({ version: 1, templates: [{ file: 'api.yaml' }] }) })));
  expect([bad.release.outcome, bad.environments]).toEqual(['failed', []]);
  expect(bad.release.reason).toMatch(/^Sealing s3:\/\/\S+\/hello\/ready\.zip \(version \S+\): its release\.json names api\.yaml, but there is no such file in it\. Put it in, or correct the name, and upload it again\.$/);
  const good = await ended('hello', await upload('hello', 'hello/ready.zip', await readyArchive('Hello')));
  expect([good.release.reason, outcomes(good)]).toEqual([undefined, { dev: 'deployed' }]);
  const lambda = new LambdaClient(town.client('dev'));
  const answer = async (FunctionName = '') => Buffer.from((await lambda.send(new InvokeCommand({ FunctionName }))).Payload ?? []).toString();
  const { Function: outer, Inner: inner } = good.targets[0]?.outputs ?? {};
  expect([await answer(outer), await answer(inner)]).toEqual(['"Hello Kim"', '"inner nobody"']);
  const again = await ended('hello', await upload('hello', 'hello/again.zip', await readyArchive('Hello')));
  expect([again.release.artifact, outcomes(again)]).toEqual([good.release.artifact, { dev: 'no-changes' }]);
});

it('the rights of a CI end at its own folder and at its own kind of event', { timeout: 120_000 }, async () => {
  await expect(upload('carts', 'orders/source.zip', await sources('9'))).rejects.toThrow(/AccessDenied/);
  const entry = { EventBusName: 'drawbridge', Source: 'drawbridge', DetailType: 'Drawbridge Report', Detail: '{}' };
  await expect(aws('carts', 'events', 'put-events', '--entries', JSON.stringify([entry]))).rejects.toThrow(/AccessDenied|not authorized/);
});
