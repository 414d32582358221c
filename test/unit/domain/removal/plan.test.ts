import { describe, expect, it } from 'vitest';
import { factsOf, risksOf } from '../../../../domain/facts.ts';
import { stillOwned } from '../../../../domain/removal/emptying.ts';
import { emptyingPolicy } from '../../../../domain/removal/session.ts';
import { fateOf } from '../../../../domain/removal/fate.ts';
import { makeRemovalPlan, type OwnedStack, stayLines } from '../../../../domain/removal/plan.ts';
import { aRelease, aTarget } from '../../../fakes/samples.ts';

const stackArn = 'arn:aws:cloudformation:eu-west-1:222222222222:stack/orders-dev/1';

interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: unknown;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

const stack = (resources: Readonly<Record<string, Resource>>, prefix = ''): OwnedStack => ({
  prefix,
  template: JSON.stringify({ Resources: resources }),
  resources: Object.entries(resources).map(([logicalId, { Type }]) => ({ logicalId, type: Type, physicalId: `physical-${logicalId.toLowerCase()}` })),
});
const bucket = (more: Partial<Resource> = {}): Resource => ({ Type: 'AWS::S3::Bucket', ...more });
const plan = (...stacks: OwnedStack[]) => makeRemovalPlan({ release: aRelease(), environment: 'dev', target: aTarget(), attempt: '1-1', stackArn, stacks });

describe('what becomes of a resource', () => {
  it.each([
    ['AWS::S3::Bucket', {}, 'deleted'],
    ['AWS::S3::Bucket', { DeletionPolicy: 'Delete' }, 'deleted'],
    ['AWS::S3::Bucket', { DeletionPolicy: 'Retain' }, 'retained'],
    ['AWS::S3::Bucket', { DeletionPolicy: 'RetainExceptOnCreate' }, 'retained'],
    ['AWS::EC2::Volume', { DeletionPolicy: 'Snapshot' }, 'snapshot'],
    ['AWS::RDS::DBInstance', {}, 'snapshot'],
    ['AWS::RDS::DBInstance', { Properties: { DBClusterIdentifier: 'c' } }, 'deleted'],
    ['AWS::RDS::DBInstance', { DeletionPolicy: 'Delete' }, 'deleted'],
    ['AWS::RDS::DBCluster', {}, 'snapshot'],
    ['AWS::S3::Bucket', { DeletionPolicy: { Ref: 'Policy' } }, 'unknown'],
    ['AWS::S3::Bucket', undefined, 'deleted'],
  ])('%s with %j is %s', (type, declared, fate) => {
    expect(fateOf(type, declared).fate).toBe(fate);
  });
});

