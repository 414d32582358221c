import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { stringify } from 'yaml';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Application, outcomes, Town } from './town.ts';

let town: Town;
let web: Application;
/** What is deployed, as far as a test of it can see: it answers as it is told. */
let service: Server;
let answers: { status: number; body: string } = { status: 200, body: 'well' };
beforeAll(async () => {
  service = createServer((_, response) => response.writeHead(answers.status).end(answers.body)).listen(0, '127.0.0.1');
  town = await Town.build();
  [web] = (await town.applications('web', 'stray')) as [Application, Application];
}, 120_000);
afterAll(async () => {
  service.close();
  await town.close();
});

const s3 = (account: 'dev' | 'prod') => new S3Client({ ...town.client(account), forcePathStyle: true });
const bucketIn = (account: 'dev' | 'prod', name = 'web') => `${name}-site-${town.system.cloud.accounts[account]}`;

async function contentIn(account: 'dev' | 'prod', Key: string): Promise<string | undefined> {
  const { Body } = await s3(account).send(new GetObjectCommand({ Bucket: bucketIn(account), Key }));
  return await Body?.transformToString();
}

async function writtenIn(account: 'dev' | 'prod'): Promise<Record<string, string>> {
  const { Contents = [] } = await s3(account).send(new ListObjectsV2Command({ Bucket: bucketIn(account) }));
  return Object.fromEntries(Contents.map(({ Key = '', LastModified }) => [Key, LastModified?.toISOString() ?? '']));
}

const template = (bucket: string) => ({
  Parameters: { From: { Type: 'String', Default: 'nowhere' } },
  Resources: {
    Site: { Type: 'AWS::S3::Bucket', Properties: { BucketName: { 'Fn::Sub': bucket } } },
    Copies: { Type: 'AWS::CloudFront::Distribution', Properties: { DistributionConfig: { Enabled: true, Origins: [{ Id: 'site', DomainName: 'site.s3.amazonaws.com', S3OriginConfig: {} }], DefaultCacheBehavior: { TargetOriginId: 'site', ViewerProtocolPolicy: 'https-only' } } } },
  },
  Outputs: { SiteBucket: { Value: { Ref: 'Site' } }, Distribution: { Value: { Ref: 'Copies' } }, From: { Value: { Ref: 'From' } }, Api: { Value: `http://127.0.0.1:${String((service.address() as AddressInfo).port)}` } },
});

/** A site of two files, whose address goes into Parameter Store. */
const site = (said: string, fields: Readonly<Record<string, unknown>> = {}) => ({
  'template.yaml': stringify(template('web-site-${AWS::AccountId}')),
  'drawbridge.yaml': stringify({
    version: 1,
    build: { kind: 'cloudformation' },
    order: ['dev', 'prod'],
    steps: [
      { publish: 'public', bucket: '${outputs.SiteBucket}', invalidate: '${outputs.Distribution}', immutable: ['assets/**'] },
      { parameters: { '/published/web/bucket': '${outputs.SiteBucket}' } },
    ],
    ...fields,
  }),
  'public/index.html': `<p>${said}</p>`,
  'public/assets/style 1.css': 'p { color: green }',
});

it('publishes a folder and writes a parameter after the stack, in production what a person saw in the plan', { timeout: 180_000 }, async () => {
  const release = await web.releaseOf(await web.push(site('first')));
  const asked = await town.waitsIn(release, 'prod');
  expect(asked.targets.find(({ environment }) => environment === 'prod')?.risks).toEqual([
    expect.stringMatching(/^Publishes 2 files of public into the bucket that the output SiteBucket will name \(known after the deployment\), and invalidates/),
    'Writes the parameter /published/web/bucket (its value is known after the deployment).',
  ]);
  await town.decide(release, 'prod', 'approve');
  const shown = await town.ended(release);
  expect(shown.release.reason).toBeUndefined();
  expect(outcomes(shown)).toEqual({ dev: 'deployed', prod: 'deployed' });
  for (const account of ['dev', 'prod'] as const) {
    expect(await contentIn(account, 'index.html')).toBe('<p>first</p>');
    const style = await s3(account).send(new HeadObjectCommand({ Bucket: bucketIn(account), Key: 'assets/style 1.css' }));
    expect(style).toMatchObject({ ContentType: 'text/css; charset=utf-8', CacheControl: 'public, max-age=31536000, immutable' });
    const { Parameter } = await new SSMClient(town.client(account)).send(new GetParameterCommand({ Name: '/published/web/bucket' }));
    expect(Parameter).toMatchObject({ Value: bucketIn(account), Type: 'String', Version: 1 });
  }
});

it('takes a file that changed for a change, though the stack has none: planned, asked for, and copied alone', { timeout: 180_000 }, async () => {
  const before = await writtenIn('prod');
  const release = await web.releaseOf(await web.push(site('second')));
  const asked = await town.waitsIn(release, 'prod');
  expect(asked.targets.find(({ environment }) => environment === 'prod')).toMatchObject({
    counts: { add: 0, modify: 0, replace: 0, mayReplace: 0, remove: 0, steps: 1 },
    risks: [expect.stringMatching(new RegExp(`^Publishes 2 files of public into the bucket ${bucketIn('prod')}, and invalidates the distribution [A-Z0-9]+\\.$`))],
  });
  expect(await contentIn('prod', 'index.html')).toBe('<p>first</p>');
  await town.decide(release, 'prod', 'approve');
  expect(outcomes(await town.ended(release))).toEqual({ dev: 'deployed', prod: 'deployed' });
  expect(await contentIn('prod', 'index.html')).toBe('<p>second</p>');
  const after = await writtenIn('prod');
  expect(Object.keys(after).filter((key) => after[key] !== before[key])).toEqual(['index.html']);

  expect(outcomes(await web.release(site('second'), 'Nothing'))).toEqual({ dev: 'no-changes', prod: 'no-changes' });
});

