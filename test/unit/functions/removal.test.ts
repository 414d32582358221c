import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aRemovalStage } from '../../fakes/removal-stage.ts';

let stage: ReturnType<typeof aRemovalStage>;
beforeEach(() => {
  stage = aRemovalStage();
});
afterEach(() => {
  stage.restore();
});

describe('removing a stack', () => {
  it('empties every version page by page, unfinished uploads and images, before CloudFormation is asked', async () => {
    await stage.begun();
    stage.stores.uploads.set('files', [{ Key: 'half', UploadId: 'u' }]);
    expect(await stage.emptied()).toBe(1);
    expect([stage.stores.buckets.get('files'), stage.stores.uploads.get('files'), stage.stores.repositories.get('images')]).toEqual([[], [], []]);
    expect(stage.stores.calls.filter((name) => name === 'DeleteObjects')).toHaveLength(3);
    expect(stage.cloud.names).not.toContain('DeleteStack');
    // What is kept keeps what is in it.
    expect(stage.stores.buckets.get('archive')).toHaveLength(3);

    await stage.delete();
    expect(stage.cloud.calls.find(({ name }) => name === 'DeleteStack')?.input).toEqual({ StackName: stage.stack.arn, RoleARN: 'arn:aws:iam::222222222222:role/drawbridge/drawbridge-cloudformation', ClientRequestToken: `db-1-${'a'.repeat(32)}-1` });
    expect(stage.answers('delete-token')).toEqual([{ outcome: 'removed', clean: true, stackStatus: 'DELETE_COMPLETE' }]);
    await stage.close({ outcome: 'removed', clean: true, fence: 1 });
    expect(stage.records.deployed.size).toBe(0);
    expect(stage.record()).toMatchObject({ outcome: 'removed', clean: true, reason: 'Left behind, as their DeletionPolicy says: Archive (AWS::S3::Bucket) archive.' });
    expect(stage.stores.buckets.get('archive')).toHaveLength(3);
  });

  it('takes as many calls as a large bucket needs', async () => {
    await stage.begun();
    stage.stores.fill('files', 45_000);
    expect(await stage.emptied()).toBe(2);
    expect(stage.stores.buckets.get('files')).toEqual([]);
  });

  it('is refused by AWS where it is not emptied first, which is why the order matters', async () => {
    await stage.begun();
    await stage.delete();
    expect(stage.answers('delete-token')).toMatchObject([{ outcome: 'failed', clean: false, again: true, reason: expect.stringMatching(/AWS does not delete (Files|Images) .* And 1 more resource\./) as string }]);
    // What got new objects, or was missed, is emptied again; the next try has a token of its own.
    await stage.emptied();
    await stage.delete('second', 1);
    expect(stage.answers('second')).toMatchObject([{ outcome: 'removed' }]);
    expect(stage.cloud.calls.filter(({ name }) => name === 'DeleteStack').map(({ input }) => String(input['ClientRequestToken']).slice(-2))).toEqual(['-1', '-2']);
  });

  it('empties nothing again that AWS has deleted meanwhile: another stack may have made one of that name', async () => {
    await stage.begun();
    await stage.emptied();
    stage.stores.repositories.set('images', [{ imageDigest: 'sha256:new' }]);
    await stage.delete();
    expect([stage.answers('delete-token'), stage.stores.buckets.has('files')]).toMatchObject([[{ outcome: 'failed', again: true }], false]);
    stage.stores.fill('files', 7);
    await stage.emptied();
    expect([stage.stores.buckets.get('files')?.length, stage.stores.repositories.get('images')]).toEqual([7, []]);
    await stage.delete('second', 1);
    expect([stage.answers('second'), stage.stores.buckets.get('files')?.length]).toMatchObject([[{ outcome: 'removed' }], 7]);
    expect(await stage.empty()).toEqual({ answer: 'emptied' });
    expect(stage.stores.buckets.get('files')).toHaveLength(7);
  });

  it('stops before anything is emptied where the account does not let it', async () => {
    await stage.begun();
    stage.stores.refuses = true;
    await expect(stage.empty()).rejects.toMatchObject({ name: 'DeploymentFailedError', message: expect.stringMatching(/bucket files \(Files\) must be empty .*DisposableBucketArns of infra\/target-account\.yaml/) as string });
    expect(stage.stores.buckets.get('files')).toHaveLength(2500);
    await stage.close({ error: { Error: 'DeploymentFailedError', Cause: 'why' } });
    expect(stage.record()).toMatchObject({ outcome: 'failed', clean: true });
  });

  it('says what AWS keeps, where a lock on objects holds it', async () => {
    await stage.begun();
    stage.stores.locked.add('key-7');
    await expect(stage.empty()).rejects.toMatchObject({ name: 'DeploymentFailedError', message: expect.stringMatching(/AWS does not delete key-7: Access Denied because object protected by object lock/) as string });
    await stage.close({ error: { Error: 'DeploymentFailedError', Cause: 'why' } });
    expect(stage.record()).toMatchObject({ outcome: 'failed', clean: false });
  });

  it('has a session for each store, and for that alone', async () => {
    await stage.begun();
    await stage.empty();
    expect(stage.sessions.map((policy) => [.../arn:aws:(s3|ecr)[^"]*/.exec(policy) ?? []][0])).toEqual(['arn:aws:s3:::files', 'arn:aws:ecr:eu-west-1:222222222222:repository/images']);
  });

  it('is not begun where somebody moves the stack just then: it is planned again, and nothing has happened', async () => {
    await stage.begun();
    stage.cloud.move('orders-dev', 'UPDATE_IN_PROGRESS');
    await expect(stage.delete()).rejects.toMatchObject({ name: 'StalePlanError', message: expect.stringContaining('which is in UPDATE_IN_PROGRESS') as string });
    expect([stage.cloud.names.includes('DeleteStack'), stage.records.reports]).toEqual([false, []]);
    await stage.close({ error: { Error: 'StalePlanError', Cause: 'why' } });
    expect(stage.record()).toMatchObject({ outcome: 'stale', clean: true });
  });

  it('says whether something was emptied, also by a call before, so that the stack is looked at again', async () => {
    await stage.begun();
    stage.stores.fill('files', 45_000);
    expect([await stage.empty(), await stage.empty(), await stage.empty()]).toEqual([{ answer: 'more' }, { answer: 'emptied' }, { answer: 'emptied' }]);
    stage.stack.resources.push(['More', 'AWS::DynamoDB::Table', 'more']);
    expect(await stage.check()).toMatchObject({ answer: 'close', outcome: 'stale' });
  });

  it('looks at no stack again where nothing had to be emptied', async () => {
    for (const bucket of ['files', 'archive']) stage.stores.fill(bucket, 0);
    stage.stores.repositories.set('images', []);
    await stage.begun();
    expect(await stage.empty()).toEqual({ answer: 'empty' });
  });

  it('is not begun by an execution that lost its lock, nor by a release that deploys', async () => {
    await stage.begun();
    stage.records.locks.set('222222222222#eu-west-1#orders-dev', { fence: 2, owner: 'other', nonce: 'n' });
    for (const call of [stage.empty, stage.delete]) await expect(call()).rejects.toMatchObject({ name: 'StalePlanError' });
    stage.records.locks.set('222222222222#eu-west-1#orders-dev', { fence: 1, owner: 'me', nonce: 'n' });
    stage.records.release = { ...stage.records.release, mode: 'deploy' };
    await expect(stage.delete()).rejects.toMatchObject({ name: 'StalePlanError' });
    expect(stage.cloud.names).not.toContain('DeleteStack');
  });

  it('that CloudFormation refuses says so in its words', async () => {
    await stage.begun();
    stage.stack.terminationProtection = true;
    await expect(stage.delete()).rejects.toMatchObject({ name: 'DeploymentFailedError', message: expect.stringMatching(/cannot be deleted while TerminationProtection is enabled\. Mend that/) as string });
  });
});
