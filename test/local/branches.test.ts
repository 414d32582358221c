import { CloudFormationClient, CreateChangeSetCommand, CreateStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CodeCommitClient, CreatePullRequestCommand, GetCommentsForPullRequestCommand, MergePullRequestByFastForwardCommand } from '@aws-sdk/client-codecommit';
import { DisableRuleCommand, EnableRuleCommand, EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { stringify } from 'yaml';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BranchEnvironmentsAnswer, StopAnswer } from '../../contracts/commands.ts';
import { branchEnvironmentName } from '../../domain/branch-name.ts';
import { until } from '../fakes/until.ts';
import { registryWith } from './office.ts';
import { failsOnCreate, takes } from './templates.ts';
import { type Application, outcomes, type Shown, Town } from './town.ts';

let town: Town;
let shop: Application;
beforeAll(async () => {
  town = await Town.build();
  [shop] = (await town.quickApplications('shop')) as [Application];
  await town.system.register(registryWith(town, ['shop'], { dev: { branches: ['release'] }, sandbox: { disposable: true, branches: ['feature/*'], limits: { atOnce: 2 } } }));
  // The first branch of a repository is its default, which CodeCommit does not delete.
  await shop.push({ 'README.md': '# Shop\n' });
}, 120_000);
afterAll(() => town.close());

/** An address that says something: a function behind an HTTP API. */
function says(text: string, more: Readonly<Record<string, unknown>> = {}): Record<string, string> {
  const role = { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }] } };
  const template = {
    Parameters: { Stage: { Type: 'String' } },
    Resources: {
      Role: { Type: 'AWS::IAM::Role', Properties: role },
      Hello: { Type: 'AWS::Lambda::Function', Properties: { Runtime: 'nodejs24.x', Handler: 'index.handler', Role: { 'Fn::GetAtt': ['Role', 'Arn'] }, Code: { ZipFile: `exports.handler = async () => ({ statusCode: 200, body: ${JSON.stringify(text)} });` } } },
      Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: { Ref: 'Stage' }, ProtocolType: 'HTTP' } },
      Integration: { Type: 'AWS::ApiGatewayV2::Integration', Properties: { ApiId: { Ref: 'Api' }, IntegrationType: 'AWS_PROXY', IntegrationUri: { 'Fn::GetAtt': ['Hello', 'Arn'] }, PayloadFormatVersion: '2.0' } },
      Route: { Type: 'AWS::ApiGatewayV2::Route', Properties: { ApiId: { Ref: 'Api' }, RouteKey: 'GET /', Target: { 'Fn::Sub': 'integrations/${Integration}' } } },
      Live: { Type: 'AWS::ApiGatewayV2::Stage', Properties: { ApiId: { Ref: 'Api' }, StageName: '$default', AutoDeploy: true } },
      Allowed: { Type: 'AWS::Lambda::Permission', Properties: { FunctionName: { Ref: 'Hello' }, Action: 'lambda:InvokeFunction', Principal: 'apigateway.amazonaws.com' } },
      ...more,
    },
    Outputs: { Url: { Value: { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] } } },
  };
  const branches = [{ branch: 'feature/*', environment: 'sandbox', atOnce: 5, parameters: { Stage: '{environment}' }, url: '${outputs.Url}' }];
  return { 'template.yaml': stringify(template), 'drawbridge.yaml': stringify({ version: 1, build: { kind: 'cloudformation' }, branches }) };
}

const remote = () => town.system.cloud.gitRemote('shop');
async function push(branch: string, files: Record<string, string>): Promise<string> {
  await shop.write(files);
  await shop.git('add', '--all');
  await shop.git('commit', '--quiet', '--allow-empty', '--message', `Change ${branch}`);
  await shop.git('push', '--quiet', '--force', remote(), `HEAD:refs/heads/${branch}`);
  return await shop.git('rev-parse', 'HEAD');
}
const released = async (branch: string, files: Record<string, string>): Promise<Shown> => await town.ended(await shop.releaseOf(await push(branch, files)));
const remove = (branch: string) => shop.git('push', '--quiet', '--delete', remote(), `refs/heads/${branch}`);

type Row = BranchEnvironmentsAnswer['environments'][number];
const rowOf = async (branch: string): Promise<Row | undefined> => ((await town.ask('GET', '/branch-environments?application=shop')) as BranchEnvironmentsAnswer).environments.find((row) => row.branch === branch);
const isIn = (branch: string, state: Row['state']) => until(`${branch} is ${state}`, async () => {
  const row = await rowOf(branch);
  return row?.state === state ? row : undefined;
}, 120_000);
/** Of a stack that is there, with its tags. */
const stackOf = async (branch: string) => {
  const client = new CloudFormationClient(town.client('staging'));
  return await client.send(new DescribeStacksCommand({ StackName: `shop-${branchEnvironmentName(branch)}` })).then(({ Stacks = [] }) => Stacks[0], () => undefined);
};

