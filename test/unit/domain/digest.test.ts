import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Change } from '../../../contracts/plan.ts';
import { count, mergeByLogicalId, normalise } from '../../../domain/changes.ts';
import { canonical, environmentDigest, type PlanContent, planDigest } from '../../../domain/digest.ts';
import { aChange } from '../../fakes/samples.ts';

const changes = fc.array(
  fc.record({
    action: fc.constantFrom('Add', 'Modify', 'Remove'),
    logicalId: fc.string(),
    type: fc.constantFrom('AWS::SQS::Queue', 'AWS::DynamoDB::Table'),
    scope: fc.uniqueArray(fc.constantFrom('Properties', 'Tags', 'Metadata')),
    details: fc.array(fc.record({ attribute: fc.constant('Properties'), name: fc.string() })),
  }) satisfies fc.Arbitrary<Change>,
);
const content = (fields: Partial<PlanContent> = {}): PlanContent => ({
  account: '222222222222',
  region: 'eu-west-1',
  stackName: 'orders-dev',
  operation: 'UPDATE',
  templateSha256: 'a'.repeat(64),
  parameters: { Size: '1' },
  tags: { team: 'shop', cost: 'x' },
  capabilities: ['CAPABILITY_IAM'],
  roleArn: 'arn:aws:iam::222222222222:role/x',
  changes: [aChange()],
  outputsOnly: false,
  ...fields,
});

const shuffled = <T>(list: readonly T[], order: readonly number[]) => list.map((item, index) => ({ item, at: order[index] ?? 0 })).sort((left, right) => left.at - right.at).map(({ item }) => item);

describe('the digest of a plan', () => {
  it('does not change with the order of changes, scopes, details, tags or capabilities', () => {
    fc.assert(
      fc.property(changes, fc.array(fc.nat(), { minLength: 20, maxLength: 20 }), (list, order) => {
        const other = shuffled(list, order).map((change) => ({ ...change, scope: [...change.scope].reverse(), details: shuffled(change.details, order) }));
        const one = planDigest(content({ changes: normalise(list), capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'] }));
        expect(planDigest(content({ changes: normalise(other), tags: { cost: 'x', team: 'shop' }, capabilities: ['CAPABILITY_NAMED_IAM', 'CAPABILITY_IAM'] }))).toBe(one);
      }),
    );
  });

  it.each([
    { account: '333333333333' },
    { region: 'us-east-1' },
    { stackName: 'orders-prod' },
    { operation: 'CREATE' },
    { templateSha256: 'b'.repeat(64) },
    { parameters: { Size: '2' } },
    { tags: { team: 'shop' } },
    { capabilities: [] },
    { roleArn: 'arn:aws:iam::222222222222:role/y' },
    { changes: [] },
    { changes: [aChange({ replacement: 'True' })] },
    { changes: [aChange({ details: [] })] },
    { changes: [aChange({ scope: ['Tags'] })] },
    { changes: [aChange({ policyAction: 'Delete' })] },
    { outputsOnly: true },
  ] satisfies Partial<PlanContent>[])('changes with %o', (fields) => {
    expect(planDigest(content(fields))).not.toBe(planDigest(content()));
  });

  it('takes nothing that says when, by whom or under which name the plan was made', () => {
    const more = { ...content(), changeSetArn: 'arn:one', stackArn: 'arn:two', attempt: '1-2', release: 'orders-1-aaaaaaaa' };
    expect(planDigest(more)).toBe(planDigest(content()));
  });

  it('of an environment does not change with the order of targets, and does with every target', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.record({ target: fc.string(), digest: fc.string() }), { selector: ({ target }) => target, minLength: 1 }), (targets) => {
        expect(environmentDigest([...targets].reverse())).toBe(environmentDigest(targets));
        expect(environmentDigest(targets.slice(1))).not.toBe(environmentDigest(targets));
      }),
    );
  });
});

describe('canonical JSON', () => {
  it('says the same again when it is read and written, and equals JSON in content', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonical(value))).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonical(JSON.parse(canonical(value)))).toBe(canonical(value));
      }),
    );
  });
});

describe('changes', () => {
  it('are counted once each', () => {
    fc.assert(
      fc.property(changes, (list) => {
        const { add, modify, replace, mayReplace, remove } = count(list);
        expect(add + modify + replace + mayReplace + remove).toBe(list.length);
      }),
    );
    expect(count([aChange({ replacement: 'Conditional' }), aChange({ replacement: 'True' }), aChange(), aChange({ action: 'Remove' }), aChange({ action: 'Import' })])).toEqual({ add: 1, modify: 1, replace: 1, mayReplace: 1, remove: 1 });
  });

  it('that were left out of one list come from the other', () => {
    const fine = aChange({ logicalId: 'A', replacement: 'True' });
    const merged = mergeByLogicalId([fine], [aChange({ logicalId: 'A' }), aChange({ logicalId: 'A', action: 'Import' }), aChange({ logicalId: 'B' })]);
    // One name may be removed and imported anew: two changes.
    expect(merged).toEqual([fine, aChange({ logicalId: 'A', action: 'Import' }), aChange({ logicalId: 'B' })]);
  });
});
