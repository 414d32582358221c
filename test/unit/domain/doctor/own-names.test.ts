import { describe, expect, it } from 'vitest';
import { ownNames, sharedNames, type TemplateUse } from '../../../../domain/doctor/own-names.ts';
import { templateUses } from '../../../../domain/doctor/template-uses.ts';
import { aRelease, aTarget } from '../../../fakes/samples.ts';

const table = (name: unknown, more: object = {}) => ({ Parameters: { Stage: { Type: 'String', Default: 'any' } }, Resources: { Table: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: name }, ...more } } });
const use = (environment: string, template: TemplateUse['template'], fields: Partial<TemplateUse> = {}): TemplateUse => ({
  application: 'orders', environment, account: '222222222222', region: 'eu-west-1', stackName: `orders-${environment}`, parameters: { Stage: environment }, template, ...fields,
});
const both = (template: TemplateUse['template'], fields: Partial<TemplateUse> = {}) => sharedNames([use('dev', template), use('test', template, fields)]);

describe('two environments in one account', () => {
  it.each<[string, unknown]>([
    ['the stage', { Ref: 'Stage' }],
    ['the stage, put in', { 'Fn::Sub': 'orders-${Stage}' }],
    ['the stack', { 'Fn::Sub': '${AWS::StackName}-orders' }],
    ['a variable of the stage', { 'Fn::Sub': ['orders-${Where}', { Where: { Ref: 'Stage' } }] }],
    ['parts', { 'Fn::Join': ['-', ['orders', { Ref: 'Stage' }]] }],
    ['what only CloudFormation knows', { 'Fn::Sub': 'orders-${Other.Arn}' }],
    ['an import', { 'Fn::ImportValue': 'name' }],
    ['nothing', undefined],
  ])('do not meet in a name that is made of %s', (_, name) => {
    expect(both(table(name))).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['is written out', 'orders'],
    ['is made of what is equal', { 'Fn::Sub': 'orders-${AWS::Region}' }],
  ])('meet in a name that %s', (_, name) => {
    expect(both(table(name))).toEqual([expect.stringMatching(/^AWS::DynamoDB::Table orders\S* \(222222222222, eu-west-1\): orders in dev, orders in test$/)]);
  });

  it('meet where the parameter of the stage was given to neither', () => {
    expect(sharedNames([use('dev', table({ Ref: 'Stage' }), { parameters: {} }), use('test', table({ Ref: 'Stage' }), { parameters: {} })])).toHaveLength(1);
  });

  it('do not meet in another Region, another account, or where one stack is both', () => {
    expect(both(table('orders'), { region: 'eu-central-1' })).toEqual([]);
    expect(both(table('orders'), { account: '333333333333' })).toEqual([]);
    expect(both(table('orders'), { stackName: 'orders-dev' })).toEqual([]);
  });

  it('are not accused of a resource with a condition, which may be meant for one of them', () => {
    expect(both(table('orders', { Condition: 'IsDev' }))).toEqual([]);
  });
});

it.each<[string, string, Partial<TemplateUse>, boolean]>([
  ['AWS::IAM::Role', 'RoleName', { region: 'eu-central-1' }, true],
  ['AWS::IAM::Role', 'RoleName', { account: '333333333333' }, false],
  ['AWS::S3::Bucket', 'BucketName', { account: '333333333333', region: 'eu-central-1' }, true],
  ['AWS::ApiGateway::RestApi', 'Name', {}, false],
])('%s keeps %s to itself as far as AWS does: %o meets it is %s', (Type, property, fields, meets) => {
  expect(both({ Resources: { One: { Type, Properties: { [property]: 'orders' } } } }, fields)).toHaveLength(meets ? 1 : 0);
});

it('a function of SAM and a plain one have their names in common, also across applications', () => {
  const of = (Type: string) => ({ Resources: { One: { Type, Properties: { FunctionName: 'api' } } } });
  expect(sharedNames([use('dev', of('AWS::Serverless::Function')), use('dev', of('AWS::Lambda::Function'), { application: 'shop', stackName: 'shop-dev' })])).toEqual(['AWS::Lambda::Function api (222222222222, eu-west-1): orders in dev, shop in dev']);
});

it('a shared name is a remark, none is good, and before anything is built nothing is known', () => {
  expect(ownNames.judge([use('dev', table('orders')), use('test', table('orders'))], {}).state).toBe('remark');
  expect(ownNames.judge([use('dev', table('orders'))], {}).state).toBe('good');
  expect(ownNames.judge([], {}).state).toBe('unknown');
});

describe('the templates of a release', () => {
  const environments = ['dev', 'test'].map((name) => ({ name, targets: [aTarget({ stackName: `orders-${name}` })] }));
  const text = JSON.stringify(table('orders'));
  const sealed = (fields: object) => ({ key: 'one', sha256: 'e'.repeat(64), parameters: [], noEcho: [], ...fields });

  it('are read for each environment and stack that they are for', () => {
    expect(templateUses('orders', { environments }, { templates: [sealed({})] }, new Map([['one', text]])).map(({ environment, stackName }) => [environment, stackName])).toEqual([['dev', 'orders-dev'], ['test', 'orders-test']]);
    expect(templateUses('orders', { environments }, { templates: [sealed({ environment: 'test' })] }, new Map([['one', text]])).map(({ environment }) => environment)).toEqual(['test']);
    expect(templateUses('orders', { environments }, { templates: [sealed({ stack: 'data' })] }, new Map([['one', text]]))).toEqual([]);
  });

  it('that cannot be read say nothing', () => {
    const { configuration, artifact } = aRelease();
    expect(templateUses('orders', configuration ?? { environments: [] }, artifact ?? { templates: [] }, new Map([['sealed/orders/template', '{']]))).toEqual([]);
  });
});
