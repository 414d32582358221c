import type { StackEvent } from '@aws-sdk/client-cloudformation';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aRemovalStage } from '../../fakes/removal-stage.ts';

let stage: ReturnType<typeof aRemovalStage>;
beforeEach(() => {
  stage = aRemovalStage();
});
afterEach(() => {
  stage.restore();
});

describe('the end of a removal', () => {
  it('is over by the event of its own deletion, read from the target', async () => {
    await stage.begun();
    await stage.emptied();
    stage.cloud.onDelete = () => undefined;
    await stage.delete();
    expect(stage.answers('delete-token')).toEqual([]);
    await stage.event('DELETE_COMPLETE', 'somebody-else');
    expect(stage.answers('delete-token')).toEqual([]);
    stage.cloud.move('orders-dev', 'DELETE_COMPLETE');
    await stage.event('DELETE_COMPLETE');
    expect(stage.answers('delete-token')).toEqual([{ outcome: 'removed', clean: true, stackStatus: 'DELETE_COMPLETE' }]);
  });

  it('is found by a look when its event was lost, and waited for as long as it moves', async () => {
    await stage.begun();
    await stage.emptied();
    stage.cloud.onDelete = () => undefined;
    await stage.delete();
    await stage.look('first');
    expect([stage.answers('first'), stage.records.stuck]).toEqual([[], 1]);
    stage.cloud.move('orders-dev', 'DELETE_COMPLETE');
    await stage.look('second');
    expect(stage.answers('second')).toMatchObject([{ outcome: 'removed' }]);
  });

  describe('that CloudFormation refuses as a whole, and gives the stack its status back', () => {
    const ResourceStatusReason = 'Export shop-vpc cannot be deleted as it is in use by cart-dev';
    const failed = { outcome: 'failed', clean: false, stackStatus: 'UPDATE_COMPLETE', reason: `Removing the stack orders-dev: ${ResourceStatusReason}. Remove what imports it first, then retry the release.` };
    const refuse = (fields: Partial<StackEvent> = {}) => {
      stage.cloud.move('orders-dev', 'UPDATE_COMPLETE', { ResourceStatusReason, ...fields });
    };
    beforeEach(async () => {
      await stage.begun();
      await stage.emptied();
      stage.cloud.onDelete = () => undefined;
    });

    it('ends at once where that is seen at once, and is not tried again', async () => {
      stage.cloud.onDelete = () => {
        refuse();
      };
      await stage.delete();
      expect(stage.answers('delete-token')).toEqual([failed]);
    });

    it('ends by the event of that', async () => {
      await stage.delete();
      refuse();
      await stage.event('UPDATE_COMPLETE');
      expect(stage.answers('delete-token')).toEqual([failed]);
    });

    it('ends by a look where the event was lost, also when the events of the end carry no token of ours', async () => {
      await stage.delete();
      refuse({ ClientRequestToken: undefined });
      await stage.look();
      expect(stage.answers('look-token')).toEqual([failed]);
    });

    it('ends by a look where the reason is in the event before, and somebody updates the stack by now', async () => {
      await stage.delete();
      stage.cloud.move('orders-dev', 'UPDATE_ROLLBACK_IN_PROGRESS', { ResourceStatusReason });
      await stage.look('first');
      expect(stage.answers('first')).toEqual([]);
      stage.cloud.move('orders-dev', 'UPDATE_ROLLBACK_COMPLETE');
      stage.stack.token = 'theirs';
      stage.cloud.move('orders-dev', 'UPDATE_IN_PROGRESS');
      await stage.look();
      expect(stage.answers('look-token')).toEqual([{ ...failed, stackStatus: 'UPDATE_ROLLBACK_COMPLETE' }]);
    });
  });

  it('does not end as the deletion before it did, which the stack shows until the new one has begun', async () => {
    await stage.begun();
    await stage.delete();
    expect(stage.answers('delete-token')).toMatchObject([{ outcome: 'failed' }]);
    // Somebody mended it, and the release is retried.
    stage.cloud.onDelete = () => {
      stage.stack.events.shift();
      stage.stack.status = 'DELETE_FAILED';
    };
    await stage.delete('retried', 1);
    expect([stage.cloud.names.filter((name) => name === 'DeleteStack').length, stage.answers('retried')]).toEqual([2, []]);
    stage.cloud.move('orders-dev', 'DELETE_IN_PROGRESS');
    stage.stack.status = 'DELETE_FAILED';
    await stage.look('first', 1);
    expect(stage.answers('first')).toEqual([]);
    stage.cloud.move('orders-dev', 'DELETE_COMPLETE');
    await stage.event('DELETE_COMPLETE');
    expect(stage.answers('first')).toMatchObject([{ outcome: 'removed' }]);
  });

  it('begins no second deletion when a task is repeated, also when the first is over', async () => {
    await stage.begun();
    await stage.emptied();
    stage.cloud.onDelete = () => undefined;
    await stage.delete();
    await stage.delete('again');
    expect(stage.cloud.names.filter((name) => name === 'DeleteStack')).toHaveLength(1);
    stage.cloud.move('orders-dev', 'DELETE_COMPLETE');
    await stage.delete('once-more');
    expect(stage.answers('once-more')).toMatchObject([{ outcome: 'removed' }]);
  });

  it('by somebody else meanwhile counts too, whichever way it ends', async () => {
    await stage.begun();
    await stage.emptied();
    stage.stack.token = 'theirs';
    stage.cloud.move('orders-dev', 'DELETE_IN_PROGRESS');
    await stage.delete();
    expect(stage.cloud.names).not.toContain('DeleteStack');
    stage.cloud.move('orders-dev', 'DELETE_FAILED', { LogicalResourceId: 'Group', ResourceType: 'AWS::EC2::SecurityGroup', ResourceStatusReason: 'resource sg-1 has a dependent object' });
    stage.cloud.move('orders-dev', 'DELETE_FAILED');
    await stage.look();
    expect(stage.answers('look-token')).toMatchObject([{ outcome: 'failed', again: true, reason: expect.stringContaining('Group (AWS::EC2::SecurityGroup): resource sg-1 has a dependent object') as string }]);
  });
});
