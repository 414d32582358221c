import { describe, expect, it } from 'vitest';
import { artifactBuckets } from '../../domain/artifact-regions.ts';
import { policiesOf } from './policies.ts';
import { artifactRegion, controlPlane, targetAccount, targetRegion } from './project.ts';
import { at, isRecord, listOf, recordAt, resource, textAt, type Value } from './read-template.ts';

const propertiesOf = (template: typeof controlPlane, id: string) => recordAt(resource(template, id).properties);

describe('the artifacts of another Region', () => {
  it.each([
    ['ArtifactKey', ['KeyPolicy', 'EnableKeyRotation']],
    ['ArtifactBucket', ['VersioningConfiguration', 'BucketEncryption', 'OwnershipControls', 'PublicAccessBlockConfiguration']],
    ['ArtifactBucketPolicy', ['Bucket', 'PolicyDocument']],
  ])('are kept, guarded and given out as at home: %s', (id, properties) => {
    for (const name of properties) expect(propertiesOf(artifactRegion, id)[name], name).toEqual(propertiesOf(controlPlane, id)[name]);
    expect(resource(artifactRegion, id).deletionPolicy).toBe(resource(controlPlane, id).deletionPolicy);
  });

  it('lie in a bucket by whose name the control plane knows the Region', () => {
    const pattern = textAt(propertiesOf(artifactRegion, 'ArtifactBucket'), 'BucketName', 'Fn::Sub');
    const bucket = pattern.replace('${HomeBucket}', 'home-1a2b').replace('${AWS::Region}', 'ap-southeast-2');
    expect(artifactBuckets({ bucket: 'home-1a2b', region: 'eu-west-1' }, `arn:aws:s3:::${bucket}`)).toEqual({ 'eu-west-1': 'home-1a2b', 'ap-southeast-2': bucket });
  });

  it('have a name that S3 takes, in the longest Region too (S3 User Guide, "General purpose bucket naming rules": 63)', () => {
    const longest = ['ap-southeast-2', 'ap-northeast-1', 'us-isob-east-1'].map((region) => region.length + 1);
    expect(Number(at(artifactRegion.parameters['HomeBucket'], 'MaxLength')) + Math.max(...longest)).toBe(63);
  });

  it('are written and read by their ARNs, each of them named, and only where there is another Region', () => {
    const everyBucket = (path: string) => [{ 'Fn::Split': [',', { 'Fn::Sub': [`\${Buckets}/${path}`, { Buckets: { 'Fn::Join': [`/${path},`, { Ref: 'RegionalArtifactBucketArns' }] } }] }] }];
    const writes = { objects: ['s3:PutObject'], lists: false, keys: ['kms:GenerateDataKey'] };
    const reads = { objects: ['s3:GetObject'], lists: true, keys: ['kms:Decrypt'] };
    const users = [
      { role: resource(controlPlane, 'SealArtifact'), path: 'sealed/*', objects: ['s3:GetObject', 's3:PutObject'], lists: true, keys: ['kms:Decrypt', 'kms:GenerateDataKey'] },
      { role: resource(controlPlane, 'TakeUpEnvironment'), path: 'sealed/*', ...reads },
      { role: resource(controlPlane, 'CheckPlan'), path: 'sealed/*', ...reads },
      { role: resource(controlPlane, 'ExamineTargets'), path: 'sealed/.doctor/canary', ...writes },
      { role: resource(targetAccount, 'PlanRole'), path: 'sealed/*', ...reads, objects: ['s3:GetObject', 's3:GetObjectVersion'], lists: false },
      { role: resource(targetAccount, 'DeploymentRole'), path: 'sealed/*', ...reads, objects: ['s3:GetObject', 's3:GetObjectVersion'], lists: false },
    ];
    for (const { role, path, objects, lists, keys } of users) {
      const found = policiesOf(role).filter(({ sid }) => sid.endsWith('OtherRegions'));
      expect(found.map(({ effect, actions, resources }) => ({ effect, actions, resources })), role.id).toEqual([
        { effect: 'Allow', actions: objects, resources: everyBucket(path) },
        ...(lists ? [{ effect: 'Allow', actions: ['s3:ListBucket'], resources: [{ Ref: 'RegionalArtifactBucketArns' }] }] : []),
        { effect: 'Allow', actions: keys, resources: [{ Ref: 'RegionalArtifactKeyArns' }] },
      ]);
      expect(conditional(role.properties).filter(([name]) => name === 'HasOtherRegions').map(([, statement]) => textAt(statement, 'Sid')), role.id).toEqual(found.map(({ sid }) => sid));
    }
    // What the pattern makes of two ARNs: joined, with one path more at the end, and split again.
    expect(`${['a', 'b'].join('/sealed/*,')}/sealed/*`.split(',')).toEqual(['a/sealed/*', 'b/sealed/*']);
  });

  it.each([['template.yaml', controlPlane], ['infra/target-account.yaml', targetAccount]])('are none until somebody names them: %s', (_, template) => {
    for (const name of ['RegionalArtifactBucketArns', 'RegionalArtifactKeyArns']) expect(template.parameters[name]).toMatchObject({ Type: 'CommaDelimitedList', Default: '' });
  });

  it('tell what the other stacks ask for', () => {
    expect(Object.keys(artifactRegion.outputs)).toEqual(['DrawbridgePart', 'ArtifactBucketArn', 'ArtifactKeyArn']);
  });
});

/** Every `Fn::If`, however deep. */
function conditional(value: Value): (readonly Value[])[] {
  if (Array.isArray(value)) return (value as readonly Value[]).flatMap(conditional);
  if (!isRecord(value)) return [];
  const own = value['Fn::If'] === undefined ? [] : [listOf(value['Fn::If'])];
  return [...own, ...Object.values(value).flatMap(conditional)];
}

describe('another Region of a target account', () => {
  /** Tests by commands are run in the Region of the control plane, whichever the stack is in. */
  const once = ['AWS::IAM::Role', 'AWS::CodeBuild::Project', 'AWS::Logs::LogGroup'];

  it('forwards what the first one forwards, in the same way, with the role that is there already', () => {
    const renamed = (template: typeof targetRegion) =>
      template.resources.filter(({ type }) => !once.includes(type)).map(({ id, type, properties }) => ({ id, type, properties: JSON.stringify(properties).replaceAll('{"Fn::GetAtt":"ForwardRole.Arn"}', '{"Ref":"ForwardRoleArn"}') }));
    expect(renamed(targetRegion)).toEqual(renamed(targetAccount));
  });

  it('takes from the stack of the account what it needs of it', () => {
    expect(targetAccount.outputs['ForwardRoleArn']).toMatchObject({ Value: { 'Fn::GetAtt': 'ForwardRole.Arn' } });
    for (const name of Object.keys(targetRegion.parameters).filter((it) => it !== 'ForwardRoleArn')) expect(Object.keys(targetAccount.parameters)).toContain(name);
    expect(targetRegion.parameters['StackNamePrefix']).toMatchObject({ Default: at(targetAccount.parameters['StackNamePrefix'], 'Default'), AllowedPattern: at(targetAccount.parameters['StackNamePrefix'], 'AllowedPattern') });
  });

  it('can be rolled out by a StackSet: no transform, no macro, no role', () => {
    expect(targetRegion.text).not.toMatch(/^Transform:|Fn::Transform|AWS::CloudFormation::(Macro|Stack)\b|AWS::IAM::/m);
  });
});
