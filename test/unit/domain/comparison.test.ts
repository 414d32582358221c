import { describe, expect, it } from 'vitest';
import type { Change, Plan, PlanTemplates } from '../../../contracts/plan.ts';
import { withComparison } from '../../../domain/comparison.ts';
import { factsOf } from '../../../domain/facts.ts';
import { makePlan } from '../../../domain/plan.ts';
import { aChange, aRelease, aTarget } from '../../fakes/samples.ts';

const wide = { Effect: 'Allow', Action: '*', Resource: '*' };
const document = (Statement: unknown) => ({ Version: '2012-10-17', Statement });
const managed = (statement: object, more: object = {}) => ({ Policy: { Type: 'AWS::IAM::ManagedPolicy', ...more, Properties: { PolicyDocument: document([statement]) } } });
const group = (fields: object = {}) => ({ Group: { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 'g', ...fields } } });

const aPlan = (changes: Change[] = [], fields: Partial<Plan> = {}): Plan => ({
  ...makePlan(
    { release: aRelease(), templateSha256: 'e'.repeat(64), noEcho: [], environment: 'dev', target: aTarget(), attempt: '1-1', operation: 'UPDATE' },
    { arn: 'arn:set', stackArn: 'arn:stack', status: 'CREATE_COMPLETE', executionStatus: 'AVAILABLE', reason: undefined, parameters: { Size: '2' }, tags: {}, capabilities: [], changes, nested: [] },
  ),
  ...fields,
});
const template = (resources: object, more: object = {}) => JSON.stringify({ Resources: resources, ...more });
const stack = (before: string | undefined, after: string, prefix = ''): PlanTemplates['stacks'][number] => ({ prefix, ...(before === undefined ? {} : { before }), after });
const comparing = (changes: Change[], ...stacks: PlanTemplates['stacks']) => withComparison(aPlan(changes), { stacks, parameters: { Size: '2' } });
const kinds = (plan: Plan) => factsOf(plan).map(({ kind }) => kind);
const modified = (logicalId: string, name: string, fields: Partial<Change['details'][number]> = {}, type = 'AWS::IAM::ManagedPolicy') => aChange({ logicalId, type, details: [{ attribute: 'Properties', name, evaluation: 'Static', source: 'DirectModification', recreation: 'Never', ...fields }] });

describe('a plan that is compared', () => {
  it('keeps its digest: what is added follows from what the digest is of', () => {
    const plan = aPlan();
    const { access, network, parameterChanges, ...rest } = withComparison(plan, { stacks: [stack(template({}), template({ ...managed(wide), ...group({ SecurityGroupIngress: [{ IpProtocol: '-1', CidrIp: '0.0.0.0/0' }] }) }))], parameters: { Size: '1' } });
    expect({ ...rest, access: [], network: [], parameterChanges: [] }).toEqual(plan);
    expect([access, network, parameterChanges]).toEqual([
      [{ effect: 'widens', text: '+ Allow * on * to AWS:${Policy}' }],
      [{ effect: 'opens', text: '+ ${Group.GroupId}: in from Everyone (IPv4), Everything' }],
      [{ name: 'Size', before: '1', after: '2' }],
    ]);
  });

  it.each<[string, Record<string, string>, Plan['parameterChanges']]>([
    ['a value that changes', { Size: '1' }, [{ name: 'Size', before: '1', after: '2' }]],
    ['one that comes and one that goes', { Old: 'x' }, [{ name: 'Old', before: 'x' }, { name: 'Size', after: '2' }]],
    ['none', { Size: '2' }, []],
  ])('tells of the parameters %s', (_, parameters, expected) => {
    expect(withComparison(aPlan(), { stacks: [], parameters }).parameterChanges).toEqual(expected);
    // A new stack has none that change.
    expect(withComparison(aPlan([], { operation: 'CREATE' }), { stacks: [], parameters }).parameterChanges).toEqual([]);
  });

  it('tells of all stacks, nested ones by their names', () => {
    const { access } = comparing([], stack(template({}), template(managed(wide))), stack(undefined, template(managed({ ...wide, Effect: 'Deny' })), 'Inner/Deep/'));
    expect(access).toEqual([{ effect: 'widens', text: '+ Allow * on * to AWS:${Policy}' }, { effect: 'narrows', text: '+ in Inner/Deep: Deny * on * to AWS:${Policy}' }]);
  });

  it.each<[string, string | undefined, string]>([
    ['the old template', 'Resources: [', template({})],
    ['the new template', template({}), ''],
    ['what is no policy', template({}), template({ Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: document([null]) } } })],
  ])('counts as wider where nobody can read %s', (_, before, after) => {
    expect(comparing([], stack(before, after)).access).toEqual([{ effect: 'widens', text: 'The template cannot be read, so nobody can say' }]);
    expect(comparing([], stack(before, after, 'Inner/')).access).toEqual([{ effect: 'widens', text: 'The template of Inner cannot be read, so nobody can say' }]);
  });
});

