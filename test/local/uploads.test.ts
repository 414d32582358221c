import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, expect, it } from 'vitest';
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
};
type Name = keyof typeof applications;

let town: Town;
let folder: string;
let ci: Record<Name, Credentials>;

/** Somebody with the rights that docs/sources.md gives a CI, and no others. */
async function hire(application: Name): Promise<Credentials> {
  const { cloud, outputs } = town.system;
  const [, policy = ''] = /```json\n(\{[^`]+)```/.exec(await readFile(new URL('../../docs/sources.md', import.meta.url), 'utf8')) ?? [];
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
    Object.keys(applications).map((Application) =>
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
  ci = { orders: await hire('orders'), carts: await hire('carts') };
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

it('the rights of a CI end at its own folder and at its own kind of event', { timeout: 60_000 }, async () => {
  await expect(upload('carts', 'orders/source.zip', await sources('9'))).rejects.toThrow(/AccessDenied/);
  const entry = { EventBusName: 'drawbridge', Source: 'drawbridge', DetailType: 'Drawbridge Report', Detail: '{}' };
  await expect(aws('carts', 'events', 'put-events', '--entries', JSON.stringify([entry]))).rejects.toThrow(/AccessDenied|not authorized/);
});
