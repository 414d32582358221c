import { describe, expect, it } from 'vitest';
import { accessChanges } from '../../../domain/access-changes.ts';

type Resources = Readonly<Record<string, object>>;

const wide = { Effect: 'Allow', Action: '*', Resource: '*' };
const document = (Statement: unknown) => ({ Version: '2012-10-17', Statement });
const role = (fields: object = {}) => ({ Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: document([]), ...fields } } });
const inline = (statement: unknown) => role({ Policies: [{ PolicyName: 'p', PolicyDocument: document(statement) }] });
const policy = (type: string, fields: object) => ({ Policy: { Type: `AWS::${type}`, Properties: fields } });
const group = (fields: object = {}) => ({ Group: { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 'g', ...fields } } });
const ssh = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '0.0.0.0/0' };
const either = (value: unknown) => ({ 'Fn::If': ['IsProd', value, { Ref: 'AWS::NoValue' }] });

const read = (before: Resources, after: Resources, prefix?: string) => {
  const { access, network } = accessChanges({ Resources: before }, { Resources: after }, prefix);
  return [...access, ...network].map(({ effect, text }) => `${effect}: ${text}`);
};
const effects = (before: Resources, after: Resources) => read(before, after).map((line) => line.split(':')[0]);

describe('what a change of rights is', () => {
  it.each<[string, Resources, Resources, string[]]>([
    ['a right that is given', role(), inline(wide), ['widens: + Allow * on * to AWS:${Role}']],
    ['a right that is taken', inline(wide), role(), ['narrows: - Allow * on * to AWS:${Role}']],
    ['a denial', role(), inline({ ...wide, Effect: 'Deny' }), ['narrows: + Deny * on * to AWS:${Role}']],
    ['a denial that is taken back', inline({ ...wide, Effect: 'Deny' }), role(), ['widens: - Deny * on * to AWS:${Role}']],
    ['all rights but some', role(), inline({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }), ['widens: + Allow NOT iam:* on * to AWS:${Role}']],
    ['a denial of all but some', inline({ Effect: 'Deny', NotAction: 'iam:*', Resource: '*' }), role(), ['widens: - Deny NOT iam:* on * to AWS:${Role}']],
    ['a managed policy', role(), role({ ManagedPolicyArns: ['arn:x'] }), ['widens: + policy arn:x to ${Role}']],
    ['a managed policy that is taken away', role({ ManagedPolicyArns: ['arn:x'] }), role(), ['narrows: - policy arn:x of ${Role}']],
    ['a way in', group(), group({ SecurityGroupIngress: [ssh] }), ['opens: + ${Group.GroupId}: in from Everyone (IPv4), TCP 22']],
    ['a way in that is closed', group({ SecurityGroupIngress: [ssh] }), group(), ['closes: - ${Group.GroupId}: in from Everyone (IPv4), TCP 22']],
    ['a way out', group(), group({ SecurityGroupEgress: [ssh] }), ['opens: + ${Group.GroupId}: out to Everyone (IPv4), TCP 22']],
    ['the last rule for what goes out, without which everything goes out', group({ SecurityGroupEgress: [ssh] }), group(), ['opens: + Group: out to everywhere, for no rule is left', 'closes: - ${Group.GroupId}: out to Everyone (IPv4), TCP 22']],
    ['nothing of it', inline(wide), { ...inline(wide), Queue: { Type: 'AWS::SQS::Queue' } }, []],
  ])('is told: %s', (_, before, after, lines) => {
    expect(read(before, after)).toEqual(lines);
  });

  it('that widens comes first, and says in which nested stack it is', () => {
    const lines = read(inline({ ...wide, Action: 's3:GetObject' }), inline({ ...wide, Action: 's3:*' }), 'Inner/');
    expect(lines).toEqual(['widens: + in Inner: Allow s3:* on * to AWS:${Role}', 'narrows: - in Inner: Allow s3:GetObject on * to AWS:${Role}']);
  });

  it.each<[string, object]>([
    ['managed, which roles attach by its name', policy('IAM::ManagedPolicy', { PolicyDocument: document(wide) })],
    ['managed, with an empty list of roles', policy('IAM::ManagedPolicy', { Roles: [], PolicyDocument: document(wide) })],
    ['of a role by its name', policy('IAM::RolePolicy', { RoleName: 'admin', PolicyName: 'p', PolicyDocument: document(wide) })],
    ['of a user by its name', policy('IAM::UserPolicy', { UserName: { Ref: 'User' }, PolicyName: 'p', PolicyDocument: document(wide) })],
    ['of a resource, wherever it is written', policy('Logs::ResourcePolicy', { PolicyName: 'p', PolicyDocument: document({ ...wide, Principal: '*' }) })],
  ])('is told of a policy that is %s', (_, after) => {
    expect(effects({}, { ...after })).toEqual(['widens']);
  });

  it('is told with the variables of a text filled in', () => {
    const arn = { 'Fn::Sub': ['arn:aws:s3:::${Name}/${Other}/*', { Name: { Ref: 'Bucket' }, Other: 'x' }] };
    expect(read(role(), inline({ ...wide, Resource: arn }))).toEqual(['widens: + Allow * on arn:aws:s3:::${Bucket}/x/* to AWS:${Role}']);
  });
});

