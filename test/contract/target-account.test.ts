import { describe, expect, it } from 'vitest';
import { canaryDetailType, canarySource } from '../../contracts/canary.ts';
import { doctorPolicy } from '../../domain/doctor/session.ts';
import type { OwnedStore } from '../../contracts/plan.ts';
import type { DeclaredStep } from '../../contracts/steps.ts';
import { operationVariable, testPolicy, testProject, testVariables } from '../../domain/command-test.ts';
import { sessionPolicy } from '../../domain/session.ts';
import { emptyingPolicy } from '../../domain/removal/session.ts';
import { stepPolicy } from '../../domain/step-session.ts';
import { aTarget } from '../fakes/samples.ts';
import { allowed, denied, policiesOf, statementsOf, type Statement } from './policies.ts';
import { controlPlane, functionFolders, handlerOf, logicalId, targetAccount } from './project.ts';
import { at, listOf, ofType, recordAt, recordsIn, resource, textAt } from './read-template.ts';
import { actionsOf, inTargets, isOfTargets, sdkCalls } from './sdk-calls.ts';

const roleOf = { plan: resource(targetAccount, 'PlanRole'), execute: resource(targetAccount, 'ExecuteRole') };

const purposeOf = (folder: string) => /^\/drawbridge\/(plan|execute)\/$/.exec(textAt(resource(controlPlane, logicalId(folder)).properties, 'RolePath'))?.[1];

/** CloudFormation does these itself in the name of whoever opens a change set; no code of ours calls them. */
const inTheCallersName = {
  plan: [
    'iam:PassRole',
    // It reads the template and the parameters of type AWS::SSM::Parameter::Value; those of a drawbridge.yaml we read ourselves.
    's3:GetObject',
    's3:GetObjectVersion',
    'kms:Decrypt',
    'ssm:GetParameters',
    // It validates early (CloudFormation User Guide, "Validate stack deployments").
    'cloudwatch:GetMetricData',
    'config:ListConfigurationRecorders',
    'ec2:DescribeSecurityGroups',
    'ecr:ListImages',
    'iam:GetAccountSummary',
    'lambda:GetAccountSettings',
    's3:ListBucket',
    'servicequotas:GetServiceQuota',
  ],
  execute: [
    'iam:PassRole',
    // CodeDeploy registers the revision (CodeDeploy User Guide, "Deploy an application in a different AWS account").
    'codedeploy:GetApplicationRevision',
    'codedeploy:GetDeploymentConfig',
    'codedeploy:RegisterApplicationRevision',
    's3:GetObject',
    's3:GetObjectVersion',
    'kms:Decrypt',
  ],
} as const;

const steps: readonly DeclaredStep[] = [
  { kind: 'publish', folder: 'web', bucket: 'orders-site', prefix: '', invalidate: 'E123', delete: true, immutable: [] },
  { kind: 'parameters', values: { '/orders/url': 'x' } },
];

const stores: readonly OwnedStore[] = [
  { logicalId: 'Files', type: 'AWS::S3::Bucket', name: 'orders-files' },
  { logicalId: 'Images', type: 'AWS::ECR::Repository', name: 'orders/images' },
];

/** What the doctor tries from there, beside what it looks at. */
const tried = { plan: ['events:PutEvents'], execute: [] };

/** These read what no single stack has. */
const ofTheAccount = ['cloudformation:DescribeEvents', 'cloudformation:DescribeAccountLimits', 'cloudformation:ListImports', 'cloudformation:ListStacks'];

const stacks = '${AWS::Partition}:cloudformation:*:${AWS::AccountId}:stack/${StackNamePrefix}*';
const ofAction = (statements: readonly Statement[], action: string) => statements.filter(({ effect, actions }) => effect === 'Allow' && actions.includes(action));

