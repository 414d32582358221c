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
