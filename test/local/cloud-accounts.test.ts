import { Sha256 } from '@aws-crypto/sha256-js';
import { CreateChangeSetCommand, DescribeChangeSetCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CreateBucketCommand, PutBucketPolicyCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { PublishCommand } from '@aws-sdk/client-sns';
import { SignatureV4 } from '@smithy/signature-v4';
import { TextReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findCloud } from '../../local/cloud.ts';
import { assume, clients, deploy, execute, type Keys, machine, nodeFunction, raise, role, type Stage } from './cloud-kit.ts';

let stage: Stage;
let tools: string;
let dev: string;

async function zip(files: Readonly<Record<string, string>>): Promise<Uint8Array> {
  const writer = new ZipWriter(new Uint8ArrayWriter());
  for (const [name, content] of Object.entries(files)) await writer.add(name, new TextReader(content));
  return await writer.close();
}

const reads = (...resources: string[]) => ({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: 'cloudformation:*', Resource: '*' },
    ...resources.map((Resource) => ({ Effect: 'Allow', Action: 's3:GetObject', Resource })),
  ],
});

async function signed(address: string, credentials: Keys): Promise<Response> {
  const url = new URL(address);
  const signer = new SignatureV4({ service: 'execute-api', region: 'eu-west-1', credentials, sha256: Sha256 });
  const { headers } = await signer.sign({
    method: 'GET',
    protocol: url.protocol,
    hostname: url.hostname,
    port: Number(url.port),
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { host: url.host },
  });
  return await fetch(url, { headers });
}

beforeAll(async () => {
  stage = await raise();
  ({ tools, dev } = stage.cloud.accounts);
  const { s3 } = clients(stage.cloud, tools);
  const bucket = (Bucket: string) => s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }));
  await Promise.all([bucket('shared'), bucket('private')]);
  await s3.send(
    new PutBucketPolicyCommand({
      Bucket: 'shared',
      Policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { AWS: [`arn:aws:iam::${dev}:root`] }, Action: 's3:GetObject', Resource: 'arn:aws:s3:::shared/*' }],
      }),
    }),
  );
  const code = await zip({ 'index.js': 'exports.handler = async () => ({ from: process.env.AWS_LAMBDA_FUNCTION_NAME })' });
  const template = JSON.stringify({ Resources: { Topic: { Type: 'AWS::SNS::Topic' } } });
  for (const Bucket of ['shared', 'private']) {
    await s3.send(new PutObjectCommand({ Bucket, Key: 'code.zip', Body: code }));
    await s3.send(new PutObjectCommand({ Bucket, Key: 'template.json', Body: template }));
  }
  await deploy(stage.cloud, dev, 'roles', {
    MayRead: role('may-read', `arn:aws:iam::${dev}:root`, reads('arn:aws:s3:::shared/*')),
    MayKnock: role('may-knock', `arn:aws:iam::${dev}:root`, {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: `arn:aws:execute-api:eu-west-1:${dev}:*/$default/GET/secret` }],
    }),
    MayNot: role('may-not', `arn:aws:iam::${dev}:root`, reads()),
    Strong: role('strong', 'cloudformation.amazonaws.com'),
    Weak: role('weak', 'cloudformation.amazonaws.com', reads()),
    Worker: role('worker', 'lambda.amazonaws.com'),
    Machine: role('machine', 'states.amazonaws.com'),
  });
}, 120_000);
afterAll(() => stage.close());

it.each([
  ['path style', (bucket: string) => `https://s3.eu-west-1.amazonaws.com/${bucket}/template.json`],
  ['virtual host style', (bucket: string) => `https://${bucket}.s3.eu-west-1.amazonaws.com/template.json`],
  ['the address of this cloud', (bucket: string) => `${stage.cloud.endpoint}/${bucket}/template.json`],
])('a template in the bucket of another account is read with the permissions of the caller (%s)', async (style, url) => {
  const open = async (who: string, bucket: string) => {
    const { cloudFormation } = clients(stage.cloud, await assume(stage.cloud, dev, who));
    const StackName = `from-${who}-${bucket}-${style.replaceAll(' ', '-')}`;
    await cloudFormation.send(new CreateChangeSetCommand({ StackName, ChangeSetName: 'set', ChangeSetType: 'CREATE', TemplateURL: url(bucket) }));
    const { Changes } = await cloudFormation.send(new DescribeChangeSetCommand({ StackName, ChangeSetName: 'set' }));
    return Changes?.map(({ ResourceChange }) => ResourceChange?.ResourceType);
  };
  expect(await open('may-read', 'shared')).toEqual(['AWS::SNS::Topic']);
  await expect(open('may-not', 'shared')).rejects.toThrow(/Access Denied/);
  await expect(open('may-read', 'private')).rejects.toThrow(/Access Denied/);
});

