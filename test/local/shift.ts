import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CreateAliasCommand, GetAliasCommand, LambdaClient, PublishVersionCommand, UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda';
import { TextReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';
import { stringify } from 'yaml';
import { until } from '../fakes/until.ts';
import type { Town } from './town.ts';

const role = (service: string, actions: readonly string[]) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }] },
    Policies: [{ PolicyName: 'may', PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] } }],
  },
});

/** Says no to version 3, whoever asks. */
const hook = `import boto3
def handler(event, context):
    client = boto3.client("codedeploy")
    content = client.get_deployment(deploymentId=event["DeploymentId"])["deploymentInfo"]["revision"]["appSpecContent"]["content"]
    client.put_lifecycle_event_hook_execution_status(
        deploymentId=event["DeploymentId"], lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
        status="Failed" if "TargetVersion: 3" in content else "Succeeded")
`;

const template = {
  Resources: {
    FunctionRole: role('lambda.amazonaws.com', ['codedeploy:PutLifecycleEventHookExecutionStatus', 'codedeploy:GetDeployment']),
    Greet: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'greet', Runtime: 'nodejs24.x', Handler: 'index.handler', Role: { 'Fn::GetAtt': ['FunctionRole', 'Arn'] }, Code: { ZipFile: 'exports.handler = async () => 1;' } } },
    Hook: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'ask-first', Runtime: 'python3.13', Handler: 'index.handler', Role: { 'Fn::GetAtt': ['FunctionRole', 'Arn'] }, Code: { ZipFile: hook } } },
    // Whatever is done to an alias, the emulator asks for ListAliases too.
    ServiceRole: role('codedeploy.amazonaws.com', ['lambda:InvokeFunction', 'lambda:GetAlias', 'lambda:ListAliases', 'lambda:UpdateAlias']),
    Application: { Type: 'AWS::CodeDeploy::Application', Properties: { ApplicationName: 'greet', ComputePlatform: 'Lambda' } },
    Group: {
      Type: 'AWS::CodeDeploy::DeploymentGroup',
      Properties: { ApplicationName: { Ref: 'Application' }, DeploymentGroupName: 'live', ServiceRoleArn: { 'Fn::GetAtt': ['ServiceRole', 'Arn'] }, AutoRollbackConfiguration: { Enabled: true, Events: ['DEPLOYMENT_FAILURE'] } },
    },
  },
};

/** A function with three versions and an alias on the first, and a group of CodeDeploy that shifts the alias. */
export async function aliasToShift(town: Town): Promise<{ version(): Promise<string | undefined> }> {
  const cloudFormation = new CloudFormationClient(town.client('dev'));
  await cloudFormation.send(new CreateStackCommand({ StackName: 'greet', TemplateBody: JSON.stringify(template), Capabilities: ['CAPABILITY_IAM'] }));
  await until('the function is there', async () => {
    const status = (await cloudFormation.send(new DescribeStacksCommand({ StackName: 'greet' }))).Stacks?.[0]?.StackStatus;
    if (status?.includes('ROLLBACK') === true) throw new Error(status);
    return status === 'CREATE_COMPLETE' ? status : undefined;
  });
  const lambda = new LambdaClient(town.client('dev'));
  for (const answer of [1, 2, 3]) {
    const writer = new ZipWriter(new Uint8ArrayWriter());
    await writer.add('index.js', new TextReader(`exports.handler = async () => ${String(answer)};`));
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'greet', ZipFile: await writer.close() }));
    await lambda.send(new PublishVersionCommand({ FunctionName: 'greet' }));
  }
  await lambda.send(new CreateAliasCommand({ FunctionName: 'greet', Name: 'live', FunctionVersion: '1' }));
  return { version: async () => (await lambda.send(new GetAliasCommand({ FunctionName: 'greet', Name: 'live' }))).FunctionVersion };
}

/** The files of an application whose revision shifts the alias. */
export const shifts = (from: number, to: number): Record<string, string> => ({
  'drawbridge.yaml': stringify({ version: 1, build: { kind: 'codedeploy', revision: 'revision' }, order: ['dev'] }),
  'revision/appspec.yml': stringify({
    version: 0,
    Resources: [{ Greet: { Type: 'AWS::Lambda::Function', Properties: { Name: 'greet', Alias: 'live', CurrentVersion: from, TargetVersion: to } } }],
    Hooks: [{ BeforeAllowTraffic: 'ask-first' }],
  }).replace('version: 0', 'version: 0.0'),
});
