import { describe, expect, it } from 'vitest';
import type { Change } from '../../../contracts/plan.ts';
import { count, normalise } from '../../../domain/changes.ts';
import { follows } from '../../../domain/echo.ts';
import { aChange } from '../../fakes/samples.ts';

const leader = (fields: Partial<Change> = {}) => aChange({ logicalId: 'Handler', type: 'AWS::Lambda::Function', details: [{ attribute: 'Properties', name: 'Code', source: 'DirectModification' }], ...fields });
const follower = (cause: string, source: string, fields: Partial<Change> = {}) =>
  aChange({ logicalId: 'Follower', type: 'AWS::Lambda::Permission', replacement: 'Conditional', details: [{ attribute: 'Properties', name: 'FunctionName', recreation: 'Always', evaluation: 'Dynamic', source, cause }], ...fields });

describe('a change only follows', () => {
  it.each([
    ['the ARN of a resource that stays', leader(), 'Handler.Arn', 'ResourceAttribute'],
    ['a reference to a resource that stays', leader(), 'Handler', 'ResourceReference'],
  ])('when it takes %s', (_, first, cause, source) => {
    const second = follower(cause, source);
    expect(follows(second, [first, second])).toBe(true);
  });

  it.each([
    ['another attribute', leader(), 'Handler.SnapStartResponse.ApplyOn', 'ResourceAttribute'],
    ['the stream of a table, which may be another', leader({ type: 'AWS::DynamoDB::Table' }), 'Handler.StreamArn', 'ResourceAttribute'],
    ['what a custom resource answers', leader({ type: 'Custom::Thing' }), 'Handler.Arn', 'ResourceAttribute'],
    ['a reference to a custom resource, which may call itself otherwise', leader({ type: 'Custom::Thing' }), 'Handler', 'ResourceReference'],
    ['an output of a nested stack', leader({ type: 'AWS::CloudFormation::Stack' }), 'Handler.Outputs.Arn', 'ResourceAttribute'],
    ['a resource that is replaced', leader({ replacement: 'True' }), 'Handler.Arn', 'ResourceAttribute'],
    ['a resource that may be replaced', leader({ replacement: 'Conditional' }), 'Handler', 'ResourceReference'],
    ['a resource that is added', leader({ action: 'Add' }), 'Handler', 'ResourceReference'],
    ['a parameter', leader(), 'Handler', 'ParameterReference'],
    ['a resource that is not listed', leader(), 'Other.Arn', 'ResourceAttribute'],
  ])('not when it takes %s', (_, first, cause, source) => {
    const second = follower(cause, source);
    expect(follows(second, [first, second])).toBe(false);
  });

  it('not when anything of its own changes besides', () => {
    const second = follower('Handler.Arn', 'ResourceAttribute');
    const mixed = { ...second, details: [...second.details, { attribute: 'Properties', name: 'Principal', source: 'DirectModification' }] };
    expect(follows(mixed, [leader(), mixed])).toBe(false);
    expect(follows({ ...second, replacement: 'True' }, [leader(), second])).toBe(false);
  });

  it('through others that follow, however many, and never in a ring', () => {
    const api = follower('Handler.Arn', 'ResourceAttribute', { logicalId: 'Api' });
    const stage = follower('Api', 'ResourceReference', { logicalId: 'Stage' });
    expect(follows(stage, [leader(), api, stage])).toBe(true);
    const [one, two] = [follower('Two', 'ResourceReference', { logicalId: 'One' }), follower('One', 'ResourceReference', { logicalId: 'Two' })];
    expect([follows(one, [one, two]), follows(two, [one, two])]).toEqual([false, false]);
  });
});

it('what only follows is counted as changed, not as perhaps replaced', () => {
  expect(count(normalise([leader(), follower('Handler.Arn', 'ResourceAttribute')]))).toMatchObject({ modify: 2, mayReplace: 0 });
});