describe('what cannot be read counts as wider', () => {
  it.each<[string, Resources, Resources]>([
    ['a statement under a condition', role(), inline([either(wide)])],
    ['statements under a condition', role(), inline(either([wide]))],
    ['a policy under a condition', role(), role({ Policies: [either({ PolicyName: 'p', PolicyDocument: document(wide) })] })],
    ['all policies under a condition', role(), role({ Policies: either([{ PolicyName: 'p', PolicyDocument: document(wide) }]) })],
    ['a document under a condition', role(), role({ Policies: [{ PolicyName: 'p', PolicyDocument: either(document(wide)) }] })],
    ['a trust under a condition', role(), role({ AssumeRolePolicyDocument: either(document(wide)) })],
    ['no trust at all', role(), role({ AssumeRolePolicyDocument: null })],
    ['managed policies under a condition', role(), role({ ManagedPolicyArns: either(['arn:x']) })],
    ['managed policies that are none', role(), role({ ManagedPolicyArns: 5 })],
    ['a managed policy under a condition', {}, policy('IAM::ManagedPolicy', { PolicyDocument: either(document(wide)) })],
    ['a policy without a document', {}, policy('IAM::Policy', { Roles: ['r'] })],
    ['a policy as text', {}, policy('S3::BucketPolicy', { Bucket: 'b', PolicyDocument: JSON.stringify(document(wide)) })],
    ['a policy that was under a condition', role({ Policies: either([]) }), inline([])],
    ['a way in under a condition', group(), group({ SecurityGroupIngress: [either(ssh)] })],
    ['ways in under a condition', group(), group({ SecurityGroupIngress: either([ssh]) })],
    ['a way in that is no list', group(), group({ SecurityGroupIngress: ssh })],
    ['a way in that is nothing', group(), group({ SecurityGroupIngress: [null] })],
  ])('%s', (_, before, after) => {
    expect(['widens', 'opens']).toContain(effects(before, after)[0]);
  });

  const chosen = (index: number, ...from: string[]) => ({ 'Fn::Select': [index, from] });
  const permission = (fields: object) => policy('Lambda::Permission', { FunctionName: 'f', Action: 'lambda:InvokeFunctionUrl', Principal: '*', ...fields });
  const everything = { IpProtocol: '-1' };
  it.each<[string, Resources, Resources]>([
    ['an effect that is chosen', inline({ ...wide, Effect: chosen(0, 'Deny', 'Allow') }), inline({ ...wide, Effect: chosen(1, 'Deny', 'Allow') })],
    ['an effect with a variable', inline({ ...wide, Effect: { 'Fn::Sub': '${A}' } }), inline({ ...wide, Effect: { 'Fn::Sub': '${B}' } })],
    ['a function that is no longer kept to an organisation', permission({ PrincipalOrgID: 'o-1' }), permission({})],
    ['a function’s address that asks nobody any more', permission({ FunctionUrlAuthType: 'AWS_IAM' }), permission({ FunctionUrlAuthType: 'NONE' })],
    ['a function that is no longer kept to an account', permission({ SourceAccount: '1', EventSourceToken: 't' }), permission({ EventSourceToken: 't' })],
    ['a policy of one more topic', policy('SNS::TopicPolicy', { Topics: ['a'], PolicyDocument: document({ ...wide, Resource: 'arn:*' }) }), policy('SNS::TopicPolicy', { Topics: ['a', 'b'], PolicyDocument: document({ ...wide, Resource: 'arn:*' }) })],
    ['a way in from another account’s group', group({ SecurityGroupIngress: [{ ...everything, SourceSecurityGroupId: 'sg' }] }), group({ SecurityGroupIngress: [{ ...everything, SourceSecurityGroupId: 'sg', SourceSecurityGroupOwnerId: '9' }] })],
    ['a way in from a group by its name, beside one that closes', group({ SecurityGroupIngress: [ssh, { ...everything, SourceSecurityGroupName: 'a' }] }), group({ SecurityGroupIngress: [{ ...everything, SourceSecurityGroupName: 'b' }] })],
    ['a rule of its own from a group by its name', policy('EC2::SecurityGroupIngress', { ...everything, GroupId: 'g', SourceSecurityGroupName: 'a' }), policy('EC2::SecurityGroupIngress', { ...everything, GroupId: 'g', SourceSecurityGroupName: 'b' })],
    ['a rule of its own for a group by its name', policy('EC2::SecurityGroupIngress', { ...everything, GroupName: 'a', CidrIp: '::/0' }), policy('EC2::SecurityGroupIngress', { ...everything, GroupName: 'b', CidrIp: '::/0' })],
  ])('also where the library finds no difference: %s', (_, before, after) => {
    expect(effects(before, after).some((effect) => effect === 'widens' || effect === 'opens')).toBe(true);
  });

  const operation = (security?: unknown) => ({ ...(security === undefined ? {} : { security }), 'x-amazon-apigateway-integration': {} });
  const api = (paths: unknown, fields: object = {}) => ({ Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Body: { paths, ...fields } } } });
  const closed = [{ Pool: [] }];
  it.each<[string, Resources, Resources]>([
    ['that asks its callers no more', api({ '/': { get: operation(closed) } }), api({ '/': { get: operation() } })],
    ['that asks nobody, although the others are asked', api({ '/': { get: operation() } }, { security: closed }), api({ '/': { get: operation([]) } }, { security: closed })],
    ['that is new, and asks nobody', api({ '/': { get: operation(closed) } }), api({ '/': { get: operation(closed), post: operation() } })],
    ['whose way to know callers changes', api({}, { securityDefinitions: { Pool: 1 } }), api({}, { securityDefinitions: { Pool: 2 } })],
    ['that is included from elsewhere', api({}), api({ 'Fn::Transform': { Name: 'AWS::Include' } })],
  ])('an operation of an API %s', (_, before, after) => {
    expect(effects(before, after)[0]).toBe('widens');
  });

  it('but a path more in an API that asks nobody, or one that is asked as the others, opens nothing', () => {
    expect(read(api({ '/': { get: operation() } }), api({ '/': { get: operation(), options: operation() }, '/a': { get: operation() } }))).toEqual([]);
    expect(read(api({ '/': { get: operation(closed) } }), api({ '/': { get: operation(closed), options: operation(), post: operation(closed) } }))).toEqual([]);
  });

  it('but the description of a rule, and the name of a policy, say nothing', () => {
    expect(read(group({ SecurityGroupIngress: [ssh] }), group({ SecurityGroupIngress: [{ ...ssh, Description: 'ssh' }] }))).toEqual([]);
    const attached = (name: string) => policy('IAM::Policy', { PolicyName: name, Roles: ['r'], PolicyDocument: document(wide) });
    expect(read(attached('a'), attached('b'))).toEqual([]);
  });

  it('but a queue’s redrive policy is no policy of rights', () => {
    const subscription = (count: number) => ({ Subscription: { Type: 'AWS::SNS::Subscription', Properties: { RedrivePolicy: { deadLetterTargetArn: 'arn:q', maxReceiveCount: count } } } });
    expect(read(subscription(1), subscription(2))).toEqual([]);
  });
});

it('more than a plan can hold is said in one line that counts as wider', () => {
  const { access, network } = accessChanges({ Resources: group() }, { Resources: { ...inline(Array.from({ length: 300 }, (_, index) => ({ ...wide, Effect: 'Deny', Sid: `S${String(index)}` }))), ...group({ SecurityGroupIngress: Array.from({ length: 250 }, (_, port) => ({ ...ssh, FromPort: port, ToPort: port })) }) } });
  expect([access.length, access.at(-1)]).toEqual([201, { effect: 'widens', text: 'and 100 more statements' }]);
  expect([network.length, network.at(-1)]).toEqual([201, { effect: 'opens', text: 'and 50 more rules' }]);
});