describe.each(['plan', 'execute'] as const)('the role %s', (purpose) => {
  const role = roleOf[purpose];
  const statements = policiesOf(role);
  const trust = statementsOf(at(role.properties, 'AssumeRolePolicyDocument'));

  it('may do what its functions call and what CloudFormation does in their name, and nothing else', async () => {
    const folders = functionFolders.filter((folder) => purposeOf(folder) === purpose);
    expect(folders.length).toBeGreaterThan(2);
    const calls = await Promise.all(folders.map(async (folder) => ({ folder, actions: (await sdkCalls(handlerOf(folder))).flatMap(actionsOf) })));
    const called = calls.flatMap(({ folder, actions }) => actions.filter((action) => isOfTargets(action) || [...(inTargets[folder]?.only ?? []), ...(inTargets[folder]?.too ?? [])].includes(action)));
    expect(allowed(statements)).toEqual([...new Set([...called, ...inTheCallersName[purpose], ...tried[purpose]])].sort());
  });

  it('is narrowed by sessions that still allow all of it', () => {
    const scope = { account: '222222222222', region: 'eu-west-1', stackName: 'orders' };
    const more = purpose === 'plan' ? [doctorPolicy('artifacts')] : [...steps.map((step) => stepPolicy(step, { ...scope, application: 'orders', artifactBucket: 'artifacts' })), ...stores.map((store) => emptyingPolicy(store, scope))];
    const policies = [sessionPolicy(purpose, scope), testPolicy(purpose, scope), sessionPolicy(purpose, { ...scope, codeDeploy: { application: 'web', group: 'all' } }), ...more];
    const session = policies.flatMap((policy) => (JSON.parse(policy) as { Statement: { Action: string | string[] }[] }).Statement);
    const patterns = session.flatMap(({ Action }) => Action).map((action) => new RegExp(`^${action.replaceAll('*', '.*')}$`));
    expect(allowed(statements).filter((action) => !patterns.some((pattern) => pattern.test(action)))).toEqual([]);
  });

  it('is trusted for task roles of its own purpose only, and with the external id', () => {
    const [assume, tag, ...more] = trust;
    const tasks = { 'Fn::Sub': `arn:\${AWS::Partition}:iam::\${ToolsAccountId}:role/drawbridge/${purpose}/*` };
    expect(more).toEqual([]);
    for (const statement of [assume, tag]) expect(statement?.principal).toEqual({ AWS: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${ToolsAccountId}:root' } });
    expect(assume?.actions).toEqual(['sts:AssumeRole']);
    expect(assume?.condition).toEqual({ StringEquals: { 'sts:ExternalId': { Ref: 'ExternalId' } }, ArnLike: { 'aws:PrincipalArn': tasks } });
    expect(tag?.actions).toEqual(['sts:TagSession']);
    expect(at(tag?.condition, 'ArnLike')).toEqual({ 'aws:PrincipalArn': tasks });
    // The external id is no condition key of TagSession: with it the whole AssumeRole would be refused.
    expect(recordsIn(tag?.condition ?? null).some((record) => 'sts:ExternalId' in record)).toBe(false);
  });

  it('touches stacks with the prefix only', () => {
    const onStacks = statements.filter(({ effect, actions }) => effect === 'Allow' && actions.some((action) => action.startsWith('cloudformation:') && !ofTheAccount.includes(action)));
    const named = onStacks.flatMap(({ resources }) => resources.map((one) => textAt(one, 'Fn::Sub').replace('arn:', '')));
    expect([...new Set(named)].filter((one) => one !== stacks)).toEqual(purpose === 'plan' ? ['${AWS::Partition}:cloudformation:*:aws:transform/*'] : []);
  });

  it('touches applications of CodeDeploy with the prefix only', () => {
    const onGroups = statements.filter(({ effect, actions }) => effect === 'Allow' && actions.some((action) => action.startsWith('codedeploy:')));
    const named = onGroups.flatMap(({ resources }) => resources.map((one) => textAt(one, 'Fn::Sub').replace('arn:${AWS::Partition}:codedeploy:*:${AWS::AccountId}:', '') || one));
    const groups = 'deploymentgroup:${CodeDeployPrefix}*';
    // Configurations are everybody's, and the targets of a deployment are no resource.
    expect(named).toEqual(purpose === 'plan' ? [groups, '*'] : [groups, 'application:${CodeDeployPrefix}*', 'deploymentconfig:*', '*']);
  });

  it('hands CloudFormation the one role, and nobody else any', () => {
    const [pass, ...more] = ofAction(statements, 'iam:PassRole');
    expect(more).toEqual([]);
    expect(pass?.resources).toEqual([{ 'Fn::GetAtt': 'DeploymentRole.Arn' }]);
    expect(pass?.condition).toEqual({ StringEquals: { 'iam:PassedToService': 'cloudformation.amazonaws.com' } });
  });

  it('never touches the stack that it stands in', () => {
    expect(statements.filter(({ effect }) => effect === 'Deny').flatMap(({ resources }) => resources)).toContainEqual({ 'Fn::Sub': 'arn:${AWS::Partition}:cloudformation:*:${AWS::AccountId}:stack/${AWS::StackName}/*' });
  });
});

it('who plans cannot execute, and who executes cannot plan', () => {
  expect(denied(policiesOf(roleOf.plan))).toEqual(expect.arrayContaining(['cloudformation:ExecuteChangeSet', 'cloudformation:CreateStack', 'cloudformation:UpdateStack', 'cloudformation:DeleteStack', 'codedeploy:CreateDeployment']));
  expect(denied(policiesOf(roleOf.execute))).toEqual(expect.arrayContaining(['cloudformation:CreateChangeSet', 'cloudformation:CreateStack', 'cloudformation:UpdateStack']));
});

it('who plans reads parameters below a prefix only, and never what is encrypted', () => {
  const statements = policiesOf(roleOf.plan);
  expect(ofAction(statements, 'ssm:GetParameters').flatMap(({ resources }) => resources)).toEqual([{ 'Fn::Sub': 'arn:${AWS::Partition}:ssm:*:${AWS::AccountId}:parameter${ParameterPrefix}*' }]);
  expect(statements.find(({ sid }) => sid === 'NeverOpenSecureStrings')).toMatchObject({ effect: 'Deny', actions: ['kms:Decrypt'], resources: ['*'], condition: { StringLike: { 'kms:ViaService': 'ssm.*.amazonaws.com' } } });
});

it('who executes may do what steps and removals do only where the account names something for it, and the default names nothing', () => {
  const grants = {
    DisposableBucketArns: ['s3:ListBucketVersions', 's3:ListBucketMultipartUploads', 's3:DeleteObject', 's3:DeleteObjectVersion', 's3:AbortMultipartUpload'],
    DisposableRepositoryArns: ['ecr:ListImages', 'ecr:BatchDeleteImage'],
    PublishBucketArns: ['s3:ListBucket', 's3:PutObject', 's3:DeleteObject'], PublishKeyArns: ['kms:GenerateDataKey'],
    DistributionArns: ['cloudfront:CreateInvalidation'],
    WrittenParameterArns: ['ssm:GetParameters', 'ssm:PutParameter'],
  };
  const conditional = listOf(at(roleOf.execute.properties, 'Policies', 0, 'PolicyDocument', 'Statement')).flatMap((statement) => statementsOf({ Statement: [at(statement, 'Fn::If', 1) ?? null] }));
  for (const [parameter, actions] of Object.entries(grants)) {
    expect(recordAt(targetAccount.parameters, parameter)).toMatchObject({ Type: 'CommaDelimitedList', Default: '' });
    for (const action of actions) {
      const named = ofAction(conditional, action).filter(({ resources }) => JSON.stringify(resources).includes(`{"Ref":"${parameter}"}`));
      expect(named, `${action} for ${parameter}`).toHaveLength(1);
    }
  }
  const parameters = Object.keys(grants);
  for (const action of new Set(Object.values(grants).flat())) {
    for (const { resources } of ofAction(conditional, action)) expect(parameters.filter((parameter) => JSON.stringify(resources).includes(`{"Ref":"${parameter}"}`)), action).toHaveLength(1);
  }
});

describe('tests by commands', () => {
  const role = resource(targetAccount, 'TestRole');
  const project = resource(targetAccount, 'TestProjectInCodeBuild');

  it('are there only where the account wants them, and so is the right to start one', () => {
    expect(recordAt(targetAccount.parameters, 'TestProject')).toMatchObject({ Default: 'false', AllowedValues: ['true', 'false'] });
    for (const name of ['TestRole', 'TestLogs', 'TestProjectInCodeBuild']) expect(targetAccount.text, name).toMatch(new RegExp(`^  ${name}:\\n    Type: .*\\n    Condition: HasTestProject$`, 'm'));
    const unconditional = [roleOf.plan, roleOf.execute].flatMap(({ properties }) => listOf(at(properties, 'Policies', 0, 'PolicyDocument', 'Statement')).filter((statement) => at(statement, 'Fn::If') === undefined).flatMap((statement) => statementsOf({ Statement: [statement] })));
    expect(allowed(unconditional).filter((action) => /^(codebuild|logs):/.test(action))).toEqual([]);
  });

  it('are run in the one project, which those who start and look at them may use and no other', () => {
    expect(at(project.properties, 'Name')).toBe(testProject);
    for (const action of ['codebuild:StartBuild', 'codebuild:BatchGetBuilds']) {
      const named = [roleOf.plan, roleOf.execute].flatMap((it) => ofAction(policiesOf(it), action)).flatMap(({ resources }) => resources);
      for (const one of named) expect(one, action).toEqual({ 'Fn::Sub': `arn:\${AWS::Partition}:codebuild:*:\${AWS::AccountId}:project/${testProject}` });
    }
    expect(denied(policiesOf(roleOf.plan))).toContain('codebuild:StartBuild');
    for (const rule of [resource(targetAccount, 'ForwardBuilds'), resource(controlPlane, 'TestRule')]) expect(JSON.stringify(rule.properties)).toContain(`"project-name":["${testProject}"]`);
  });

  it('are run as a role that writes its log and reads folders of tests, and has what else the account names', () => {
    expect(statementsOf(at(role.properties, 'AssumeRolePolicyDocument')).map(({ principal }) => principal)).toEqual([{ Service: 'codebuild.amazonaws.com' }]);
    expect(allowed(policiesOf(role))).toEqual(['kms:Decrypt', 'logs:CreateLogStream', 'logs:PutLogEvents', 's3:GetBucketAcl', 's3:GetBucketLocation', 's3:GetObject', 's3:GetObjectVersion']);
    expect(ofAction(policiesOf(role), 's3:GetObject').flatMap(({ resources }) => resources)).toEqual([{ 'Fn::Sub': '${ArtifactBucketArn}/sealed/*.zip' }]);
    expect(at(role.properties, 'ManagedPolicyArns')).toEqual({ 'Fn::If': ['HasTestPolicies', { Ref: 'TestPolicyArns' }, { Ref: 'AWS::NoValue' }] });
    expect(recordAt(targetAccount.parameters, 'TestPolicyArns')).toMatchObject({ Type: 'CommaDelimitedList', Default: '' });
  });

  it('run the command that they are told, and say which wait they end', () => {
    expect(textAt(project.properties, 'Source', 'BuildSpec')).toContain('sh -c "$DRAWBRIDGE_COMMAND"');
    const variables = testVariables({ target: aTarget(), command: { run: 'npm test', folder: 'test', variables: {}, withinMinutes: 10 } }, { release: 'r', environment: 'dev', operation: 'op', record: undefined });
    expect(variables).toMatchObject({ DRAWBRIDGE_COMMAND: 'npm test', [operationVariable]: 'op' });
  });
});

it('who plans sends no event but the test event, which takes the way of the events of stacks', () => {
  const [send, ...more] = ofAction(policiesOf(roleOf.plan), 'events:PutEvents');
  expect(more).toEqual([]);
  expect(send?.condition).toEqual({ StringEquals: { 'events:source': canarySource, 'events:detail-type': canaryDetailType } });
  for (const rule of [resource(targetAccount, 'ForwardStacks'), resource(controlPlane, 'StackRule')]) {
    expect(at(rule.properties, 'EventPattern', '$or')).toMatchObject([{ source: ['aws.cloudformation'] }, { source: [canarySource], 'detail-type': [canaryDetailType] }]);
  }
});

it('a change set can be opened with the one role only', () => {
  const opening = ofAction(policiesOf(roleOf.plan), 'cloudformation:CreateChangeSet').filter(({ resources }) => !JSON.stringify(resources).includes('transform/'));
  expect(opening.map(({ condition }) => condition)).toEqual([{ StringEquals: { 'cloudformation:RoleArn': { 'Fn::GetAtt': 'DeploymentRole.Arn' } } }]);
});

it('can be rolled out by a StackSet: no transform, no macro, no nested stack', () => {
  expect(targetAccount.text).not.toMatch(/^Transform:|Fn::Transform|AWS::CloudFormation::(Macro|Stack)\b/m);
});

it('no action is a wildcard, but in what is denied', () => {
  for (const { properties } of ofType(targetAccount, 'AWS::IAM::Role')) {
    expect(recordsIn(properties).flatMap((record) => (record['Effect'] === 'Allow' && JSON.stringify(record['Action']).includes('*') ? [record['Action']] : []))).toEqual([]);
  }
});
