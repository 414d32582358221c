import { describe, expect, it } from 'vitest';
import { releaseRequestDetailType, releaseRequestSource } from '../../contracts/source-events.ts';
import { policiesOf, statementsOf } from './policies.ts';
import { applicationStack, artifactRegion, controlPlane, targetAccount, targetRegion } from './project.ts';
import { at, listOf, ofType, recordAt, recordsIn, resource, type Template, textAt } from './read-template.ts';

const stacks: [string, Template][] = [
  ['template.yaml', controlPlane],
  ['infra/target-account.yaml', targetAccount],
  ['infra/target-region.yaml', targetRegion],
  ['infra/artifact-region.yaml', artifactRegion],
  ['infra/application.yaml', applicationStack],
];

/** Actions that know no resource, or whose resources are nobody's business but the registry's. Each says why in its template. */
const withoutResource = [
  // A task token is the right itself.
  ['states:SendTaskSuccess'],
  // Limits of an account, and what is on in it: the doctor reads them.
  ['lambda:GetAccountSettings', 'servicequotas:ListServiceQuotas'],
  ['cloudformation:DescribeAccountLimits', 'cloudformation:ListStacks', 'cloudtrail:DescribeTrails', 'config:DescribeConfigurationRecorderStatus'],
  // Who imports an export: an export is no resource.
  ['cloudformation:ListImports'],
  // Targets of a deployment are no resource of CodeDeploy.
  ['codedeploy:ListDeploymentTargets', 'codedeploy:GetDeploymentTarget'],
  // Log delivery of Step Functions.
  ['logs:CreateLogDelivery', 'logs:GetLogDelivery', 'logs:UpdateLogDelivery', 'logs:DeleteLogDelivery', 'logs:ListLogDeliveries', 'logs:PutResourcePolicy', 'logs:DescribeResourcePolicies', 'logs:DescribeLogGroups'],
];

describe.each(stacks)('%s', (name, template) => {
  it('allows no wildcard of actions, and every resource only where an action knows none', () => {
    const roles = ['AWS::Serverless::Function', 'AWS::Serverless::StateMachine', 'AWS::IAM::Role'].flatMap((type) => ofType(template, type));
    const statements = roles.flatMap(policiesOf).filter(({ effect }) => effect === 'Allow');
    expect(statements.flatMap(({ actions }) => actions).filter((action) => action.includes('*'))).toEqual([]);
    const everything = statements.filter(({ resources }) => resources.includes('*')).map(({ actions }) => actions);
    // What CloudFormation validates early is looked at all over the account, and is held by a test of its own.
    const unexplained = everything.filter((actions) => !withoutResource.some((known) => known.join() === actions.join()) && !actions.includes('cloudformation:DescribeEvents'));
    expect(unexplained).toEqual([]);
  });

  it('gives nobody AdministratorAccess', () => {
    expect(template.text).not.toMatch(/policy\/AdministratorAccess|policy\/IAMFullAccess/);
  });

  it('keeps every queue encrypted, for as long as SQS keeps anything', () => {
    for (const { id, properties } of ofType(template, 'AWS::SQS::Queue')) expect(properties, id).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 1209600 });
  });

  it('gives every rule a queue for what it cannot deliver, which takes messages from these rules only', () => {
    const rules = ofType(template, 'AWS::Events::Rule');
    for (const { id, properties } of rules) {
      for (const target of listOf(at(properties, 'Targets'))) {
        expect(at(target, 'DeadLetterConfig', 'Arn'), id).toEqual({ 'Fn::GetAtt': 'DeadEvents.Arn' });
        expect(recordAt(target, 'RetryPolicy'), id).toEqual({ MaximumRetryAttempts: expect.any(Number) as number, MaximumEventAgeInSeconds: expect.any(Number) as number });
      }
    }
    for (const { properties } of ofType(template, 'AWS::SQS::QueuePolicy')) {
      const [statement] = statementsOf(at(properties, 'PolicyDocument'));
      expect(statement?.principal).toEqual({ Service: 'events.amazonaws.com' });
      expect(at(statement?.condition, 'ArnEquals', 'aws:SourceArn')).toEqual(rules.map(({ id }) => ({ 'Fn::GetAtt': `${id}.Arn` })));
    }
  });

  it('rings when something lies in a queue, or lies there too long where it is worked off', () => {
    const workedOff = new Set(ofType(template, 'AWS::Lambda::EventSourceMapping').map(({ properties }) => textAt(properties, 'EventSourceArn', 'Fn::GetAtt').replace('.Arn', '')));
    const alarms = ofType(template, 'AWS::CloudWatch::Alarm').map(({ properties }) => `${textAt(properties, 'MetricName')} ${textAt(properties, 'Dimensions', 0, 'Value', 'Fn::GetAtt')}`);
    for (const { id } of ofType(template, 'AWS::SQS::Queue')) expect(alarms).toContain(`${workedOff.has(id) ? 'ApproximateAgeOfOldestMessage' : 'ApproximateNumberOfMessagesVisible'} ${id}.QueueName`);
  });

  it('explains every parameter and every output', () => {
    for (const [id, body] of [...Object.entries(template.parameters), ...Object.entries(template.outputs)]) expect(at(body, 'Description'), `${name} ${id}`).toEqual(expect.stringMatching(/\w{3}/));
  });
});

