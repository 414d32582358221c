import { describe, expect, it } from 'vitest';
import { archivesOf, ownServerlessTemplate, readState } from '../../../../domain/packaging/serverless.ts';

const place = { bucket: 'artifacts', prefix: 'incoming/shop/x/packed/dev', region: 'eu-west-1' };

/** What `osls package` leaves, as far as it matters, packaged at some time. */
function packaged(time: string, { memory = 128, path = '/a' } = {}) {
  const directory = `serverless/shop/dev/${time}`;
  const id = `AddLambdaVersion${Buffer.from(time).toString('hex')}`;
  const template = {
    Resources: {
      ServerlessDeploymentBucket: { Type: 'AWS::S3::Bucket' },
      ServerlessDeploymentBucketPolicy: { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: { Ref: 'ServerlessDeploymentBucket' } } },
      AddLambdaFunction: { Type: 'AWS::Lambda::Function', Properties: { MemorySize: memory, Layers: [{ Ref: 'LibLambdaLayer' }], Code: { S3Bucket: { Ref: 'ServerlessDeploymentBucket' }, S3Key: `${directory}/shop.zip` } } },
      LibLambdaLayer: { Type: 'AWS::Lambda::LayerVersion', Properties: { Content: { S3Bucket: { Ref: 'ServerlessDeploymentBucket' }, S3Key: `${directory}/lib.zip` } } },
      [id]: { Type: 'AWS::Lambda::Version', DeletionPolicy: 'Retain', Properties: { FunctionName: { Ref: 'AddLambdaFunction' }, CodeSha256: 'of the archive with its times' } },
      Method: { Type: 'AWS::ApiGateway::Method', Properties: { Path: path } },
      [`ApiGatewayDeployment${String(Date.parse(time))}`]: { Type: 'AWS::ApiGateway::Deployment', DependsOn: ['Method'] },
    },
    Outputs: {
      ServerlessDeploymentBucketName: { Value: { Ref: 'ServerlessDeploymentBucket' } },
      AddLambdaFunctionQualifiedArn: { Value: { Ref: id } },
      ServiceEndpoint: { Value: 'https://x' },
    },
  };
  const state = { service: { service: 'shop', provider: {} }, package: { artifactDirectoryName: directory } };
  return { template, state };
}

function own(time: string, options = {}, hashes = { shop: 'a1'.repeat(32), lib: 'b2'.repeat(32) }) {
  const { template, state } = packaged(time, options);
  return ownServerlessTemplate(template, readState(state, 'dev'), new Map([['shop.zip', hashes.shop], ['lib.zip', hashes.lib]]), place, 'serverless.yml');
}

interface Template {
  Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
  Outputs: Record<string, { Value: unknown }>;
}
const read = (text: string) => JSON.parse(text) as Template;
const idOf = (text: string, type: string) => Object.entries(read(text).Resources).find(([, it]) => it.Type === type)?.[0] ?? '';

describe('a packaged service', () => {
  it('is the same whenever it was packaged', () => {
    expect(own('2026-01-01T00:00:00Z')).toBe(own('2026-02-03T04:05:06Z'));
  });

  it('is the same in whatever order the framework was ready with its functions', () => {
    const { template, state } = packaged('2026-01-01T00:00:00Z');
    const backwards = (part: object) => Object.fromEntries(Object.entries(part).reverse());
    const hashes = new Map([['shop.zip', 'a1'.repeat(32)], ['lib.zip', 'b2'.repeat(32)]]);
    expect(ownServerlessTemplate({ Outputs: backwards(template.Outputs), Resources: backwards(template.Resources) }, readState(state, 'dev'), hashes, place, 'serverless.yml')).toBe(own('2026-01-01T00:00:00Z'));
  });

  it('takes its archives from where the build put them', () => {
    const { template, state } = packaged('2026-01-01T00:00:00Z');
    expect(archivesOf(template, readState(state, 'dev').artifactDirectory)).toEqual(['lib.zip', 'shop.zip']);
    expect(read(own('2026-01-01T00:00:00Z')).Resources['AddLambdaFunction']?.Properties['Code']).toEqual({ S3Bucket: 'artifacts', S3Key: 'incoming/shop/x/packed/dev/shop.zip' });
  });

  it('makes no bucket in the target, and keeps the outputs that sls info shows', () => {
    const text = own('2026-01-01T00:00:00Z');
    expect(text).not.toContain('ServerlessDeploymentBucket');
    expect(Object.keys(read(text).Outputs)).toEqual(['AddLambdaFunctionQualifiedArn', 'ServiceEndpoint']);
  });

  it('says in a version the hash of the archive that is deployed', () => {
    const text = own('2026-01-01T00:00:00Z');
    const id = idOf(text, 'AWS::Lambda::Version');
    expect(read(text).Resources[id]?.Properties['CodeSha256']).toBe(Buffer.from('a1'.repeat(32), 'hex').toString('base64'));
    expect(read(text).Outputs['AddLambdaFunctionQualifiedArn']?.Value).toEqual({ Ref: id });
  });

  it.each([
    ['its code', () => own('2026-01-01T00:00:00Z', {}, { shop: 'c3'.repeat(32), lib: 'b2'.repeat(32) })],
    ['a layer', () => own('2026-01-01T00:00:00Z', {}, { shop: 'a1'.repeat(32), lib: 'c3'.repeat(32) })],
    ['its configuration', () => own('2026-01-01T00:00:00Z', { memory: 256 })],
  ])('publishes another version when %s changes', (_, changed) => {
    expect(idOf(changed(), 'AWS::Lambda::Version')).not.toBe(idOf(own('2026-01-01T00:00:00Z'), 'AWS::Lambda::Version'));
  });

  it('deploys its REST API again when that changes, and only then', () => {
    const before = idOf(own('2026-01-01T00:00:00Z'), 'AWS::ApiGateway::Deployment');
    expect(before).toMatch(/^ApiGatewayDeployment[0-9a-f]{16}$/);
    expect(idOf(own('2026-01-01T00:00:00Z', { path: '/b' }), 'AWS::ApiGateway::Deployment')).not.toBe(before);
    expect(idOf(own('2026-01-01T00:00:00Z', { memory: 256 }), 'AWS::ApiGateway::Deployment')).toBe(before);
  });

  it('that refers to the bucket of the framework is refused', () => {
    const { template, state } = packaged('2026-01-01T00:00:00Z');
    const refers = { ...template, Outputs: { Mine: { Value: { 'Fn::GetAtt': ['ServerlessDeploymentBucket', 'Arn'] } } } };
    expect(() => ownServerlessTemplate(refers, readState(state, 'dev'), new Map(), place, 'serverless.yml')).toThrow(/^Packaging serverless\.yml: it refers to ServerlessDeploymentBucket/);
  });
});

describe('the state of a packaged service', () => {
  it('names the stack as the framework would', () => {
    const { state } = packaged('2026-01-01T00:00:00Z');
    expect(readState(state, 'dev').stackName).toBe('shop-dev');
    expect(readState({ ...state, service: { service: 'shop', provider: { stackName: 'mine' } } }, 'dev').stackName).toBe('mine');
  });

  it('of something else is refused', () => {
    expect(() => readState({}, 'dev')).toThrow(/^Packaging dev: the framework's serverless-state\.json names no service/);
  });
});
