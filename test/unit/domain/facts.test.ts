import { describe, expect, it } from 'vitest';
import type { Change, Plan } from '../../../contracts/plan.ts';
import { FactKind } from '../../../contracts/verdict.ts';
import { counted, factsOf, kindsOfRisks, risksOf } from '../../../domain/facts.ts';
import { concernsTemplates } from '../../../domain/hidden-facts.ts';
import { grantsAccess, statefulTypes } from '../../../domain/stateful-types.ts';
import { aChange } from '../../fakes/samples.ts';

type Looked = Parameters<typeof factsOf>[0];

const factsWith = (fields: Partial<Looked>) => factsOf({ changes: [], outputsOnly: false, access: [], network: [], parameterChanges: [], ...fields });
const kindsOf = (...changes: Change[]) => factsWith({ changes }).map(({ kind }) => kind);
const risks = (...changes: Change[]) => risksOf(factsWith({ changes }));
const detail = (fields: Partial<Plan['changes'][number]['details'][number]>) => ({ attribute: 'Properties', recreation: 'Never', evaluation: 'Static', source: 'DirectModification', ...fields }) as const;
const aCodeChange = (fields: Partial<Change> = {}) => aChange({ logicalId: 'Function', type: 'AWS::Lambda::Function', details: [detail({ name: 'Code' })], ...fields });

describe('the lines for the person who decides', () => {
  it('come most dangerous first, with certain and possible replacements apart', () => {
    const lines = risks(
      aChange({ logicalId: 'Function', type: 'AWS::Lambda::Function', replacement: 'Conditional' }),
      aChange({ logicalId: 'Old', type: 'AWS::Lambda::Function', action: 'Remove' }),
      aChange({ logicalId: 'Role', type: 'AWS::IAM::Role', details: [detail({ name: 'PermissionsBoundary' })] }),
      aChange({ logicalId: 'Maybe', replacement: 'Conditional', details: [{ attribute: 'Properties', name: 'TableName', recreation: 'Conditionally' }] }),
      aChange({ logicalId: 'Sure', replacement: 'True', details: [{ attribute: 'Properties', name: 'KeySchema', recreation: 'Always' }, { attribute: 'Properties', name: 'Tags', recreation: 'Never' }] }),
      aChange({ logicalId: 'Data', action: 'Remove' }),
    );
    expect(lines).toEqual([
      'Deletes Data (AWS::DynamoDB::Table); what it holds is lost.',
      'Replaces Sure (AWS::DynamoDB::Table) because KeySchema changes; what it holds is lost.',
      'May replace Maybe (AWS::DynamoDB::Table) because TableName changes; what it holds is lost.',
      'May widen who may do what: Role (AWS::IAM::Role) because PermissionsBoundary changes.',
      'Deletes Old (AWS::Lambda::Function).',
      'May replace Function (AWS::Lambda::Function) because BillingMode changes.',
    ]);
  });

  it.each([
    [{ action: 'Remove', policyAction: 'Delete' }, 'Deletes Table (AWS::DynamoDB::Table); what it holds is lost.'],
    [{ action: 'Remove', policyAction: 'Retain' }, 'Deletes Table (AWS::DynamoDB::Table); the old one is kept.'],
    [{ action: 'Remove', policyAction: 'Snapshot' }, 'Deletes Table (AWS::DynamoDB::Table); a snapshot is kept.'],
    [{ replacement: 'True', policyAction: 'ReplaceAndRetain' }, 'Replaces Table (AWS::DynamoDB::Table) because BillingMode changes; the old one is kept.'],
    [{ replacement: 'True', policyAction: 'ReplaceAndSnapshot' }, 'Replaces Table (AWS::DynamoDB::Table) because BillingMode changes; a snapshot is kept.'],
    [{ replacement: 'True', policyAction: 'ReplaceAndDelete' }, 'Replaces Table (AWS::DynamoDB::Table) because BillingMode changes; what it holds is lost.'],
  ] as const)('say what becomes of the data when CloudFormation says %j', (fields, line) => {
    expect(risks(aChange(fields))).toEqual([line]);
  });

  it('promise no loss of what holds nothing', () => {
    expect(risks(aChange({ action: 'Remove', logicalId: 'Old', type: 'AWS::Lambda::Function' }))).toEqual(['Deletes Old (AWS::Lambda::Function).']);
  });

  it('say nothing of what is harmless', () => {
    const harmless = factsWith({ changes: [aChange(), aChange({ action: 'Add', type: 'AWS::SQS::Queue' }), aCodeChange()], parameterChanges: [{ name: 'Size', before: '1', after: '2' }] });
    expect(harmless.map(({ kind }) => kind)).toEqual(['parameter', 'adds', 'changes', 'code']);
    expect(risksOf(harmless)).toEqual([]);
  });

  it('never repeat a line for one change', () => {
    expect(risks(aChange({ action: 'Remove', type: 'AWS::S3::BucketPolicy' }))).toHaveLength(1);
  });

  it('name the property that forces a replacement once, and no value', () => {
    const changes = [aChange({ replacement: 'True', details: [detail({ name: 'TableName', recreation: 'Always', evaluation: 'Dynamic' }), detail({ name: 'TableName', recreation: 'Always', source: 'ParameterReference', cause: 'Name' })] })];
    expect(risksOf(factsWith({ changes, parameterChanges: [{ name: 'Name', before: 'orders-1', after: 'orders-2' }] }))).toEqual(['Replaces Table (AWS::DynamoDB::Table) because TableName changes; what it holds is lost.']);
  });
});

