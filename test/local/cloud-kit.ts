import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CodeBuildClient } from '@aws-sdk/client-codebuild';
import { CodeCommitClient } from '@aws-sdk/client-codecommit';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { S3Client } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { type Cloud, type CloudOptions, startCloud } from '../../local/cloud.ts';
import { eventually } from '../../local/eventually.ts';

const exec = promisify(execFile);

export interface Stage {
  readonly cloud: Cloud;
  close(): Promise<void>;
}

export async function raise(options: CloudOptions = {}): Promise<Stage> {
  const stateDir = options.stateDir ?? (await mkdtemp(join(tmpdir(), 'drawbridge-cloud-')));
  const cloud = await startCloud({ ...options, stateDir });
  return {
    cloud,
    async close() {
      await cloud.stop();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export function clients(cloud: Cloud, who: string | Keys) {
  const credentials = typeof who === 'string' ? cloud.credentials(who) : who;
  const common = { endpoint: cloud.endpoint, region: cloud.region, credentials, maxAttempts: 1 };
  return {
    cloudFormation: new CloudFormationClient(common),
    codeBuild: new CodeBuildClient(common),
    codeCommit: new CodeCommitClient(common),
    events: new EventBridgeClient(common),
    iam: new IAMClient(common),
    s3: new S3Client({ ...common, forcePathStyle: true }),
    sfn: new SFNClient(common),
    sns: new SNSClient(common),
    sts: new STSClient(common),
  };
}

export async function assume(cloud: Cloud, account: string, role: string): Promise<Keys> {
  const { Credentials } = await clients(cloud, account).sts.send(
    new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${account}:role/${role}`, RoleSessionName: 'test' }),
  );
  return {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
}

type Json = Readonly<Record<string, unknown>>;
export type Outputs = Readonly<Record<string, string>>;

/** Creates a stack from resources and answers its outputs; a failed create throws with the reason. */
export async function deploy(cloud: Cloud, account: string, name: string, template: Json, extra: { readonly RoleARN?: string } = {}): Promise<Outputs> {
  const { cloudFormation } = clients(cloud, account);
  const body = 'Resources' in template ? template : { Resources: template };
  await cloudFormation.send(
    new CreateStackCommand({
      StackName: name,
      TemplateBody: JSON.stringify(body),
      Capabilities: ['CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
      ...extra,
    }),
  );
  return await eventually(
    `stack ${name}`,
    async () => {
      const stack = (await cloudFormation.send(new DescribeStacksCommand({ StackName: name }))).Stacks?.[0];
      if (stack === undefined || stack.StackStatus?.endsWith('_IN_PROGRESS')) return undefined;
      if (stack.StackStatus !== 'CREATE_COMPLETE') throw new Error(`${name}: ${stack.StackStatus ?? ''} ${stack.StackStatusReason ?? ''}`);
      return Object.fromEntries((stack.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey ?? '', OutputValue ?? '']));
    },
    60_000,
  );
}

export const allowAll = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

export function role(name: string, service: string, document: Json = allowAll): Json {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: name,
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: service.includes('.') ? { Service: service } : { AWS: service }, Action: 'sts:AssumeRole' }],
      },
      Policies: [{ PolicyName: 'inline', PolicyDocument: document }],
    },
  };
}

export function nodeFunction(name: string, code: string, roleName: string): Json {
  return {
    Type: 'AWS::Lambda::Function',
    DependsOn: roleName,
    Properties: {
      FunctionName: name,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Timeout: 20,
      Role: { 'Fn::GetAtt': [roleName, 'Arn'] },
      Code: { ZipFile: code },
    },
  };
}

/** A rule whose events start a machine that only remembers them. */
export function watcher(pattern: Json, bus?: string): Json {
  return {
    WatchRole: role('watch', 'states.amazonaws.com'),
    Watch: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        StateMachineName: 'watch',
        RoleArn: { 'Fn::GetAtt': ['WatchRole', 'Arn'] },
        DefinitionString: JSON.stringify({ StartAt: 'Seen', States: { Seen: { Type: 'Succeed' } } }),
      },
    },
    WatchRule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        ...(bus === undefined ? {} : { EventBusName: bus }),
        EventPattern: pattern,
        Targets: [{ Id: 'watch', Arn: { Ref: 'Watch' }, RoleArn: { 'Fn::GetAtt': ['WatchRole', 'Arn'] } }],
      },
    },
  };
}

export interface Seen {
  readonly source: string;
  readonly 'detail-type': string;
  readonly account: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** The events that the watcher of an account has seen, oldest first. */
export async function seen(cloud: Cloud, account: string): Promise<Seen[]> {
  const { sfn } = clients(cloud, account);
  const stateMachineArn = `arn:aws:states:${cloud.region}:${account}:stateMachine:watch`;
  const { executions = [] } = await sfn.send(new ListExecutionsCommand({ stateMachineArn, maxResults: 1000 }));
  const inputs = await Promise.all(executions.map(({ executionArn }) => sfn.send(new DescribeExecutionCommand({ executionArn }))));
  return inputs
    .sort((one, other) => Number(one.startDate) - Number(other.startDate))
    .map(({ input }) => JSON.parse(input ?? '{}') as Seen);
}

export function machine(name: string, definition: Json): Json {
  return {
    Type: 'AWS::StepFunctions::StateMachine',
    Properties: { StateMachineName: name, RoleArn: { 'Fn::GetAtt': ['Machine', 'Arn'] }, DefinitionString: JSON.stringify(definition) },
  };
}

export async function execute(cloud: Cloud, account: string, name: string, input: Json = {}, executionName?: string) {
  const { sfn } = clients(cloud, account);
  const { executionArn } = await sfn.send(
    new StartExecutionCommand({
      stateMachineArn: `arn:aws:states:${cloud.region}:${account}:stateMachine:${name}`,
      input: JSON.stringify(input),
      ...(executionName === undefined ? {} : { name: executionName }),
    }),
  );
  return await eventually(
    `execution of ${name}`,
    async () => {
      const found = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      return found.status === 'RUNNING' ? undefined : found;
    },
    60_000,
  );
}

const identity = { GIT_AUTHOR_NAME: 'Kim', GIT_AUTHOR_EMAIL: 'kim@example.com', GIT_COMMITTER_NAME: 'Kim', GIT_COMMITTER_EMAIL: 'kim@example.com' };

export async function git(folder: string, ...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const { stdout, stderr } = await exec('git', ['-C', folder, ...args], { env: { ...process.env, ...identity } });
  return { stdout: stdout.trim(), stderr };
}

/** Commits files in a new or known working copy and pushes them; answers the commit. */
export async function push(folder: string, remote: string, files: Readonly<Record<string, string>>, branch = 'main'): Promise<string> {
  await mkdir(folder, { recursive: true });
  await git(folder, 'rev-parse', '--git-dir').catch(() => git(folder, 'init', '-q', '-b', 'main'));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  await git(folder, 'add', '-A');
  await git(folder, 'commit', '-q', '-m', 'Change files');
  await git(folder, 'push', '-q', remote, `HEAD:refs/heads/${branch}`);
  return (await git(folder, 'rev-parse', 'HEAD')).stdout;
}
