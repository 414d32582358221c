import { readFile } from 'node:fs/promises';
import { fullDiff } from '@aws-cdk/cloudformation-diff/lib/diff-template.js';
import { describe, expect, it } from 'vitest';
import { scrutiny } from '../../local/scrutiny.ts';
import { accessChanges } from '../../domain/access-changes.ts';

it('domain/scrutiny.json is what the service specification knows (else: npm run scrutiny)', async () => {
  const text = await readFile(new URL('../../domain/scrutiny.json', import.meta.url), 'utf8');
  expect(JSON.parse(text)).toEqual(scrutiny());
});

type Resources = Readonly<Record<string, object>>;

const statement = (fields: object = {}) => ({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*', ...fields });
const document = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
const role = (fields: object = {}) => ({ Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: document({ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }), ...fields } } });
const inline = (...statements: object[]) => role({ Policies: [{ PolicyName: 'p', PolicyDocument: document(...statements) }] });
const policy = (type: string, fields: object) => ({ Policy: { Type: type, Properties: fields } });
const group = (fields: object = {}) => ({ Group: { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 'g', ...fields } } });
const ssh = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '10.0.0.0/8' };
const permission = (principal: string) => ({ Permission: { Type: 'AWS::Lambda::Permission', Properties: { FunctionName: { Ref: 'Function' }, Action: 'lambda:InvokeFunction', Principal: principal } } });

/** What changes, and the resources before and after. */
const pairs: readonly (readonly [string, Resources, Resources])[] = [
  ['nothing', inline(statement()), inline(statement())],
  ['a role is added', {}, inline(statement())],
  ['a role is removed', inline(statement()), {}],
  ['an action is added', inline(statement()), inline(statement({ Action: ['s3:GetObject', 's3:PutObject'] }))],
  ['a condition is taken away', inline(statement({ Condition: { Bool: { 'aws:SecureTransport': 'true' } } })), inline(statement())],
  ['a statement is denied', inline(statement()), inline(statement(), statement({ Effect: 'Deny', Action: '*' }))],
  ['somebody else is trusted', role(), role({ AssumeRolePolicyDocument: document({ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }) })],
  ['a managed policy is attached', role(), role({ ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] })],
  ['a managed policy is exchanged', role({ ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] }), role({ ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess', { Ref: 'Own' }] })],
  ['managed policies depend on a condition', role(), role({ ManagedPolicyArns: { 'Fn::If': ['Wide', ['arn:aws:iam::aws:policy/AdministratorAccess'], []] } })],
  ['a policy is given to two roles', {}, policy('AWS::IAM::Policy', { Roles: [{ Ref: 'A' }, 'b'], PolicyDocument: document(statement()) })],
  ['a policy is taken from one of them', policy('AWS::IAM::Policy', { Roles: ['a', 'b'], PolicyDocument: document(statement()) }), policy('AWS::IAM::Policy', { Roles: ['a'], PolicyDocument: document(statement()) })],
  ['a bucket is opened', {}, policy('AWS::S3::BucketPolicy', { Bucket: { Ref: 'Bucket' }, PolicyDocument: document(statement({ Principal: '*', Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }, '/*']] } })) })],
  ['two queues are opened', {}, policy('AWS::SQS::QueuePolicy', { Queues: ['one', 'two'], PolicyDocument: document({ Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage' }) })],
  ['a key gets another policy', { Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: document(statement({ Action: 'kms:*' })) } } }, { Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: document(statement({ Action: 'kms:Decrypt' })) } } }],
  ['a function may be called', {}, permission('events.amazonaws.com')],
  ['a function may be called by another', permission('events.amazonaws.com'), permission('*')],
  ['a resource becomes another type', policy('AWS::IAM::Policy', { Roles: ['a'], PolicyDocument: document(statement()) }), { Policy: permission('*').Permission }],
  ['a group lets somebody in', group(), group({ SecurityGroupIngress: [ssh] })],
  ['a group lets everybody in', group({ SecurityGroupIngress: [ssh] }), group({ SecurityGroupIngress: [{ ...ssh, CidrIp: '0.0.0.0/0' }] })],
  ['a group lets out', group({ SecurityGroupEgress: [ssh] }), group({ SecurityGroupEgress: [ssh, { IpProtocol: '-1', CidrIpv6: '::/0' }] })],
  ['a rule is added to a group', group(), { ...group(), Rule: { Type: 'AWS::EC2::SecurityGroupIngress', Properties: { GroupId: { 'Fn::GetAtt': ['Group', 'GroupId'] }, IpProtocol: 'tcp', FromPort: 443, ToPort: 443, SourcePrefixListId: 'pl-1' } } }],
  ['an assignment of a permission set is added', {}, { Assignment: { Type: 'AWS::SSO::Assignment', Properties: { InstanceArn: 'i', PermissionSetArn: 'p', PrincipalId: 'x', PrincipalType: 'USER', TargetId: '222222222222', TargetType: 'AWS_ACCOUNT' } } }],
  ['a permission set gets more', { Set: { Type: 'AWS::SSO::PermissionSet', Properties: { InstanceArn: 'i', Name: 'set' } } }, { Set: { Type: 'AWS::SSO::PermissionSet', Properties: { InstanceArn: 'i', Name: 'set', ManagedPolicies: ['arn:aws:iam::aws:policy/AdministratorAccess'] } } }],
  ['only something else changes', { ...inline(statement()), Queue: { Type: 'AWS::SQS::Queue' } }, { ...inline(statement()), Queue: { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: 1 } } }],
];

