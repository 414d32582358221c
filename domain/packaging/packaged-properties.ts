/** How a property names an object in S3: `s3://…`, `https://…`, or a pair of properties for the bucket and the key. */
export type Form = 's3' | 'https' | readonly [bucket: string, key: string];

export interface PackagedProperty {
  /** Where it stands in the properties of its resource. */
  readonly path: readonly string[];
  readonly form: Form;
  /** `code` is always a zip, `template` refers to more itself, a `file` is taken as it is. */
  readonly as: 'file' | 'code' | 'template';
}

const file = (form: Form, ...path: string[]): PackagedProperty => ({ path, form, as: 'file' });
const code = (form: Form, ...path: string[]): PackagedProperty => ({ path, form, as: 'code' });
const template = (...path: string[]): PackagedProperty => ({ path, form: 'https', as: 'template' });

const bucketAndKey = ['Bucket', 'Key'] as const;
const s3BucketAndKey = ['S3Bucket', 'S3Key'] as const;
const mappings = [file('s3', 'RequestMappingTemplateS3Location'), file('s3', 'ResponseMappingTemplateS3Location'), file('s3', 'CodeS3Location')];

/**
 * Properties that may name a local path until a template is packaged: those of `aws cloudformation package` (AWS CLI,
 * "package", with its list in customizations/cloudformation/artifact_exporter.py) and what `sam package` knows besides.
 */
export const packagedProperties: Readonly<Record<string, readonly PackagedProperty[]>> = {
  'AWS::ApiGateway::RestApi': [file(bucketAndKey, 'BodyS3Location')],
  'AWS::ApiGatewayV2::Api': [file(bucketAndKey, 'BodyS3Location')],
  'AWS::AppSync::FunctionConfiguration': mappings,
  'AWS::AppSync::GraphQLSchema': [file('s3', 'DefinitionS3Location')],
  'AWS::AppSync::Resolver': mappings,
  'AWS::CloudFormation::Stack': [template('TemplateURL')],
  'AWS::CloudFormation::StackSet': [template('TemplateURL')],
  'AWS::CodeCommit::Repository': [code(bucketAndKey, 'Code', 'S3')],
  'AWS::ElasticBeanstalk::ApplicationVersion': [file(s3BucketAndKey, 'SourceBundle')],
  'AWS::Glue::Job': [file('s3', 'Command', 'ScriptLocation')],
  'AWS::Lambda::Function': [code(s3BucketAndKey, 'Code')],
  'AWS::Lambda::LayerVersion': [code(s3BucketAndKey, 'Content')],
  'AWS::Serverless::Api': [file('s3', 'DefinitionUri')],
  'AWS::Serverless::Application': [template('Location')],
  'AWS::Serverless::Function': [code('s3', 'CodeUri')],
  'AWS::Serverless::HttpApi': [file('s3', 'DefinitionUri')],
  'AWS::Serverless::LayerVersion': [code('s3', 'ContentUri')],
  'AWS::Serverless::StateMachine': [file(bucketAndKey, 'DefinitionUri')],
  'AWS::StepFunctions::StateMachine': [file(bucketAndKey, 'DefinitionS3Location')],
};

/** What `AWS::Include` takes in, wherever it stands in a template. */
export const included: PackagedProperty = file('s3', 'Parameters', 'Location');