describe('the facts of a plan', () => {
  it('are of every kind, most dangerous first, whatever order they are found in', () => {
    const facts = factsWith({
      changes: [
        aCodeChange(),
        aChange(),
        aChange({ action: 'Add' }),
        aChange({ drift: 'MODIFIED', logicalId: 'Drifted' }),
        aChange({ action: 'Import' }),
        aChange({ action: 'Dynamic' }),
        aChange({ type: 'AWS::ECS::Service', replacement: 'Conditional' }),
        aChange({ type: 'AWS::ECS::Service', replacement: 'True' }),
        aChange({ type: 'AWS::ECS::Service', action: 'Remove' }),
        aChange({ replacement: 'Conditional' }),
        aChange({ replacement: 'True' }),
        aChange({ action: 'Remove' }),
      ],
      outputsOnly: true,
      takesOver: 'Takes over it.',
      access: [{ effect: 'narrows', text: 'less' }, { effect: 'widens', text: 'more' }],
      network: [{ effect: 'closes', text: 'closed' }, { effect: 'opens', text: 'open' }],
      parameterChanges: [{ name: 'Size' }],
      steps: [{ digest: 'a', kind: 'writes-parameters', done: false, text: 'Writes.' }, { digest: 'b', kind: 'publishes', done: false, text: 'Publishes.' }],
    });
    expect([...new Set(facts.map(({ kind }) => kind))]).toEqual(FactKind.options);
  });

  it('are none where nothing changes', () => {
    expect(factsWith({})).toEqual([]);
  });

  it.each([
    ['a published version', aChange({ type: 'AWS::Lambda::Version', action: 'Add' })],
    ['an older version that is kept', aChange({ type: 'AWS::Lambda::Version', action: 'Remove', policyAction: 'Retain' })],
    ['an alias that follows', aChange({ type: 'AWS::Lambda::Alias', details: [detail({ name: 'FunctionVersion', evaluation: 'Dynamic' })] })],
    ['the code of a function', aCodeChange()],
  ])('call %s code', (_what, change) => {
    expect(kindsOf(change)).toEqual(['code']);
  });

  it.each([
    ['its memory changes too', aCodeChange({ details: [detail({ name: 'Code' }), detail({ name: 'MemorySize' })] })],
    ['its tags change too', aCodeChange({ scope: ['Properties', 'Tags'], details: [detail({ name: 'Code' }), detail({ attribute: 'Tags' })] })],
    ['nothing says what changes', aCodeChange({ details: [] })],
  ])('do not call it code when %s', (_what, change) => {
    expect(kindsOf(change)).toEqual(['changes']);
  });

  it('leave a nested stack itself out where its resources have lines of their own', () => {
    const parent = aChange({ logicalId: 'Child', type: 'AWS::CloudFormation::Stack', details: [detail({ evaluation: 'Dynamic', source: 'Automatic' })] });
    expect(kindsOf(parent, aCodeChange({ logicalId: 'Child/Function' }))).toEqual(['code']);
    expect(kindsOf({ ...parent, action: 'Remove' })).toEqual(['deletes-stateful']);
  });

  it.each([
    ['by a parameter', detail({ name: 'PolicyDocument', source: 'ParameterReference', cause: 'Who' })],
    ['by what is known only later', detail({ name: 'PolicyDocument', evaluation: 'Dynamic' })],
    ['by a boundary', detail({ name: 'PermissionsBoundary' })],
    ['by something without a name', detail({})],
  ])('say that rights may widen where they change %s, for the templates do not show it', (_how, changed) => {
    expect(kindsOf(aChange({ type: 'AWS::IAM::ManagedPolicy', details: [changed] }))).toContain('widens-access');
  });

  it.each([
    ['a custom resource', 'Custom::Anything', 'Cause.Arn', ''],
    ['a custom resource by its name', 'Custom::Anything', 'Cause', ''],
    ['somebody else’s type', 'Acme::Access::Policy', 'Cause.Arn', ''],
    ['the outputs of a nested stack', 'AWS::CloudFormation::Stack', 'Cause.Outputs.PolicyArn', ''],
    ['a value that is kept elsewhere', 'AWS::SSM::Parameter', 'Cause.Value', ''],
    ['what only shares its name in another stack', 'AWS::DynamoDB::Table', 'Cause.Arn', 'Inner/'],
  ])('do not take for the same value again what follows from %s', (_what, type, cause, prefix) => {
    const details = [detail({ name: 'ManagedPolicyArns', source: cause === 'Cause' ? 'ResourceReference' : 'ResourceAttribute', evaluation: 'Dynamic', cause })];
    const causing = aChange({ logicalId: 'Cause', type });
    expect(kindsOf(causing, aChange({ logicalId: `${prefix}Role`, type: 'AWS::IAM::Role', details }))).toContain('widens-access');
  });

  it.each([
    ['DynamoDB::Table', 'ResourcePolicy'], ['OpenSearchService::Domain', 'AccessPolicies'], ['MediaStore::Container', 'Policy'], ['Cognito::IdentityPool', 'AllowUnauthenticatedIdentities'],
    ['AppSync::GraphQLApi', 'AuthenticationType'], ['EC2::LaunchTemplate', 'LaunchTemplateData'], ['EKS::Cluster', 'AccessConfig'], ['RDS::DBCluster', 'AssociatedRoles'], ['EMR::Cluster', 'JobFlowRole'],
    ['CloudFormation::StackSet', 'TemplateBody'], ['ApiGateway::RestApi', 'BodyS3Location'],
  ])('say that rights may widen where %s changes its %s', (type, name) => {
    expect(kindsOf(aChange({ type: `AWS::${type}`, details: [detail({ name })] }))).toContain('widens-access');
  });

  it.each([
    ['RDS::DBInstance', 'VPCSecurityGroups'], ['RDS::DBCluster', 'VpcSecurityGroupIds'], ['Lambda::Function', 'VpcConfig'], ['ECS::Service', 'NetworkConfiguration'], ['EC2::Instance', 'SecurityGroupIds'],
    ['ElasticLoadBalancingV2::LoadBalancer', 'SecurityGroups'], ['EC2::NetworkAclEntry', 'CidrBlock'], ['EC2::Route', 'GatewayId'], ['EC2::LaunchTemplate', 'LaunchTemplateData'],
  ])('say that the network may open where %s changes its %s', (type, name) => {
    expect(kindsOf(aChange({ type: `AWS::${type}`, details: [detail({ name })] }))).toContain('opens-network');
  });

  it.each([
    ['IAM::User', 'widens-access'], ['RolesAnywhere::Profile', 'widens-access'], ['CloudFormation::StackSet', 'widens-access'], ['EC2::NetworkAclEntry', 'opens-network'], ['EC2::Route', 'opens-network'],
    ['EC2::VPCPeeringConnection', 'opens-network'], ['CloudFormation::Stack', 'unknown'],
  ])('say what a new %s may do: %s', (type, kind) => {
    expect(kindsOf(aChange({ type: `AWS::${type}`, action: 'Add', details: [] }))).toContain(kind);
  });

  it('leave to the templates a policy that they show', () => {
    expect(kindsOf(aChange({ type: 'AWS::ApiGateway::RestApi', details: [detail({ name: 'Policy' })] }))).toEqual(['changes']);
  });

  it('take for the same value again what follows from the name of a resource that stays', () => {
    const details = [detail({ name: 'Policies', source: 'ResourceAttribute', evaluation: 'Dynamic', cause: 'Table.Arn' })];
    expect(kindsOf(aChange({ logicalId: 'Inner/Table' }), aChange({ logicalId: 'Inner/Role', type: 'AWS::IAM::Role', details }))).not.toContain('widens-access');
  });

  it('leave to the templates what they show, and say nothing of tags', () => {
    expect(kindsOf(aChange({ type: 'AWS::IAM::Role', details: [detail({ name: 'Policies' })] }))).toEqual(['changes']);
    expect(kindsOf(aChange({ type: 'AWS::IAM::Role', scope: ['Tags'], details: [] }))).toEqual(['changes']);
  });

  it('are counted by kind and type', () => {
    const facts = factsWith({ changes: [aChange({ logicalId: 'A' }), aChange({ logicalId: 'B' })], access: [{ effect: 'widens', text: 'more' }] });
    expect(counted(facts)).toEqual([{ kind: 'widens-access', count: 1 }, { kind: 'changes', type: 'AWS::DynamoDB::Table', count: 2 }]);
  });
});