describe('the control plane', () => {
  it('loses nothing when its stack is deleted by mistake', () => {
    for (const id of ['Table', 'ArtifactBucket', 'ArtifactKey', 'UploadBucket']) expect(resource(controlPlane, id).deletionPolicy, id).toBe('Retain');
    expect(resource(controlPlane, 'Table').properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    });
  });

  it('has a key of its own for artifacts and another for waits, and both rotate', () => {
    const keys = ofType(controlPlane, 'AWS::KMS::Key');
    expect(keys.map(({ id }) => id)).toEqual(['ArtifactKey', 'WaitKey']);
    for (const { id, properties } of keys) expect(at(properties, 'EnableKeyRotation'), id).toBe(true);
    // Only the account itself: no target account reads the tokens of waits.
    expect(statementsOf(at(resource(controlPlane, 'WaitKey').properties, 'KeyPolicy'))).toHaveLength(1);
  });

  it.each(['ArtifactBucket', 'UploadBucket'])('keeps what is in the %s private, versioned, encrypted with its key, and never sends it in the clear', (bucket) => {
    const { properties } = resource(controlPlane, bucket);
    expect(properties).toMatchObject({
      VersioningConfiguration: { Status: 'Enabled' },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
    });
    expect(at(properties, 'BucketEncryption', 'ServerSideEncryptionConfiguration', 0, 'ServerSideEncryptionByDefault')).toEqual({ SSEAlgorithm: 'aws:kms', KMSMasterKeyID: { 'Fn::GetAtt': 'ArtifactKey.Arn' } });
    const policy = statementsOf(at(resource(controlPlane, `${bucket}Policy`).properties, 'PolicyDocument'));
    expect(policy.find(({ effect }) => effect === 'Deny')).toMatchObject({ actions: ['s3:*'], principal: '*', condition: { Bool: { 'aws:SecureTransport': 'false' } } });
  });

  it("lets the roles of registered target accounts read what is sealed, and nobody write from outside", () => {
    const policy = statementsOf(at(resource(controlPlane, 'ArtifactBucketPolicy').properties, 'PolicyDocument')).filter(({ effect }) => effect === 'Allow');
    for (const { principal, condition } of policy) {
      expect(principal).toEqual({ AWS: { Ref: 'TargetAccountIds' } });
      expect(at(condition, 'ArnLike', 'aws:PrincipalArn')).toEqual({ 'Fn::Sub': 'arn:${AWS::Partition}:iam::*:role/drawbridge/*' });
    }
    expect(policy.flatMap(({ actions }) => actions).sort()).toEqual(['s3:GetBucketAcl', 's3:GetBucketLocation', 's3:GetObject', 's3:GetObjectVersion', 's3:ListBucket']);
    expect(policy.filter(({ actions }) => actions.includes('s3:GetObject')).flatMap(({ resources }) => resources)).toEqual([{ 'Fn::Sub': '${ArtifactBucket.Arn}/sealed/*' }]);
  });

  it('believes forwarded events only of the accounts that it lists, and its own reports only of itself', () => {
    const pattern = (id: string) => at(resource(controlPlane, id).properties, 'EventPattern', 'account');
    for (const rule of ['StackRule', 'DeploymentRule', 'TestRule']) expect(pattern(rule)).toEqual({ Ref: 'TargetAccountIds' });
    expect(pattern('ReportRule')).toEqual([{ Ref: 'AWS::AccountId' }]);
    // Target accounts may send to this bus too; who asks for a release is somebody of this account.
    expect(pattern('RequestRule')).toEqual([{ Ref: 'AWS::AccountId' }]);
    expect(at(resource(controlPlane, 'BusPolicy').properties, 'Statement')).toMatchObject({ Principal: { AWS: { Ref: 'TargetAccountIds' } }, Action: 'events:PutEvents' });
  });

  it('takes commands from signed callers only, and from strangers nothing but a link or a signature of Slack’s', () => {
    const routes = ofType(controlPlane, 'AWS::ApiGatewayV2::Route').map(({ properties }) => [at(properties, 'RouteKey'), at(properties, 'AuthorizationType')]);
    expect(routes.filter(([, authorization]) => authorization !== 'AWS_IAM')).toEqual([
      ['GET /approvals/{link}', 'NONE'],
      ['POST /approvals/{link}', 'NONE'],
      ['POST /slack/interactions', 'NONE'],
    ]);
    expect(resource(controlPlane, 'DoorStage').properties).toMatchObject({ DefaultRouteSettings: { ThrottlingBurstLimit: expect.any(Number) as number, ThrottlingRateLimit: expect.any(Number) as number } });
    // Its access log never holds the path: that is where the links are.
    expect(at(resource(controlPlane, 'DoorStage').properties, 'AccessLogSettings', 'Format')).not.toMatch(/\$context\.(path|http\.path)/);
  });

  it('hears of uploads into its own bucket, and of the requests that are documented', () => {
    expect(at(resource(controlPlane, 'UploadBucket').properties, 'NotificationConfiguration', 'EventBridgeConfiguration', 'EventBridgeEnabled')).toBe(true);
    expect(at(resource(controlPlane, 'UploadRule').properties, 'EventPattern')).toEqual({ source: ['aws.s3'], 'detail-type': ['Object Created'], detail: { bucket: { name: [{ Ref: 'UploadBucket' }] }, object: { key: [{ suffix: '.zip' }] } } });
    expect(at(resource(controlPlane, 'RequestRule').properties, 'EventPattern')).toMatchObject({ source: [releaseRequestSource], 'detail-type': [releaseRequestDetailType] });
  });

  it('reads uploads, and never writes or deletes one', () => {
    const onUploads = ['AWS::Serverless::Function', 'AWS::Serverless::StateMachine'].flatMap((type) => ofType(controlPlane, type)).flatMap(policiesOf).filter(({ resources }) => JSON.stringify(resources).includes('UploadBucket'));
    expect([...new Set(onUploads.flatMap(({ actions }) => actions))].sort()).toEqual(['s3:GetObject', 's3:GetObjectVersion', 's3:ListBucket']);
  });

  it('sends mail about approvals through an encrypted topic', () => {
    expect(at(resource(controlPlane, 'Mail').properties, 'KmsMasterKeyId')).toBe('alias/aws/sns');
  });

  it('lets nobody read the links of approvers but who was registered, whatever rights they have in the account', () => {
    const statements = statementsOf(at(resource(controlPlane, 'MailPolicy').properties, 'PolicyDocument'));
    expect(statements.map(({ effect, principal, actions, resources, condition }) => [effect, principal, actions, resources, condition])).toEqual([
      ['Deny', '*', ['sns:Subscribe'], [{ Ref: 'Mail' }], { ArnNotEquals: { 'aws:PrincipalArn': { 'Fn::GetAtt': 'RegisterRole.Arn' } } }],
      ['Deny', '*', ['sns:Publish'], [{ Ref: 'Mail' }], { ArnNotEquals: { 'aws:PrincipalArn': { 'Fn::GetAtt': 'TellChannelRole.Arn' } } }],
    ]);
  });
});