const words = (text: string | undefined) => (text ?? '').replaceAll(/\s+/g, ' ').trim();

/** What the library itself finds in the templates, a row each: its sign and the words that it is told with. */
function rowsOf(before: Resources, after: Resources): string[][] {
  const { iamChanges: iam, securityGroupChanges: groups } = fullDiff({ Resources: before }, { Resources: after });
  const both = <Item>({ additions, removals }: { readonly additions: readonly Item[]; readonly removals: readonly Item[] }, told: (item: Item) => (string | undefined)[]) => [...additions.map((item) => ['+', ...told(item)]), ...removals.map((item) => ['-', ...told(item)])];
  const rows = [
    ...both(iam.statements, (it) => { const { effect, action, resource, principal } = it.render(); return [effect, action, resource, principal]; }),
    ...both(iam.managedPolicies, (it) => [it.managedPolicyArn, it.identityArn]),
    ...both(iam.ssoPermissionSets, (it) => [it.name]),
    ...both(iam.ssoAssignments, (it) => [it.cfnLogicalId]),
    ...both(iam.ssoInstanceACAConfigs, (it) => [it.cfnLogicalId]),
    ...both(groups.ingress, (it) => ['in from', it.groupId, it.describePeer(), it.describeProtocol()]),
    ...both(groups.egress, (it) => ['out to', it.groupId, it.describePeer(), it.describeProtocol()]),
  ];
  return rows.map((row) => row.map((word) => words(word)));
}

describe('what is read from two templates', () => {
  it.each(pairs)('is what the library itself reads: %s', (_, before, after) => {
    const { access, network } = accessChanges({ Resources: before }, { Resources: after });
    const lines = [...access, ...network].map(({ text }) => text);
    const rows = rowsOf(before, after);
    expect(lines).toHaveLength(rows.length);
    for (const [sign = '', ...told] of rows) expect(lines.filter((line) => line.startsWith(`${sign} `) && told.every((word) => line.includes(word))), told.join(' ')).not.toEqual([]);
  });

  it('finds every widening that the library finds', () => {
    for (const [, before, after] of pairs) {
      const diff = fullDiff({ Resources: before }, { Resources: after });
      const { access, network } = accessChanges({ Resources: before }, { Resources: after });
      if (diff.iamChanges.permissionsBroadened) expect(access.map(({ effect }) => effect)).toContain('widens');
      if (diff.securityGroupChanges.rulesAdded) expect(network.map(({ effect }) => effect)).toContain('opens');
    }
  });
});