it('a pushed branch has an address that answers, another push changes what it says, and a merge removes all of it', { timeout: 240_000 }, async () => {
  const branch = 'feature/Login_#1';
  const name = branchEnvironmentName(branch);
  const first = await released(branch, says('one'));
  expect([first.release.reason, outcomes(first)]).toEqual([undefined, { [name]: 'deployed' }]);
  const { url = '' } = await isIn(branch, 'live');
  expect(await (await fetch(url)).text()).toBe('one');
  expect((await stackOf(branch))?.Tags).toEqual(expect.arrayContaining([{ Key: 'drawbridge:environment', Value: name }, { Key: 'drawbridge:branch', Value: 'feature/Login_-1' }]));

  const codeCommit = new CodeCommitClient(town.client());
  const { pullRequest } = await codeCommit.send(new CreatePullRequestCommand({ title: 'Login', targets: [{ repositoryName: 'shop', sourceReference: branch, destinationReference: 'main' }] }));
  const pullRequestId = pullRequest?.pullRequestId ?? '';
  await released(branch, says('two'));
  expect(await (await fetch(url)).text()).toBe('two');
  await until('the pull request says where it is', async () => {
    const { commentsForPullRequestData = [] } = await codeCommit.send(new GetCommentsForPullRequestCommand({ pullRequestId }));
    return commentsForPullRequestData.flatMap(({ comments = [] }) => comments).find(({ content = '' }) => content.includes(url) && content.includes('deployed'));
  });

  await codeCommit.send(new MergePullRequestByFastForwardCommand({ pullRequestId, repositoryName: 'shop' }));
  expect(await isIn(branch, 'removed')).toMatchObject({ reason: `Pull request ${pullRequestId} merged the branch ${branch}.` });
  expect(await stackOf(branch)).toBeUndefined();
  await expect(fetch(url)).rejects.toThrow();
});

it('one that a person stops is removed, and nothing else can be stopped', { timeout: 240_000 }, async () => {
  const branch = 'feature/tax';
  const name = branchEnvironmentName(branch);
  await released(branch, says('tax'));
  const stop = (environment: string) => town.ask('POST', `/applications/shop/environments/${environment}/stop`, { reason: 'too dear' });
  for (const environment of ['dev', 'sandbox']) await expect(stop(environment)).rejects.toThrow(/is a registered environment/);
  const { release = '' } = (await stop(name)) as StopAnswer;
  expect(outcomes(await town.ended(release))).toEqual({ [name]: 'removed' });
  await isIn(branch, 'removed');
  expect(await stackOf(branch)).toBeUndefined();
});

it('what a failed first creation left goes with the branch', { timeout: 240_000 }, async () => {
  const branch = 'feature/broken';
  const shown = await released(branch, says('broken', failsOnCreate));
  expect(shown.release.outcome).not.toBe('deployed');
  expect(await stackOf(branch)).toBeDefined();
  await remove(branch);
  await isIn(branch, 'removed');
  expect(await stackOf(branch)).toBeUndefined();
});

it('a branch that is deleted while it is deployed, and made again while that is removed, is there in the end as it was pushed last', { timeout: 240_000 }, async () => {
  const branch = 'feature/slow';
  const first = await shop.releaseOf(await push(branch, says('slow', takes(4))));
  await until('the stack is made', async () => ((await stackOf(branch))?.StackStatus === 'CREATE_IN_PROGRESS' ? true : undefined), 120_000);
  await remove(branch);
  // Nothing is deployed yet, so nothing is there to remove; when the release has ended, something is.
  await isIn(branch, 'removed');
  await town.ended(first);
  await isIn(branch, 'removing');
  const last = await push(branch, says('fast'));
  const row = await until('the last push is there', async () => {
    const found = await rowOf(branch);
    const release = found?.state === 'live' && found.url !== undefined ? await town.show(found.release) : undefined;
    return release?.release.state === 'ended' && release.release.commit === last ? found : undefined;
  }, 180_000);
  expect(await (await fetch(row.url ?? '')).text()).toBe('fast');
  await remove(branch);
  await isIn(branch, 'removed');
  expect(await stackOf(branch)).toBeUndefined();
});