it('the code of a function may lie in the bucket of another account, if the role of the stack may read it', { timeout: 90_000 }, async () => {
  const fn = (Bucket: string, name: string) => ({
    Fn: {
      Type: 'AWS::Lambda::Function',
      Properties: { FunctionName: name, Runtime: 'nodejs24.x', Handler: 'index.handler', Role: `arn:aws:iam::${dev}:role/worker`, Code: { S3Bucket: Bucket, S3Key: 'code.zip' } },
    },
    Call: {
      Type: 'AWS::StepFunctions::StateMachine',
      DependsOn: 'Fn',
      Properties: {
        StateMachineName: name,
        RoleArn: `arn:aws:iam::${dev}:role/machine`,
        DefinitionString: JSON.stringify({ StartAt: 'Call', States: { Call: { Type: 'Task', Resource: `arn:aws:lambda:eu-west-1:${dev}:function:${name}`, End: true } } }),
      },
    },
  });
  const as = (name: string) => ({ RoleARN: `arn:aws:iam::${dev}:role/${name}` });
  await deploy(stage.cloud, dev, 'foreign', fn('shared', 'foreign'), as('strong'));
  expect(JSON.parse((await execute(stage.cloud, dev, 'foreign')).output ?? '{}')).toEqual({ from: 'foreign' });
  const described = await clients(stage.cloud, dev).cloudFormation.send(new DescribeStacksCommand({ StackName: 'foreign' }));
  expect(described.Stacks?.[0]?.RoleARN).toBe(as('strong').RoleARN);
  await expect(deploy(stage.cloud, dev, 'weak', fn('shared', 'weak'), as('weak'))).rejects.toThrow(/ROLLBACK|S3/);
  await expect(deploy(stage.cloud, dev, 'hidden', fn('private', 'hidden'), as('strong'))).rejects.toThrow(/ROLLBACK|S3/);
});

it('SAM applications answer: HttpApi with and without IAM, and a REST API', { timeout: 90_000 }, async () => {
  const outputs = await deploy(stage.cloud, dev, 'sam', {
    Transform: 'AWS::Serverless-2016-10-31',
    Resources: {
      Own: { Type: 'AWS::Serverless::HttpApi', Properties: { CorsConfiguration: { AllowOrigins: ['https://example.com'], AllowMethods: ['GET'] }, Auth: { EnableIamAuthorizer: true } } },
      Fn: {
        Type: 'AWS::Serverless::Function',
        Properties: {
          Runtime: 'nodejs24.x',
          Handler: 'index.handler',
          InlineCode: 'exports.handler = async (event) => ({ statusCode: 200, body: JSON.stringify([event.rawPath ?? event.path, event.pathParameters, event.requestContext.authorizer?.iam?.userArn]) })',
          Events: {
            Thing: { Type: 'HttpApi', Properties: { Path: '/things/{id}', Method: 'GET', ApiId: { Ref: 'Own' } } },
            Secret: { Type: 'HttpApi', Properties: { Path: '/secret', Method: 'GET', ApiId: { Ref: 'Own' }, Auth: { Authorizer: 'AWS_IAM' } } },
            Rest: { Type: 'Api', Properties: { Path: '/rest/{id}', Method: 'GET' } },
          },
        },
      },
    },
    Outputs: { Url: { Value: { 'Fn::GetAtt': ['Own', 'ApiEndpoint'] } }, Rest: { Value: { Ref: 'ServerlessRestApi' } } },
  });
  const url = outputs['Url'] ?? '';
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const thing = await fetch(`${url}/things/7`, { headers: { origin: 'https://example.com' } });
  expect(await thing.json()).toEqual(['/things/7', { id: '7' }, null]);
  expect(thing.headers.get('access-control-allow-origin')).toBe('https://example.com');
  expect((await fetch(`${url}/secret`)).status).toBe(403);
  expect((await fetch(`${url}/nothing`)).status).toBe(404);
  const keys = await assume(stage.cloud, dev, 'may-knock');
  expect(await (await signed(`${url}/secret?a=b%20c`, keys)).json()).toEqual(['/secret', null, `arn:aws:sts::${dev}:assumed-role/may-knock/test`]);
  expect((await signed(`${url}/secret`, await assume(stage.cloud, dev, 'may-not'))).status).toBe(403);
  expect((await signed(`${url}/secret`, { ...keys, secretAccessKey: 'invented' })).status).toBe(403);
  const rest = await fetch(`${stage.cloud.endpoint}/_aws/execute-api/${outputs['Rest'] ?? ''}/Prod/rest/8`);
  expect(await rest.json()).toEqual(['/rest/8', { id: '8' }, null]);
});