describe('what the templates hold but do not show', () => {
  const conditional = template(managed(wide, { Condition: 'IsProd' }));

  it('is a policy that comes by its condition, for the change set says so', () => {
    const added = aChange({ logicalId: 'Policy', type: 'AWS::IAM::ManagedPolicy', action: 'Add', details: [] });
    expect(comparing([added], stack(conditional, conditional)).access).toEqual([{ effect: 'widens', text: '+ Allow * on * to AWS:${Policy}' }]);
    expect(comparing([{ ...added, logicalId: 'Inner/Policy' }], stack(conditional, conditional, 'Inner/')).access).toHaveLength(1);
    expect(comparing([{ ...added, logicalId: 'Other/Policy' }], stack(conditional, conditional)).access).toEqual([]);
  });

  it('is a policy that goes by its condition', () => {
    const removed = aChange({ logicalId: 'Policy', type: 'AWS::IAM::ManagedPolicy', action: 'Remove', details: [] });
    expect(comparing([removed], stack(conditional, conditional)).access).toEqual([{ effect: 'narrows', text: '- Allow * on * to AWS:${Policy}' }]);
  });

  it.each<[string, object, object]>([
    ['a mapping that changes', { ...wide, Action: { 'Fn::FindInMap': ['Rights', 'dev', 'actions'] } }, { ...wide, Action: { 'Fn::FindInMap': ['Rights', 'dev', 'actions'] } }],
    ['a condition beside what changes', { 'Fn::If': ['IsProd', wide, { Ref: 'AWS::NoValue' }] }, { 'Fn::If': ['IsProd', wide, { ...wide, Effect: 'Deny' }] }],
  ])('is %s', (_, before, after) => {
    const plan = comparing([modified('Policy', 'PolicyDocument')], stack(template(managed(before)), template(managed(after))));
    expect(plan.access).toContainEqual({ effect: 'widens', text: '+ Policy: its PolicyDocument changes, perhaps by a mapping or a condition' });
    expect(kinds(plan)).toContain('widens-access');
  });

  it('is a group that is opened by a mapping', () => {
    const rules = template(group({ SecurityGroupIngress: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: { 'Fn::FindInMap': ['Net', 'dev', 'cidr'] } }] }));
    const plan = comparing([modified('Group', 'SecurityGroupIngress', {}, 'AWS::EC2::SecurityGroup')], stack(rules, rules));
    expect(plan.network).toEqual([{ effect: 'opens', text: '+ Group: its SecurityGroupIngress changes, perhaps by a mapping or a condition' }]);
  });

  it.each<[string, Change]>([
    ['follows from another resource', modified('Policy', 'PolicyDocument', { source: 'ResourceAttribute', evaluation: 'Dynamic', cause: 'Function.Arn' })],
    ['is of a property that says nothing of rights', modified('Policy', 'Description', {}, 'AWS::SQS::Queue')],
    ['is in another stack', modified('Inner/Policy', 'PolicyDocument')],
  ])('is not what %s', (_, change) => {
    const same = template(managed(wide));
    expect(comparing([change], stack(same, same)).access).toEqual([]);
  });

  it('is nothing where the templates show it all', () => {
    const plan = comparing([modified('Policy', 'PolicyDocument')], stack(template(managed(wide)), template(managed({ ...wide, Action: 's3:*' }))));
    expect(plan.access.map(({ text }) => text)).toEqual(['+ Allow s3:* on * to AWS:${Policy}', '- Allow * on * to AWS:${Policy}']);
  });
});

describe('what is new and acts as a role', () => {
  const acts = (role: unknown) => template({ Own: { Type: 'AWS::IAM::Role', Properties: {} }, Custom: { Type: 'Custom::Role' }, Function: { Type: 'AWS::Lambda::Function', Properties: { Role: role } } });
  const own = template({ Own: { Type: 'AWS::IAM::Role', Properties: {} } });
  const added = aChange({ action: 'Add', logicalId: 'Function', type: 'AWS::Lambda::Function', details: [] });

  it.each<[string, unknown]>([['by its ARN', 'arn:aws:iam::222222222222:role/admin'], ['by a parameter', { Ref: 'Role' }], ['of another stack', { 'Fn::ImportValue': 'admin' }], ['by a custom resource', { 'Fn::GetAtt': ['Custom', 'Arn'] }]])('counts as wider where the role is named %s', (_, role) => {
    expect(kinds(comparing([added], stack(own, acts(role))))).toEqual(['widens-access', 'adds']);
  });

  it.each<[string, unknown]>([['an attribute', { 'Fn::GetAtt': ['Own', 'Arn'] }], ['a text', { 'Fn::GetAtt': 'Own.Arn' }], ['a name', { Ref: 'Own' }]])('has the rights that are read where the role is of the template, by %s', (_, role) => {
    expect(kinds(comparing([added], stack(own, acts(role))))).toEqual(['adds']);
  });
});