describe.each(ofType(controlPlane, 'AWS::Serverless::StateMachine').map(({ id, properties }) => ({ id, properties })))('$id', ({ id, properties }) => {
  it('is traced, and its log holds no data: inputs hold task tokens', () => {
    expect(properties).toMatchObject({ Type: 'STANDARD', Tracing: { Enabled: true }, Logging: { Level: 'ERROR', IncludeExecutionData: false } });
    expect(at(resource(controlPlane, `${id}Logs`).properties, 'LogGroupName', 'Fn::Sub')).toMatch(/^\/aws\/vendedlogs\/states\//);
  });

  it.each(['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted'])('rings on %s, tells people, and says where to read on', (metric) => {
    const alarms = ofType(controlPlane, 'AWS::CloudWatch::Alarm').filter((alarm) => at(alarm.properties, 'MetricName') === metric && at(alarm.properties, 'Dimensions', 0, 'Value', 'Ref') === id);
    expect(alarms).toHaveLength(1);
    expect(alarms[0]?.properties).toMatchObject({ AlarmActions: [{ Ref: 'Alarms' }], AlarmDescription: expect.stringContaining('docs/runbook.md') as string });
  });
});

it('every alarm tells somebody, and is quiet where nothing runs', () => {
  for (const { id, properties } of ofType(controlPlane, 'AWS::CloudWatch::Alarm')) {
    expect(at(properties, 'AlarmActions'), id).toEqual([{ Ref: 'Alarms' }]);
    expect(at(properties, 'TreatMissingData'), id).toBe('notBreaching');
  }
});

it('no record of a template says Allow to everybody', () => {
  for (const [, template] of stacks) {
    for (const { id, properties } of template.resources) {
      for (const record of recordsIn(properties)) if (record['Effect'] === 'Allow') expect([JSON.stringify(record['Principal'] ?? null)], id).not.toContain('"*"');
    }
  }
});