it('fails with one sentence where a step names what the account does not allow, and goes on when it does', { timeout: 180_000 }, async () => {
  const stray = town.application('stray');
  const files = (fields: Readonly<Record<string, unknown>>) => ({ ...site('stray', { order: ['dev'], ...fields }), 'template.yaml': stringify(template('stray-${AWS::AccountId}')) });
  const refused = await stray.release(files({ steps: [{ publish: 'public', bucket: '${outputs.SiteBucket}' }, { parameters: { '/published/stray': 'x' } }] }));
  expect(refused.release).toMatchObject({ outcome: 'failed' });
  expect(refused.targets).toMatchObject([{ outcome: 'failed', clean: false, reason: expect.stringMatching(/^The stack stray-dev is deployed, but step 1 of 2 \(publish public into .*\) failed: looking at assets\/style 1\.css in the bucket stray-222222222222, which the PublishBucketArns .* No step was done before it; not begun: write \/published\/stray\. .*drawbridge retry/) as string }]);

  const better = await stray.release(files({ steps: [{ parameters: { '/published/stray': '${outputs.SiteBucket}' } }] }));
  expect(better.release.reason).toBeUndefined();
  expect(outcomes(better)).toEqual({ dev: 'deployed' });

  const missing = await stray.release(files({ steps: [{ parameters: { '/published/stray': '${outputs.Nothing}' } }] }));
  expect(missing.release).toMatchObject({ outcome: 'failed', reason: expect.stringMatching(/takes the output Nothing, but the template has only SiteBucket, Distribution, From, Api\. Correct the name/) as string });
});

/** Run in the target account, it finds there what is deployed and what the environment before has. */
const smoke = (end: string) => `import { strictEqual } from 'node:assert';
const { DRAWBRIDGE_ENVIRONMENT, DRAWBRIDGE_OUTPUT_From, DRAWBRIDGE_URL, DEV_BUCKET } = process.env;
strictEqual(DRAWBRIDGE_ENVIRONMENT, 'staging');
strictEqual(DRAWBRIDGE_OUTPUT_From, DEV_BUCKET);
strictEqual(new URL(DRAWBRIDGE_URL).pathname, '/start');
${end}
`;

it('tests what is deployed, by its address and by a command: a release that does not answer stops, and a retry that changes nothing is tested again', { timeout: 240_000 }, async () => {
  const stray = town.application('stray');
  const fromDev = '${environments.dev.outputs.SiteBucket}';
  const staging = { parameters: { From: fromDev }, steps: [{ parameters: { '/published/stray/from': fromDev } }], tests: [{ http: '${outputs.Api}/health' }, { run: 'node smoke.mjs', folder: 'test/smoke', variables: { DEV_BUCKET: fromDev } }] };
  const files = { ...site('tested', { order: ['dev', 'staging'], steps: [], tests: [{ http: '${outputs.Api}/health', body: 'well', within: '1 second' }], url: '${outputs.Api}/start', environments: { staging } }), 'template.yaml': stringify(template('stray-${AWS::AccountId}')), 'test/smoke/smoke.mjs': smoke('') };
  answers = { status: 500, body: 'down' };
  const stopped = await stray.release(files);
  expect(stopped.environments).toMatchObject([{ environment: 'dev', outcome: 'failed', reason: expect.stringMatching(/^What is deployed in dev fails its test: http:\/\/127\.0\.0\.1:\d+\/health answered 500 where 200 was expected \(asked for 1 seconds\)\. The release stops/) as string }]);

  answers = { status: 200, body: 'all is well' };
  const { id } = stopped.release;
  await town.ask('POST', `/releases/${id}/retry`, {});
  const shown = await town.ended(id);
  expect(shown.release.reason).toBeUndefined();
  expect(outcomes(shown)).toEqual({ dev: 'no-changes', staging: 'deployed' });

  // What dev has went on to staging: into the stack's parameter, and into the step after it.
  const bucket = bucketIn('dev', 'stray').replace('-site', '');
  expect(shown.targets.find(({ environment }) => environment === 'staging')?.outputs).toMatchObject({ From: bucket });
  const { Parameter } = await new SSMClient(town.client('staging')).send(new GetParameterCommand({ Name: '/published/stray/from' }));
  expect(Parameter?.Value).toBe(bucket);
  expect(shown.story.map(({ text }) => text)).toContain('Testing stray-staging of staging in staging: node smoke.mjs.');

  const failed = await stray.release({ ...files, 'test/smoke/smoke.mjs': smoke("throw new Error('no order is there');") });
  expect(outcomes(failed)).toEqual({ dev: 'no-changes', staging: 'failed' });
  const { staging: account } = town.system.cloud.accounts;
  expect(failed.environments.find(({ environment }) => environment === 'staging')?.reason).toMatch(new RegExp(`^What is deployed in staging fails its test "node smoke\\.mjs" of stray-staging: .*no order is there.* Log, in account ${account} \\(staging\\): https://.*drawbridge-test`));
});
