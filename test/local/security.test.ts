import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand, ExecuteChangeSetCommand } from '@aws-sdk/client-cloudformation';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roleArn, sessionPolicy } from '../../domain/session.ts';
import { parametersApplication } from './templates.ts';
import { Town } from './town.ts';

let town: Town;
beforeAll(async () => {
  town = await Town.build();
  const [honest] = await town.applications('honest', 'hostile');
  await honest?.release(parametersApplication({ values: { One: '1' }, order: ['dev'] }));
}, 240_000);
afterAll(() => town.close());

interface Session {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

const place = () => ({ endpoint: town.system.cloud.endpoint, region: town.system.cloud.region });

async function assume(as: Session, role: string, more: { ExternalId?: string; Policy?: string } = {}): Promise<Session> {
  const { Credentials } = await new STSClient({ ...place(), credentials: as, maxAttempts: 1 }).send(new AssumeRoleCommand({ RoleArn: role, RoleSessionName: 'tested', ...more }));
  return { accessKeyId: Credentials?.AccessKeyId ?? '', secretAccessKey: Credentials?.SecretAccessKey ?? '', sessionToken: Credentials?.SessionToken ?? '' };
}

/** Somebody in the tools account who may try to assume anything, with a role at a path of our choice. */
async function somebody(path: string, name: string): Promise<Session> {
  const { cloud } = town.system;
  const root = cloud.credentials(cloud.accounts.tools);
  const iam = new IAMClient({ ...place(), credentials: root });
  const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${cloud.accounts.tools}:root` }, Action: 'sts:AssumeRole' }] };
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: name, Path: path, AssumeRolePolicyDocument: JSON.stringify(trust) }));
  const all = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['sts:*', 'cloudformation:*'], Resource: '*' }] };
  await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: 'try-anything', PolicyDocument: JSON.stringify(all) }));
  return await assume(root, Role?.Arn ?? '');
}

const denied = { name: expect.stringMatching(/AccessDenied/) as string };
const externalId = (account: string) => `drawbridge-${account}`;
const cloudFormation = (credentials: Session) => new CloudFormationClient({ ...place(), credentials, maxAttempts: 1 });

describe('IAM refuses, not our code', () => {
  let planner: Session;
  let dev: string;
  beforeAll(async () => {
    planner = await somebody('/drawbridge/plan/', 'a-planner');
    dev = town.system.cloud.accounts.dev;
  });

  it('a role outside the trust policy', async () => {
    const outsider = await somebody('/', 'an-outsider');
    await expect(assume(outsider, roleArn(dev, 'plan'), { ExternalId: externalId(dev) })).rejects.toMatchObject(denied);
    await expect(assume(outsider, roleArn(dev, 'execute'), { ExternalId: externalId(dev) })).rejects.toMatchObject(denied);
  });

  it('a wrong external id, another account’s, or none', async () => {
    for (const wrong of [{ ExternalId: 'wrong' }, { ExternalId: externalId(town.system.cloud.accounts.prod) }, {}]) {
      await expect(assume(planner, roleArn(dev, 'plan'), wrong)).rejects.toMatchObject(denied);
    }
  });

  it('a planner that wants to execute', async () => {
    await expect(assume(planner, roleArn(dev, 'execute'), { ExternalId: externalId(dev) })).rejects.toMatchObject(denied);
  });

  it('anybody who wants to be CloudFormation', async () => {
    await expect(assume(planner, roleArn(dev, 'cloudformation'), { ExternalId: externalId(dev) })).rejects.toMatchObject(denied);
  });

  it('the plan role that calls ExecuteChangeSet', async () => {
    const plan = await assume(planner, roleArn(dev, 'plan'), { ExternalId: externalId(dev) });
    await expect(cloudFormation(plan).send(new DescribeStacksCommand({ StackName: 'honest-dev' }))).resolves.toBeDefined();
    await expect(cloudFormation(plan).send(new ExecuteChangeSetCommand({ StackName: 'honest-dev', ChangeSetName: 'any' }))).rejects.toMatchObject(denied);
  });

  it('a session that is narrowed to another stack', async () => {
    const scope = { account: dev, region: town.system.cloud.region, stackName: 'another-dev' };
    const narrowed = await assume(planner, roleArn(dev, 'plan'), { ExternalId: externalId(dev), Policy: sessionPolicy('plan', scope) });
    await expect(cloudFormation(narrowed).send(new DescribeStacksCommand({ StackName: 'honest-dev' }))).rejects.toMatchObject(denied);
  });
});

/** What the build of an application with a makefile may try: it runs whatever the repository says. */
function hostileApplication(): Record<string, string> {
  const { cloud, outputs } = town.system;
  const bucket = outputs['ArtifactBucket'] ?? '';
  const tries: Record<string, string> = {
    // It may do something at all, so that a refusal is one.
    'know-who-it-is': 'aws sts get-caller-identity',
    'write-sealed': `aws s3 cp Makefile s3://${bucket}/sealed/honest/$$(printf '0%.0s' $$(seq 64))`,
    'write-other-build': `aws s3 cp Makefile s3://${bucket}/incoming/honest/AROAX:AWSCodeBuild-other/template.yaml`,
    'write-own-application-other-build': `aws s3 cp Makefile s3://${bucket}/incoming/hostile/AROAX:AWSCodeBuild-other/template.yaml`,
    'write-what-builds-run': `aws s3 cp Makefile s3://${bucket}/builder/hostile/$$(printf '0%.0s' $$(seq 64)).mjs`,
    'read-bucket': `aws s3 ls s3://${bucket}/`,
    'assume-plan': `aws sts assume-role --role-arn ${roleArn(cloud.accounts.prod, 'plan')} --role-session-name x --external-id ${externalId(cloud.accounts.prod)}`,
    'assume-execute': `aws sts assume-role --role-arn ${roleArn(cloud.accounts.prod, 'execute')} --role-session-name x --external-id ${externalId(cloud.accounts.prod)}`,
    'forge-event': `aws events put-events --entries '[{"Source":"aws.cloudformation","DetailType":"CloudFormation Stack Status Change","Detail":"{}","EventBusName":"drawbridge"}]'`,
    'forge-report': `aws events put-events --entries '[{"Source":"drawbridge","DetailType":"Drawbridge Report","Detail":"{}","EventBusName":"drawbridge"}]'`,
    'read-table': `aws dynamodb scan --table-name ${outputs['TableName'] ?? ''}`,
    'complete-a-wait': 'aws stepfunctions send-task-success --task-token AAAA --task-output {}',
    'read-other-repository': 'aws codecommit get-branch --repository-name honest --branch-name main',
    'knock-at-the-door': `aws lambda invoke --function-name drawbridge-Command /dev/null`,
  };
  const lines = Object.entries(tries).map(([name, command]) => `\t-${command} >/dev/null 2>&1 && echo "TRIED ${name} WORKED" || echo "TRIED ${name} refused"`);
  return {
    'template.yaml': `Transform: AWS::Serverless-2016-10-31
Resources:
  Evil:
    Type: AWS::Serverless::Function
    Metadata: { BuildMethod: makefile }
    Properties: { Runtime: nodejs24.x, Handler: index.handler, CodeUri: . }
`,
    'index.js': 'exports.handler = async () => "hello";\n',
    Makefile: `build-Evil:\n${lines.join('\n')}\n\tcp index.js $(ARTIFACTS_DIR)/\n`,
    'drawbridge.yaml': 'version: 1\nbuild: { kind: sam }\norder: [dev]\n',
  };
}