describe('the plan of a removal', () => {
  const whole = plan(stack({ Files: bucket(), Archive: bucket({ DeletionPolicy: 'Retain' }), Queue: { Type: 'AWS::SQS::Queue' }, Images: { Type: 'AWS::ECR::Repository' } }));

  it('deletes what is not kept, empties what AWS would refuse, and names what stays', () => {
    expect(whole.changes.map(({ logicalId, action, policyAction }) => [logicalId, action, policyAction])).toEqual([['Files', 'Remove', 'Delete'], ['Images', 'Remove', 'Delete'], ['Queue', 'Remove', 'Delete']]);
    expect(whole.emptied).toEqual([
      { logicalId: 'Files', type: 'AWS::S3::Bucket', name: 'physical-files' },
      { logicalId: 'Images', type: 'AWS::ECR::Repository', name: 'physical-images' },
    ]);
    expect(whole.kept).toEqual([{ logicalId: 'Archive', type: 'AWS::S3::Bucket', physicalId: 'physical-archive', policy: 'Retain' }]);
    expect(risksOf(factsOf(whole))[0]).toBe('Deletes Files (AWS::S3::Bucket); what it holds is lost.');
    expect(stayLines(whole)).toContain('Leaves Archive (AWS::S3::Bucket) physical-archive behind: its DeletionPolicy is Retain. No stack owns it then.');
  });

  it('never empties what is kept, what may be kept, what leaves a snapshot, or what AWS empties itself', () => {
    const { emptied, remarks } = plan(
      stack({
        Kept: bucket({ DeletionPolicy: 'Retain' }),
        Perhaps: bucket({ DeletionPolicy: { Ref: 'Policy' } }),
        Itself: { Type: 'AWS::ECR::Repository', Properties: { EmptyOnDelete: true } },
        Other: { Type: 'AWS::S3::BucketPolicy' },
      }),
    );
    expect(emptied).toEqual([]);
    expect(remarks).toEqual(['Cannot say whether Perhaps (AWS::S3::Bucket) is kept: its DeletionPolicy is computed. It is not emptied.']);
  });

  it('looks into nested stacks, and one that is kept keeps all that is in it', () => {
    const nested = 'AWS::CloudFormation::Stack';
    const { changes, kept = [], emptied = [] } = plan(
      stack({ Gone: { Type: nested }, Stays: { Type: nested, DeletionPolicy: 'Retain' } }),
      stack({ Files: bucket(), Deep: { Type: nested } }, 'Gone/'),
      stack({ Files: bucket() }, 'Gone/Deep/'),
      stack({ Files: bucket() }, 'Stays/'),
    );
    expect(changes.map(({ logicalId }) => logicalId)).toEqual(['Gone', 'Gone/Deep', 'Gone/Deep/Files', 'Gone/Files']);
    expect(kept.map(({ logicalId }) => logicalId)).toEqual(['Stays', 'Stays/Files']);
    expect(emptied.map(({ logicalId }) => logicalId)).toEqual(['Gone/Deep/Files', 'Gone/Files']);
    // The nested stacks' own lines would only repeat what is in them.
    expect(factsOf({ ...whole, changes }).map(({ text }) => text)).toEqual(['Deletes Gone/Deep/Files (AWS::S3::Bucket); what it holds is lost.', 'Deletes Gone/Files (AWS::S3::Bucket); what it holds is lost.']);
  });

  it('has the equal digest for the equal stack, whatever the order, and another for anything else', () => {
    const one = { Files: bucket(), Queue: { Type: 'AWS::SQS::Queue' } };
    const { digest } = plan(stack(one));
    const turned = stack(one);
    expect(plan({ ...turned, resources: [...turned.resources].reverse() }).digest).toBe(digest);
    expect(plan(stack({ ...one, Files: bucket({ DeletionPolicy: 'Retain' }) })).digest).not.toBe(digest);
    expect(plan(stack({ ...one, More: { Type: 'AWS::SQS::Queue' } })).digest).not.toBe(digest);
    expect(makeRemovalPlan({ release: aRelease(), environment: 'dev', target: aTarget(), attempt: '1-1', stackArn: `${stackArn}2`, stacks: [stack(one)] }).digest).not.toBe(digest);
  });
});

it('is emptied by its place in the stack and its name, as long as both are owned', () => {
  const store = { logicalId: 'Data/Files', type: 'AWS::S3::Bucket' as const, name: 'files' };
  expect(stillOwned([store], [{ logicalId: 'Data/Files', physicalId: 'files' }])).toEqual([store]);
  for (const other of [{ logicalId: 'Files', physicalId: 'files' }, { logicalId: 'Data/Files', physicalId: 'files-2' }]) expect(stillOwned([store], [other])).toEqual([]);
});

it('a session for emptying reaches the one bucket or repository and what is in it', () => {
  const place = { account: '222222222222', region: 'eu-west-1' };
  const resources = (policy: string) => (JSON.parse(policy) as { Statement: { Resource: string }[] }).Statement.map(({ Resource }) => Resource);
  expect(resources(emptyingPolicy({ logicalId: 'Files', type: 'AWS::S3::Bucket', name: 'files' }, place))).toEqual(['arn:aws:s3:::files', 'arn:aws:s3:::files/*']);
  expect(resources(emptyingPolicy({ logicalId: 'Images', type: 'AWS::ECR::Repository', name: 'shop/images' }, place))).toEqual(['arn:aws:ecr:eu-west-1:222222222222:repository/shop/images']);
});
