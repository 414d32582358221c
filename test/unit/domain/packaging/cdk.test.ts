import { describe, expect, it } from 'vitest';
import { StackKey } from '../../../../contracts/names.ts';
import { assetsOf, ownCdkTemplate, stackKeyOf, stacksOfAssembly } from '../../../../domain/packaging/cdk.ts';

const to = { environment: 'dev', account: '222222222222', region: 'eu-west-1' };
const place = { bucket: 'artifacts', prefix: 'incoming/notes/x/packed/dev', region: 'eu-west-1' };
const theirs = 'cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}';

const stack = (stackName: string, dependencies: string[] = [], environment = 'aws://unknown-account/unknown-region') => ({
  type: 'aws:cloudformation:stack',
  environment,
  properties: { templateFile: `${stackName}.template.json`, stackName },
  dependencies,
});
const assembly = (artifacts: object, more: object = {}) => ({ version: '55.0.0', artifacts: { Tree: { type: 'cdk:tree' }, ...artifacts }, ...more });
const assets = (files: object, dockerImages: object = {}) => ({ files, dockerImages });
const file = (path: string, packaging: string, objectKey: string) => ({ source: { path, packaging }, destinations: { d: { bucketName: theirs, objectKey } } });

describe('the stacks of a CDK application', () => {
  it('come in the order that the application says, under keys for drawbridge.yaml', () => {
    const made = assembly({ 'Data.assets': { type: 'cdk:asset-manifest', properties: { file: 'Data.assets.json' } }, Data: stack('notes-data-dev', ['Data.assets']), NotesApi: stack('notes-api-dev', ['Data']) });
    expect(stacksOfAssembly(made, to)).toEqual([
      { id: 'Data', key: 'data', name: 'notes-data-dev', templateFile: 'notes-data-dev.template.json', assetFiles: ['Data.assets.json'], after: [] },
      { id: 'NotesApi', key: 'notes-api', name: 'notes-api-dev', templateFile: 'notes-api-dev.template.json', assetFiles: [], after: ['data'] },
    ]);
  });

  it.each([
    ['are for another account', assembly({ A: stack('a', [], 'aws://111111111111/eu-west-1') }), /the stack A is for 111111111111 in eu-west-1, but dev is 222222222222/],
    ['are for another Region', assembly({ A: stack('a', [], 'aws://unknown-account/us-east-1') }), /the stack A is for unknown-account in us-east-1/],
    ['need a lookup', assembly({ A: stack('a') }, { missing: [{ key: 'vpc-provider:account=1' }] }), /it has to look up vpc-provider/],
    ['are in a stage', assembly({ 'assembly-Dev': { type: 'cdk:cloud-assembly' } }), /assembly-Dev is a stage/],
    ['are none', assembly({}), /it has no stacks/],
  ])('that %s are refused', (_, made, why) => {
    expect(() => stacksOfAssembly(made, to)).toThrow(why);
  });

  it('may name exactly the account and the Region that they go to', () => {
    expect(stacksOfAssembly(assembly({ A: stack('a', [], 'aws://222222222222/eu-west-1') }), to)).toHaveLength(1);
  });

  it.each(['Data', 'NotesApiStack', 'my_stack', '9lives', 'DevMyVeryLongApplicationStackNameThatGoesOn', 'DevMyVeryLongApplicationStackNameThatGoesOnToo', '---'])('have a key that is one: %s', (id) => {
    expect(StackKey.safeParse(stackKeyOf(id)).success).toBe(true);
  });

  it('with long names keep different keys', () => {
    expect(stackKeyOf('MyVeryLongApplicationStackOne')).not.toBe(stackKeyOf('MyVeryLongApplicationStackTwo'));
  });
});

describe('assets', () => {
  it('are all but the template itself', () => {
    const manifest = assets({ one: file('asset.one', 'zip', 'one.zip'), two: file('Api.template.json', 'file', 'two.json') });
    expect(assetsOf(manifest, { id: 'Api', templateFile: 'Api.template.json' }, 'Api.assets.json')).toEqual([{ path: 'asset.one', packaging: 'zip', bucketName: theirs, objectKey: 'one.zip' }]);
  });

  it('that are container images are refused', () => {
    expect(() => assetsOf(assets({}, { image: {} }), { id: 'Api', templateFile: '' }, 'Api.assets.json')).toThrow(/^Publishing the assets of the stack Api: it builds a container image/);
  });

  it('that a command makes are refused', () => {
    expect(() => assetsOf(assets({ x: { source: { executable: ['make'] }, destinations: {} } }), { id: 'Api', templateFile: '' }, 'f')).toThrow(/x is made by a command/);
  });
});

describe('a synthesized template', () => {
  const code = { path: 'asset.one', packaging: 'zip', bucketName: theirs, objectKey: 'one.zip' } as const;
  const nested = { path: 'N.nested.template.json', packaging: 'file', bucketName: theirs, objectKey: 'two.json' } as const;
  const own = (resources: object, more: object = {}) => JSON.parse(ownCdkTemplate({ Resources: resources, ...more }, [code, nested], place, 'Api')) as Record<string, unknown>;

  it('takes its code from where the build put it', () => {
    expect(own({ F: { Code: { S3Bucket: { 'Fn::Sub': theirs }, S3Key: 'one.zip' } } })).toEqual({ Resources: { F: { Code: { S3Bucket: 'artifacts', S3Key: `${place.prefix}/one.zip` } } } });
  });

  it.each([
    ['joined', { 'Fn::Join': ['', ['https://s3.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }, '/', { 'Fn::Sub': theirs }, '/two.json']] }],
    ['substituted', { 'Fn::Sub': `https://s3.\${AWS::Region}.\${AWS::URLSuffix}/${theirs}/two.json` }],
  ])('takes a nested stack from there, however its address is %s', (_, TemplateURL) => {
    expect(own({ N: { TemplateURL } })).toEqual({ Resources: { N: { TemplateURL: `https://s3.eu-west-1.amazonaws.com/artifacts/${place.prefix}/two.json` } } });
  });

  it('asks for no bootstrap in the target, and keeps the parameters and rules of the application', () => {
    const bootstrap = { Parameters: { BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>' } }, Rules: { CheckBootstrapVersion: {} } };
    expect(own({}, bootstrap)).toEqual({ Resources: {} });
    expect(own({}, { Parameters: { ...bootstrap.Parameters, Size: {} }, Rules: { Mine: {} } })).toEqual({ Resources: {}, Parameters: { Size: {} }, Rules: { Mine: {} } });
  });

  it('that copies an asset in the target account is refused, for it could not read it', () => {
    expect(() => own({ Copy: { SourceBucketNames: [{ 'Fn::Sub': theirs }], SourceObjectKeys: ['one.zip'] } })).toThrow(/^Publishing the assets of the stack Api: asset\.one is read in the target account/);
  });
});
