import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient, GetCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { keepLook, type Looked } from '../../../aws/keep-look.ts';
import { Plan } from '../../../contracts/plan.ts';
import { stepDigest } from '../../../domain/steps.ts';
import { aChange, aRelease, aTarget } from '../../fakes/samples.ts';

const table = mockClient(DynamoDBDocumentClient);
const s3 = mockClient(S3Client);
const sfn = mockClient(SFNClient);
const where = { tableName: 't', bucket: 'artifacts' };
const now = new Date('2026-01-01T00:00:00.000Z');
const looked: Looked = { release: aRelease(), templateSha256: 'e'.repeat(64), noEcho: ['Password'], environment: 'dev', target: aTarget(), attempt: '1-1', operation: 'UPDATE', stackArn: 'arn:stack', outputs: { Url: 'x' }, taken: {}, parameters: { Size: '0', Password: 'hunter2' } };
const held = new TransactionCanceledException({ message: 'x', $metadata: {}, CancellationReasons: [{ Code: 'ConditionalCheckFailed' }, { Code: 'None' }] });
const lockOfTarget = { pk: 'LOCK#222222222222#eu-west-1#orders-dev', sk: 'LOCK' };
const written = (): unknown[] => Object.values(table.commandCalls(UpdateCommand)[0]?.args[0].input.ExpressionAttributeValues ?? {});

beforeEach(() => {
  for (const mock of [table, s3, sfn]) mock.reset();
  table.on(UpdateCommand).resolves({});
  table.on(GetCommand).resolves({});
});