it('a push and a deletion of which nobody was told are found by a sweep, and a second one finds nothing', { timeout: 240_000 }, async () => {
  const branch = 'feature/unheard';
  const events = new EventBridgeClient(town.client());
  const { Rules = [] } = await events.send(new ListRulesCommand({}));
  const [rule] = Rules.filter(({ Name = '' }) => Name.includes('PushRule'));
  await town.sweep();
  await events.send(new DisableRuleCommand({ Name: rule?.Name }));
  try {
    const commit = await push(branch, says('unheard'));
    expect(await town.sweep()).toMatchObject({ did: [`released ${branch} of shop, whose push was not heard of`], left: [], trouble: [] });
    const shown = await town.ended(await shop.releaseOf(commit));
    expect(outcomes(shown)).toEqual({ [branchEnvironmentName(branch)]: 'deployed' });
    await isIn(branch, 'live');
    await remove(branch);
    expect((await town.sweep()).did).toEqual([`told of the end of ${branch} of shop`]);
    await isIn(branch, 'removed');
    expect(await stackOf(branch)).toBeUndefined();
    expect(await town.sweep()).toMatchObject({ by: expect.stringContaining('arn:aws') as string, did: [], trouble: [] });
  } finally {
    await events.send(new EnableRuleCommand({ Name: rule?.Name }));
  }
});

it('a sweep removes the stack of a branch that is gone and of which nobody knows, and an empty one that nobody will execute', { timeout: 240_000 }, async () => {
  const branch = 'feature/forgotten';
  const tags = (environment: string, more: Record<string, string> = {}) => Object.entries({ 'drawbridge:application': 'shop', 'drawbridge:environment': environment, ...more }).map(([Key, Value]) => ({ Key, Value }));
  const TemplateBody = JSON.stringify({ Resources: { One: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: '1' } } } });
  const [sandbox, dev] = [new CloudFormationClient(town.client('staging')), new CloudFormationClient(town.client('dev'))];
  const { StackId: forgotten = '' } = await sandbox.send(new CreateStackCommand({ StackName: `shop-${branchEnvironmentName(branch)}`, TemplateBody, Tags: tags(branchEnvironmentName(branch), { 'drawbridge:branch': branch }) }));
  // Of no sandbox, so whatever its tags say a person looks at it.
  const { StackId: theirs = '' } = await dev.send(new CreateStackCommand({ StackName: `shop-${branchEnvironmentName(branch)}`, TemplateBody, Tags: tags(branchEnvironmentName(branch), { 'drawbridge:branch': branch }) }));
  const { StackId: shell = '' } = await dev.send(new CreateChangeSetCommand({ StackName: 'shop-shell', ChangeSetName: 'shop-999-00000000-1-1', ChangeSetType: 'CREATE', TemplateBody, Tags: tags('dev') }));
  await until('the stack is there', async () => ((await stackOf(branch))?.StackStatus === 'CREATE_COMPLETE' ? true : undefined));
  expect((await town.sweep()).did).toEqual([]);
  for (const arn of [forgotten, theirs, shell]) await town.system.cloud.admin.ageStack(arn, 2);

  const { did, left, trouble } = await town.sweep();
  expect(did).toEqual([expect.stringMatching(/^deleted the empty stack shop-shell in dev/) as string, expect.stringMatching(/^has shop-forgotte-\w+ removed by shop-\d+-00000000: feature\/forgotten is gone/) as string]);
  expect([left, trouble]).toEqual([[expect.stringContaining('in dev') as string], []]);
  await isIn(branch, 'removed');
  expect(await stackOf(branch)).toBeUndefined();
  expect((await dev.send(new DescribeStacksCommand({ StackName: theirs }))).Stacks?.[0]?.StackStatus).toBe('CREATE_COMPLETE');
  await expect(dev.send(new DescribeStacksCommand({ StackName: 'shop-shell' }))).rejects.toThrow(/does not exist/);
  expect((await town.sweep()).did).toEqual([]);
});

it('one whose time is over is ended by the next sweep with everything in it, and its neighbour that was pushed since stays', { timeout: 240_000 }, async () => {
  const days = async (count: number) => await town.system.cloud.admin.putClockForward(count * 24 * 3600);
  const [old, young] = ['feature/old', 'feature/young'];
  const functions = async () => ((await new LambdaClient(town.client('staging')).send(new ListFunctionsCommand({}))).Functions ?? []).map(({ FunctionName = '' }) => FunctionName).filter((name) => name.startsWith('shop-'));
  await released(old, says('old'));
  const { url = '', expiresAt } = await isIn(old, 'live');
  await days(2);
  await released(young, says('young'));
  await isIn(young, 'live');
  expect(await (await fetch(url)).text()).toBe('old');
  await days(1.1);
  await town.sweep();
  expect(await isIn(old, 'removed')).toMatchObject({ reason: `Its time was over at ${expiresAt.slice(0, 16)}Z.` });
  expect(await stackOf(old)).toBeUndefined();
  await expect(fetch(url)).rejects.toThrow();
  expect(await functions()).toEqual([expect.stringContaining(branchEnvironmentName(young))]);
  const stays = await isIn(young, 'live');
  expect(await (await fetch(stays.url ?? '')).text()).toBe('young');
});
