import { describe, expect, it } from 'vitest';
import { controlPlaneOf, type FoundStack, type Part, partOf } from '../../domain/offboard/stacks.ts';
import { aStack } from '../fakes/offboarding.ts';
import { applicationStack, artifactRegion, controlPlane, targetAccount, targetRegion } from './project.ts';
import { ofType, type Template, textAt } from './read-template.ts';

/** A stack of a template, whose parameters and outputs have the value that they have in a real one for this control plane. */
const stackOf = (template: Template): FoundStack =>
  aStack('any-name', '111111111111', {
    outputs: Object.fromEntries(Object.keys(template.outputs).map((name) => [name, name === 'DrawbridgePart' ? textAt(template.outputs[name], 'Value') : name])),
    parameters: Object.fromEntries(Object.keys(template.parameters).map((name) => [name, name === 'ToolsBusArn' ? 'BusArn' : name === 'HomeBucket' ? 'ArtifactBucket' : name])),
  });

describe('leaving for good', () => {
  const control = controlPlaneOf(stackOf(controlPlane));

  it('finds the control plane by what its template says', () => {
    expect(control).toMatchObject({ busArn: 'BusArn', artifactBucket: 'ArtifactBucket' });
  });

  it.each<[Part, Template]>([
    ['application', applicationStack],
    ['target-account', targetAccount],
    ['target-region', targetRegion],
    ['artifact-region', artifactRegion],
  ])('finds what the template of %s made, by its mark and the parameter that ties it to one control plane', (part, template) => {
    if (control === undefined) throw new Error('the control plane is not found');
    const stack = { ...stackOf(template), arn: part };
    expect(partOf(stack, control)).toBe(part);
    expect(partOf(stack, { ...control, busArn: 'another', artifactBucket: 'another' })).toBeUndefined();
    expect(partOf({ ...stack, outputs: {} }, control)).toBeUndefined();
  });

  it('knows everything that is kept when its stack is deleted', () => {
    const kept = (template: Template) => template.resources.filter(({ deletionPolicy }) => deletionPolicy === 'Retain').map(({ id }) => id).sort();
    expect(kept(controlPlane)).toEqual(['ArtifactBucket', 'ArtifactKey', 'Table', 'UploadBucket']);
    expect(kept(artifactRegion)).toEqual(['ArtifactBucket', 'ArtifactKey']);
    for (const template of [applicationStack, targetAccount, targetRegion]) expect(kept(template)).toEqual([]);
    expect(ofType(controlPlane, 'AWS::DynamoDB::Table').map(({ id }) => id)).toEqual(['Table']);
  });
});