describe('what was seen of a change set', () => {
  it('is kept whole in the bucket, and in short in the row', async () => {
    s3.on(PutObjectCommand).resolves({});
    const described = {
      arn: 'arn:set', stackArn: 'arn:stack', status: 'CREATE_COMPLETE', executionStatus: 'AVAILABLE', reason: undefined,
      parameters: { Size: '1' }, tags: {}, capabilities: ['CAPABILITY_IAM'] as const, changes: [aChange({ action: 'Remove' })], nested: [],
    };
    const templates = [{ prefix: '', before: '{"Resources":{}}', after: '{}' }];
    expect(await keepLook(where, looked, { answer: 'ready', described, templates }, now)).toBe('settled');
    const [put, beside] = s3.commandCalls(PutObjectCommand).map((call) => call.args[0].input);
    expect(beside?.Key).toBe('plans/orders-12-3f2a9c1b/dev/main/1-1.templates.json');
    // What CloudFormation calls NoEcho is kept nowhere.
    expect(JSON.parse(beside?.Body as string)).toEqual({ stacks: templates, parameters: { Size: '0', Password: '****' } });
    expect(put?.Key).toBe('plans/orders-12-3f2a9c1b/dev/main/1-1.json');
    const plan = Plan.parse(JSON.parse(put?.Body as string));
    expect(written()).toEqual(expect.arrayContaining(['planned', plan.digest, 'arn:set', { add: 0, modify: 0, replace: 0, mayReplace: 0, remove: 1 }]));
  });

  it('without changes counts as deployed, so that nothing older comes after it', async () => {
    table.on(TransactWriteCommand).resolves({});
    expect(await keepLook(where, looked, { answer: 'no-changes' }, now)).toBe('settled');
    expect(table.commandCalls(TransactWriteCommand)).toHaveLength(1);
    expect(written()).toContain('no-changes');
  });

  it('without changes counts for nothing where the stack is still to be taken over: the first change of it is asked for', async () => {
    expect(await keepLook(where, { ...looked, takesOver: 'Takes over orders-dev.' }, { answer: 'no-changes' }, now)).toBe('settled');
    expect(table.commandCalls(TransactWriteCommand)).toHaveLength(0);
    expect(written()).toContain('no-changes');
  });

  it('without changes counts for nothing while somebody moves the target', async () => {
    table.on(TransactWriteCommand).rejects(held).on(GetCommand, { Key: lockOfTarget }).resolves({ Item: { owner: 'other', fence: 1 } });
    sfn.on(DescribeExecutionCommand).resolves({ status: 'RUNNING' });
    expect(await keepLook(where, looked, { answer: 'no-changes' }, now)).toBe('moving');
    expect(table.commandCalls(UpdateCommand)).toHaveLength(0);
  });

  it('without changes is not held up by a lock whose holder died', async () => {
    table.on(TransactWriteCommand).rejectsOnce(held).resolves({}).on(GetCommand, { Key: lockOfTarget }).resolves({ Item: { owner: 'dead', fence: 1 } });
    sfn.on(DescribeExecutionCommand).resolves({ status: 'ABORTED' });
    expect(await keepLook(where, looked, { answer: 'no-changes' }, now)).toBe('settled');
  });

  it('in a release that only looks says nothing of what is deployed', async () => {
    await keepLook(where, { ...looked, release: aRelease({ mode: 'plan' }) }, { answer: 'no-changes' }, now);
    expect(table.commandCalls(TransactWriteCommand)).toHaveLength(0);
  });

  describe('with steps after the stack', () => {
    const release = aRelease();
    const withSteps: Looked = {
      ...looked,
      release: { ...release, artifact: { digest: 'd'.repeat(64), bucket: 'artifacts', manifestKey: 'm', templates: [], folders: [{ folder: 'web', key: 'k', sha256: 'f'.repeat(64), files: 2 }] } },
      target: aTarget({ steps: [{ kind: 'publish', folder: 'web', bucket: '${outputs.Url}', prefix: '', delete: false, immutable: [] }] }),
    };
    const deployedWith = (steps: string[]) => ({ application: 'orders', environment: 'dev', target: 'main', account: '222222222222', region: 'eu-west-1', stackName: 'orders-dev', release: release.id, commit: 'c', sequence: 1, fence: 1, deployedAt: now.toISOString(), outputs: {}, steps });

    it('is planned where a step is to be done, though the stack does not change', async () => {
      s3.on(PutObjectCommand).resolves({});
      table.on(GetCommand).resolves({ Item: deployedWith(['e'.repeat(64)]) });
      expect(await keepLook(where, withSteps, { answer: 'no-changes' }, now)).toBe('settled');
      const plan = Plan.parse(JSON.parse(s3.commandCalls(PutObjectCommand)[0]?.args[0].input.Body as string));
      expect(plan).toMatchObject({ changes: [], outputsOnly: false, steps: [{ kind: 'publishes', done: false }] });
      expect(plan.changeSetArn).toBeUndefined();
      expect(written()).toEqual(expect.arrayContaining(['planned', plan.digest, true, { Url: 'x' }, { add: 0, modify: 0, replace: 0, mayReplace: 0, remove: 0, steps: 1 }]));
      expect(table.commandCalls(TransactWriteCommand)).toHaveLength(0);
    });

    it('is planned with what is taken from an earlier environment, which is no output of the stack', async () => {
      s3.on(PutObjectCommand).resolves({});
      table.on(GetCommand).resolves({ Item: deployedWith([]) });
      const bucket = '${environments.first.outputs.Site}';
      const taking = aTarget({ steps: [{ kind: 'publish', folder: 'web', bucket, prefix: '', delete: false, immutable: [] }] });
      await keepLook(where, { ...withSteps, target: taking, taken: { 'environments.first.outputs.Site': 'first-site' } }, { answer: 'no-changes' }, now);
      expect(Plan.parse(JSON.parse(s3.commandCalls(PutObjectCommand)[0]?.args[0].input.Body as string)).steps?.[0]?.text).toBe('Publishes 2 files of web into the bucket first-site.');
      expect(written()).toContainEqual({ Url: 'x' });
    });

    it('has no changes where the steps were done as they are, and keeps what was done', async () => {
      table.on(TransactWriteCommand).resolves({});
      const done = stepDigest(withSteps.release, { kind: 'publish', folder: 'web', bucket: 'x', prefix: '', delete: false, immutable: [] }, {});
      table.on(GetCommand).resolves({ Item: deployedWith([done, 'e'.repeat(64)]) });
      expect(await keepLook(where, withSteps, { answer: 'no-changes' }, now)).toBe('settled');
      expect(written()).toContain('no-changes');
      const update = table.commandCalls(TransactWriteCommand)[0]?.args[0].input.TransactItems?.[1]?.Update;
      expect(update?.ExpressionAttributeValues?.[':steps']).toEqual([done]);
    });
  });

  it('that failed is one sentence', async () => {
    await keepLook(where, looked, { answer: 'failed', reason: 'Template error.' }, now);
    expect(written()).toContain('Planning orders-dev: Template error. Mend it and push again.');
  });
});