it('mail arrives where the filter lets it, and can be read in the mailbox', { timeout: 90_000 }, async () => {
  const outputs = await deploy(stage.cloud, tools, 'mail', {
    Resources: {
      Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'approvals' } },
      ...Object.fromEntries(
        ['alex', 'robin'].map((name) => [
          name,
          {
            Type: 'AWS::SNS::Subscription',
            Properties: { TopicArn: { Ref: 'Topic' }, Protocol: 'email', Endpoint: `${name}@example.com`, FilterPolicy: { to: [name] } },
          },
        ]),
      ),
    },
    Outputs: { Topic: { Value: { Ref: 'Topic' } } },
  });
  await clients(stage.cloud, tools).sns.send(
    new PublishCommand({
      TopicArn: outputs['Topic'],
      Subject: 'Approve <b>orders</b>',
      Message: 'Look at https://example.com/approvals/1?x=1&y=2.\n<script>alert(1)</script>',
      MessageAttributes: { to: { DataType: 'String', StringValue: 'alex' } },
    }),
  );
  const mails = await stage.cloud.admin.mails();
  expect(mails.map(({ to, subject }) => [to, subject])).toEqual([['alex@example.com', 'Approve <b>orders</b>']]);
  const list = await (await fetch(stage.cloud.mailboxUrl)).text();
  expect(list).toContain('Approve &lt;b&gt;orders&lt;/b&gt;');
  const one = await (await fetch(new URL(`/mails/${mails[0]?.id ?? ''}`, stage.cloud.mailboxUrl))).text();
  expect(one).toContain('href="https://example.com/approvals/1?x=1&amp;y=2"');
  expect(one).not.toContain('<script>');
});

it('functions see nothing of the person who started the cloud, and Python ones run too', { timeout: 90_000 }, async () => {
  const inspect = 'exports.handler = async () => Object.keys(process.env).filter((name) => /SECRET|TOKEN|DRAWBRIDGE|npm_config/i.test(name)).sort()';
  await deploy(stage.cloud, dev, 'inspecting', {
    Worker: role('inspector', 'lambda.amazonaws.com'),
    Machine: role('inspecting', 'states.amazonaws.com'),
    Inspect: { ...nodeFunction('inspect', inspect, 'Worker') },
    Snake: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: 'snake',
        Runtime: 'python3.14',
        Handler: 'index.handler',
        Role: { 'Fn::GetAtt': ['Worker', 'Arn'] },
        Code: { ZipFile: 'class SnakeError(Exception): pass\ndef handler(event, context):\n    if event.get("fail"): raise SnakeError("hiss")\n    return {"ok": True}\n' },
      },
    },
    CallInspect: machine('call-inspect', { StartAt: 'Call', States: { Call: { Type: 'Task', Resource: `arn:aws:lambda:eu-west-1:${dev}:function:inspect`, End: true } } }),
    CallSnake: machine('call-snake', { StartAt: 'Call', States: { Call: { Type: 'Task', Resource: `arn:aws:lambda:eu-west-1:${dev}:function:snake`, End: true } } }),
  });
  expect(JSON.parse((await execute(stage.cloud, dev, 'call-inspect')).output ?? '[]')).toEqual(['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']);
  expect(JSON.parse((await execute(stage.cloud, dev, 'call-snake')).output ?? '{}')).toEqual({ ok: true });
  expect(await execute(stage.cloud, dev, 'call-snake', { fail: true })).toMatchObject({ status: 'FAILED', error: 'SnakeError' });
});

it('another process finds the cloud; the admin door is closed without its secret', async () => {
  const found = await findCloud(stage.cloud.stateDir);
  expect(found).toMatchObject({ endpoint: stage.cloud.endpoint, accounts: stage.cloud.accounts, mailboxUrl: stage.cloud.mailboxUrl });
  expect(await found?.admin.health()).toMatchObject({ status: 'ready' });
  for (const path of ['/_drawbridge/calls', '/_drawbridge/mails', '/_ministack/reset', '/_ministack/config']) {
    expect((await fetch(stage.cloud.endpoint + path, { method: path.includes('drawbridge') ? 'GET' : 'POST' })).status).toBe(403);
  }
  await stage.cloud.admin.resetCalls();
  await clients(stage.cloud, dev).s3.send(new PutObjectCommand({ Bucket: 'nowhere', Key: 'a', Body: 'a' })).catch(() => undefined);
  expect(await stage.cloud.admin.callCounts()).toEqual([
    { account: dev, service: 's3', action: 'PutObject', principal: `arn:aws:iam::${dev}:root`, status: 404, count: 1 },
  ]);
});