it('a hostile build is refused whatever it tries', { timeout: 120_000 }, async () => {
  const [hostile] = await town.applications('hostile');
  const shown = await hostile?.release(hostileApplication(), 'Try everything');
  expect(shown?.release.outcome).toBe('deployed');
  const folder = join(town.system.cloud.stateDir, 'builds');
  const logs = await Promise.all((await readdir(folder)).filter((name) => name.endsWith('.log')).map((name) => readFile(join(folder, name), 'utf8')));
  const tried = [...logs.join('\n').matchAll(/^TRIED (\S+) (\w+)/gm)].map(([, name = '', how = '']) => [name, how]);
  expect(tried).toHaveLength(14);
  expect(tried.filter(([, how]) => how !== 'refused')).toEqual([['know-who-it-is', 'WORKED']]);
});

it('a forged event completes nothing', { timeout: 120_000 }, async () => {
  const { cloud } = town.system;
  const [honest] = await town.applications('honest');
  const release = await honest?.releaseOf(await honest.push(parametersApplication({ values: { One: 'forged' }, order: ['prod'] })));
  const waiting = await town.waitsIn(release ?? '', 'prod');
  const stackArn = `arn:aws:cloudformation:${cloud.region}:${cloud.accounts.prod}:stack/honest-prod/x`;
  for (const account of [cloud.accounts.prod, cloud.accounts.dev]) {
    await cloud.admin.emitEvent(account, {
      source: 'aws.cloudformation',
      'detail-type': 'CloudFormation Stack Status Change',
      detail: { 'stack-id': stackArn, 'status-details': { status: 'CREATE_COMPLETE' }, 'client-request-token': 'db-1-guessed' },
    });
  }
  expect((await town.show(release ?? '')).approvals).toEqual(waiting.approvals);
  await town.decide(release ?? '', 'prod', 'reject');
  expect((await town.ended(release ?? '')).release.outcome).toBe('rejected');
});
