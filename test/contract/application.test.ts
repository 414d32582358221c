import { expect, it } from 'vitest';
import { policiesOf } from './policies.ts';
import { applicationStack } from './project.ts';
import { at, listOf, ofType, resource, textAt } from './read-template.ts';

const role = resource(applicationStack, 'BuildRole');
const project = resource(applicationStack, 'BuildProject');
const statements = policiesOf(role);
const resourceOf = (action: string) => statements.filter(({ actions }) => actions.includes(action)).flatMap(({ resources }) => resources);

const ofUploads = ['s3:GetBucketAcl', 's3:GetBucketLocation', 's3:GetObject', 's3:GetObjectVersion'];

it('a build reads one repository or the uploads of one application, writes one prefix, and can do nothing else', () => {
  const actions = statements.flatMap((statement) => statement.actions);
  expect(actions.filter((action) => !ofUploads.includes(action)).sort()).toEqual(['codecommit:GitPull', 'kms:Decrypt', 'kms:GenerateDataKey', 'logs:CreateLogStream', 'logs:PutLogEvents', 's3:PutObject']);
  expect(resourceOf('codecommit:GitPull')).toEqual([{ 'Fn::Sub': 'arn:${AWS::Partition}:codecommit:${AWS::Region}:${AWS::AccountId}:${Repository}' }]);
  expect(resourceOf('s3:GetObjectVersion')).toEqual([{ 'Fn::Sub': 'arn:${AWS::Partition}:s3:::${UploadBucket}/${Application}/*' }]);
});

it('a build has the one right or the other: each is under the condition, on its own side', () => {
  const sides = listOf(at(role.properties, 'Policies', 0, 'PolicyDocument', 'Statement')).filter((statement) => at(statement, 'Fn::If') !== undefined);
  expect(sides.map((side) => [at(side, 'Fn::If', 0), textAt(side, 'Fn::If', 1, 'Sid'), textAt(side, 'Fn::If', 2, 'Sid')])).toEqual([
    ['IsUploaded', 'ReadItsUploads', 'ReadTheOneRepository'],
    ['IsUploaded', 'IdentifyTheBucket', ''],
  ]);
});

it('a build writes where no other build can: IAM puts its session into the prefix', () => {
  expect(resourceOf('s3:PutObject')).toEqual([{ 'Fn::Sub': 'arn:${AWS::Partition}:s3:::${ArtifactBucket}/incoming/${Application}/${!aws:userid}/*' }]);
});

it('a build reads what the control plane gave it to run, its own uploads, and nothing else', () => {
  expect(resourceOf('s3:GetObject')).toEqual(['${UploadBucket}', '${ArtifactBucket}/builder'].map((where) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:s3:::${where}/\${Application}/*` })));
});

it('a build has the key through S3 only', () => {
  for (const { condition } of statements.filter(({ actions }) => actions.includes('kms:Decrypt'))) {
    expect(condition).toEqual({ StringEquals: { 'kms:ViaService': { 'Fn::Sub': 's3.${AWS::Region}.amazonaws.com' } } });
  }
});

it('a build has no way to the target accounts: it becomes nobody else, and its path is none that they trust', () => {
  expect(statements.flatMap(({ actions }) => actions).filter((action) => /^(sts|iam|cloudformation|states|lambda|dynamodb):/.test(action))).toEqual([]);
  expect(at(role.properties, 'Path')).toBe('/drawbridge/build/');
  expect(at(role.properties, 'ManagedPolicyArns')).toBeUndefined();
});

it('only CodeBuild, working for this account, is the role', () => {
  expect(at(role.properties, 'AssumeRolePolicyDocument', 'Statement')).toEqual([
    { Effect: 'Allow', Principal: { Service: 'codebuild.amazonaws.com' }, Action: 'sts:AssumeRole', Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } } },
  ]);
  expect(ofType(applicationStack, 'AWS::IAM::Role')).toHaveLength(1);
});

it('what is run first stands in the project and comes from the control plane, where a push cannot change it', () => {
  const buildspec = textAt(project.properties, 'Source', 'BuildSpec');
  expect(buildspec).toMatch(/^version: 0\.2\n/);
  expect(buildspec).toContain('aws s3 cp --only-show-errors "s3://$ARTIFACT_BUCKET/$DRAWBRIDGE_PROGRAM"');
  // CodeBuild's own record then says what the build left, and a function compares.
  expect(buildspec).toContain('exported-variables: [DRAWBRIDGE_SHA256]');
  expect(at(project.properties, 'Artifacts', 'Type')).toBe('NO_ARTIFACTS');
  expect(at(project.properties, 'Environment', 'PrivilegedMode')).toBeUndefined();
  expect(at(project.properties, 'Name')).toEqual({ 'Fn::Sub': 'drawbridge-build-${Application}' });
});
