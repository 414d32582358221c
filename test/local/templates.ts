import { stringify } from 'yaml';

/** Small plain templates, so that a test of the control plane does not wait for a build. */
export interface Asked {
  /** Values of the parameters in SSM, by logical id: each is one resource. */
  readonly values: Readonly<Record<string, string>>;
  readonly order?: readonly string[];
  /** More resources, as they stand in a template. */
  readonly resources?: Readonly<Record<string, unknown>>;
}

/** The files of an application whose stack is a few SSM parameters. */
export function parametersApplication({ values, order = ['dev', 'staging'], resources = {} }: Asked): Record<string, string> {
  const template = {
    AWSTemplateFormatVersion: '2010-09-09',
    Resources: {
      ...Object.fromEntries(Object.entries(values).map(([id, Value]) => [id, { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value } }])),
      ...resources,
    },
  };
  return {
    'template.yaml': stringify(template),
    'drawbridge.yaml': stringify({ version: 1, build: { kind: 'cloudformation', template: 'template.yaml' }, order }),
  };
}

/** CloudFormation refuses it only while it creates it: a function whose code is nowhere. */
export const failsOnCreate = {
  Broken: {
    Type: 'AWS::Lambda::Function',
    Properties: { Runtime: 'nodejs24.x', Handler: 'index.handler', Role: 'arn:aws:iam::222222222222:role/nobody', Code: { S3Bucket: 'there-is-no-such-bucket-here', S3Key: 'code.zip' } },
  },
};

const sleeper = `exports.handler = async (event) => {
  if (event.RequestType !== 'Delete') await new Promise((done) => setTimeout(done, Number(event.ResourceProperties.Seconds) * 1000));
  const { StackId, RequestId, LogicalResourceId } = event;
  await fetch(event.ResponseURL, { method: 'PUT', body: JSON.stringify({ Status: 'SUCCESS', PhysicalResourceId: 'slow', StackId, RequestId, LogicalResourceId }) });
};`;

/** Gives a stack a duration: stacks are instant in the local cloud otherwise. */
export const takes = (seconds: number) => ({
  SleeperRole: {
    Type: 'AWS::IAM::Role',
    Properties: { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }] } },
  },
  Sleeper: {
    Type: 'AWS::Lambda::Function',
    Properties: { Runtime: 'nodejs24.x', Handler: 'index.handler', Timeout: 30, Role: { 'Fn::GetAtt': ['SleeperRole', 'Arn'] }, Code: { ZipFile: sleeper } },
  },
  Slow: { Type: 'Custom::Slow', Properties: { ServiceToken: { 'Fn::GetAtt': ['Sleeper', 'Arn'] }, Seconds: seconds } },
});
