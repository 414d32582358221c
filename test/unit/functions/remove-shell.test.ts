import { CloudFormationClient, CreateChangeSetCommand } from '@aws-sdk/client-cloudformation';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deleteStack, describeStack } from '../../../aws/cloudformation.ts';
import { changeSetsOf, deleteChangeSet } from '../../../aws/change-sets.ts';
import type { Release } from '../../../contracts/release.ts';
import { removeShell } from '../../../functions/remove-shell/handler.ts';
import { FakeCloudFormation } from '../../fakes/cloudformation.ts';
import { aRelease } from '../../fakes/samples.ts';

const place = { account: '222222222222', region: 'eu-west-1', externalId: 'drawbridge-222222222222' };
let cloud: FakeCloudFormation;
let releases: Map<string, Release>;
let owner: string | undefined;

beforeEach(() => {
  cloud = new FakeCloudFormation().install();
  releases = new Map([['orders-7-aaaaaaaa', aRelease({ id: 'orders-7-aaaaaaaa', state: 'ended' })]]);
  owner = undefined;
});
afterEach(() => {
  cloud.restore();
});

/** An empty stack, as CREATE change sets leave it. */
async function shell(...changeSets: string[]) {
  const client = new CloudFormationClient({ region: place.region });
  for (const ChangeSetName of changeSets) await client.send(new CreateChangeSetCommand({ StackName: 'orders-dev', ChangeSetName, ChangeSetType: 'CREATE', Tags: [{ Key: 'drawbridge:application', Value: 'orders' }, { Key: 'drawbridge:environment', Value: 'dev' }] }));
  return cloud.stack('orders-dev').arn;
}

const uses = {
  removingShellIn: () => Promise.resolve(new CloudFormationClient({ region: place.region })),
  describeStack, changeSetsOf, deleteChangeSet, deleteStack,
  findRelease: (_: string, id: string) => Promise.resolve(releases.get(id)),
  readLock: () => Promise.resolve({ fence: 1, ...(owner === undefined ? {} : { owner }) }),
  now: () => new Date('2026-01-01T00:00:00.000Z'),
};
const remove = (stackArn: string, application = 'orders') => removeShell(uses, { tableName: 'table' }, { place, stackName: 'orders-dev', stackArn, application, environment: 'dev' });

describe('an empty stack that the sweep has deleted', () => {
  it('is deleted by its ARN, without a role, and its change sets before it', async () => {
    const arn = await shell('orders-7-aaaaaaaa-1-1');
    expect(await remove(arn)).toEqual({ answer: 'removed' });
    expect(cloud.calls.slice(-2)).toEqual([{ name: 'DeleteChangeSet', input: { StackName: arn, ChangeSetName: 'orders-7-aaaaaaaa-1-1' } }, { name: 'DeleteStack', input: { StackName: arn } }]);
  });

  it.each<[string, string[], () => void]>([
    ['its release is tried again', ['orders-7-aaaaaaaa-1-1'], () => releases.set('orders-7-aaaaaaaa', aRelease({ state: 'running' }))],
    ['another release plans there', ['orders-7-aaaaaaaa-1-1', 'orders-8-bbbbbbbb-1-1'], () => releases.set('orders-8-bbbbbbbb', aRelease({ state: 'running' }))],
    ['somebody else opened a change set', ['orders-7-aaaaaaaa-1-1', 'mine'], () => undefined],
    ['somebody has its lock', ['orders-7-aaaaaaaa-1-1'], () => (owner = 'arn:execution')],
    ['it is made in this moment', ['orders-7-aaaaaaaa-1-1'], () => (cloud.stack('orders-dev').status = 'CREATE_IN_PROGRESS')],
  ])('stays where %s', async (_, changeSets, meanwhile) => {
    const arn = await shell(...changeSets);
    meanwhile();
    expect(await remove(arn)).toEqual({ answer: 'kept' });
    expect(cloud.names).not.toContain('DeleteStack');
  });

  it('stays where its tags say that it is another’s, and is no matter where it is gone', async () => {
    expect(await remove(await shell('orders-7-aaaaaaaa-1-1'), 'carts')).toEqual({ answer: 'kept' });
    expect(await remove('arn:aws:cloudformation:eu-west-1:222222222222:stack/orders-dev/gone')).toEqual({ answer: 'kept' });
  });
});