describe('what is known of types', () => {
  it.each(['AWS::IAM::Role', 'AWS::IAM::ManagedPolicy', 'AWS::Lambda::Permission', 'AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy', 'AWS::EKS::AccessEntry', 'AWS::EC2::VPCEndpointServicePermissions', 'AWS::LakeFormation::Permissions'])('%s says who may do what', (type) => {
    expect(grantsAccess(type)).toBe(true);
  });

  it.each(['AWS::ApplicationAutoScaling::ScalingPolicy', 'AWS::AutoScaling::ScalingPolicy', 'AWS::CloudFront::CachePolicy', 'AWS::DLM::LifecyclePolicy', 'AWS::DynamoDB::Table'])('%s does not', (type) => {
    expect(grantsAccess(type)).toBe(false);
  });

  it.each(['AWS::CloudFormation::Stack', 'AWS::S3::Bucket', 'AWS::Route53::HostedZone', 'AWS::Cognito::UserPoolClient', 'AWS::EC2::EIP'])('%s holds data or is an address', (type) => {
    expect(statefulTypes.has(type)).toBe(true);
  });
});

describe('the templates are read', () => {
  it.each([
    ['something new, which may act as a role', aChange({ action: 'Add', type: 'AWS::Lambda::Function' }), true],
    ['what CloudFormation cannot say yet', aChange({ action: 'Dynamic', type: 'AWS::SSM::Parameter' }), true],
    ['a policy that goes', aChange({ action: 'Remove', type: 'AWS::IAM::Policy' }), true],
    ['an API’s text', aChange({ type: 'AWS::ApiGatewayV2::Api' }), true],
    ['a security group', aChange({ type: 'AWS::EC2::SecurityGroup' }), true],
    ['the code of a function', aChange({ type: 'AWS::Lambda::Function' }), false],
    ['a table that goes', aChange({ action: 'Remove' }), false],
  ])('for %s: %#', (_, change, expected) => {
    expect(concernsTemplates([aChange({ type: 'AWS::SSM::Parameter' }), change])).toBe(expected);
  });
});

describe('the facts of steps after a stack', () => {
  const step = { digest: 'a'.repeat(64), done: false, text: 'Publishes 2 files of web into the bucket site.' } as const;

  it('are lines for the person who decides, and count for the rules', () => {
    const facts = factsWith({ steps: [{ ...step, kind: 'publishes' }] });
    expect(risksOf(facts)).toEqual([step.text]);
    expect(counted(facts)).toEqual([{ kind: 'publishes', count: 1 }]);
    expect(kindsOfRisks(counted(facts))).toEqual(['publishes']);
  });

  it('are none for what was done as it is', () => {
    expect(factsWith({ steps: [{ ...step, kind: 'publishes', done: true }] })).toEqual([]);
  });

  it('weigh as much as another deletion where files are deleted', () => {
    expect(factsWith({ steps: [{ ...step, kind: 'deletes' }] }).map(({ kind }) => kind)).toEqual(['deletes']);
  });
});
