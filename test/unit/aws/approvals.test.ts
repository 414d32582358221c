import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { approvalId, findApproval, findWaiting, listVotes, setWaiting, writeApproval, writeVote } from '../../../aws/approvals.ts';
import { anApproval, aVote } from '../../fakes/samples.ts';
import { FakeTable } from '../../fakes/table.ts';

let table: FakeTable;
const approval = anApproval();

beforeEach(() => {
  table = new FakeTable().install();
});
afterEach(() => {
  table.restore();
});

const answered = (...votes: ReturnType<typeof aVote>[]) => anApproval({ votes });
const cancelled = (...codes: string[]) => new TransactionCanceledException({ message: 'cancelled', $metadata: {}, CancellationReasons: codes.map((Code) => ({ Code })) });

describe('a question in the table', () => {
  it('is found as it was written, and by nothing else', async () => {
    expect(await writeApproval('t', approval, 0)).toBe(true);
    expect(await findApproval('t', approval.id)).toEqual({ ...approval, version: 1 });
    expect(await findApproval('t', '0'.repeat(32))).toBeUndefined();
    expect(await findApproval('t', undefined)).toBeUndefined();
  });

  it('is made once, and changed only as it was read', async () => {
    await writeApproval('t', approval, 0);
    expect(await writeApproval('t', approval, 0)).toBe(false);
    expect(await writeApproval('t', anApproval({ state: 'expired' }), 1)).toBe(true);
    expect(await writeApproval('t', anApproval({ state: 'superseded' }), 1)).toBe(false);
    expect(await findApproval('t', approval.id)).toMatchObject({ state: 'expired', version: 2 });
    expect(table.mock.commandCalls(PutCommand).map(({ args }) => args[0].input.ConditionExpression)).toEqual(['attribute_not_exists(pk)', 'attribute_not_exists(pk)', 'version = :before', 'version = :before']);
  });

  it('has an id that nobody guesses', () => {
    const ids = new Set(Array.from({ length: 1000 }, () => approvalId()));
    expect(ids.size).toBe(1000);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
  });

  it('is the one that is waited for until another is', async () => {
    expect(await findWaiting('t', 'orders', 'dev')).toBeUndefined();
    await writeApproval('t', approval, 0);
    expect(await setWaiting('t', approval, undefined)).toBe(true);
    expect(await findWaiting('t', 'orders', 'dev')).toMatchObject({ id: approval.id, version: 1 });
    const next = anApproval({ id: 'e'.repeat(32) });
    await writeApproval('t', next, 0);
    expect(await setWaiting('t', next, undefined)).toBe(false);
    expect(await setWaiting('t', next, approval.id)).toBe(true);
    expect(await findWaiting('t', 'orders', 'dev')).toMatchObject({ id: next.id });
    expect(await findWaiting('t', 'orders', 'prod')).toBeUndefined();
  });

  it('that is no question any more is not believed', async () => {
    await writeApproval('t', approval, 0);
    const [row = {}] = table.under('APPROVAL#');
    table.rows.set(JSON.stringify([row['pk'], row['sk']]), { ...row, state: 'approved-by-hand' });
    await expect(findApproval('t', approval.id)).rejects.toThrow();
  });
});

describe('an answer in the table', () => {
  beforeEach(() => writeApproval('t', approval, 0));

  it('is written together with the question as it follows, or not at all', async () => {
    expect(await writeVote('t', answered(aVote()), aVote(), 1)).toBe(true);
    const items = table.mock.commandCalls(TransactWriteCommand)[0]?.args[0].input.TransactItems ?? [];
    expect(items.map(({ Put }) => Put?.ConditionExpression)).toEqual(['version = :before', 'attribute_not_exists(pk)']);
    expect(await findApproval('t', approval.id)).toMatchObject({ votes: [{ approver: 'alex' }], version: 2 });
    expect(await listVotes('t', approval.release)).toEqual([{ ...aVote(), environment: 'dev' }]);
  });

  it('on an older version writes nothing, neither the question nor the answer', async () => {
    await writeVote('t', answered(aVote()), aVote(), 1);
    expect(await writeVote('t', answered(aVote({ approver: 'robin' })), aVote({ approver: 'robin' }), 1)).toBe(false);
    expect(await listVotes('t', approval.release)).toHaveLength(1);
    expect(await findApproval('t', approval.id)).toMatchObject({ votes: [{ approver: 'alex' }], version: 2 });
  });

  it('that somebody beats by a hair is seen in the same way', async () => {
    table.beforeWrite = () => {
      table.beforeWrite = () => undefined;
      for (const [id, row] of table.rows) if (row['sk'] === 'APPROVAL') table.rows.set(id, { ...row, version: 2 });
    };
    expect(await writeVote('t', answered(aVote()), aVote(), 1)).toBe(false);
    expect(await listVotes('t', approval.release)).toEqual([]);
  });

  it('is never written over, not even by the same person in the same millisecond', async () => {
    await writeVote('t', answered(aVote()), aVote(), 1);
    const two = [aVote(), aVote({ decision: 'reject', reason: 'no' })] as const;
    expect(await writeVote('t', answered(...two), two[1], 2)).toBe(true);
    const other = anApproval({ id: 'e'.repeat(32), environment: 'prod' });
    await writeApproval('t', other, 0);
    expect(await writeVote('t', { ...other, votes: [aVote()] }, aVote(), 1)).toBe(true);
    expect((await listVotes('t', approval.release)).map(({ decision, environment }) => `${decision} ${environment}`).toSorted()).toEqual(['approve dev', 'approve prod', 'reject dev']);
  });

  it.each([
    [['ConditionalCheckFailed', 'None'], false],
    [['None', 'ConditionalCheckFailed'], false],
    [['TransactionConflict', 'None'], false],
  ])('that is cancelled because of %j is judged again', async (codes, answer) => {
    table.mock.on(TransactWriteCommand).rejects(cancelled(...codes));
    expect(await writeVote('t', answered(aVote()), aVote(), 1)).toBe(answer);
  });

  it('that is cancelled because of anything else is a fault', async () => {
    table.mock.on(TransactWriteCommand).rejectsOnce(cancelled('ValidationError', 'None')).rejectsOnce(cancelled()).rejects(Object.assign(new Error('busy'), { name: 'ProvisionedThroughputExceededException' }));
    await expect(writeVote('t', answered(aVote()), aVote(), 1)).rejects.toThrow('cancelled');
    await expect(writeVote('t', answered(aVote()), aVote(), 1)).rejects.toThrow('cancelled');
    await expect(writeVote('t', answered(aVote()), aVote(), 1)).rejects.toMatchObject({ name: 'TransientError' });
  });

  it('comes in order of time, whatever was asked', async () => {
    const later = aVote({ approver: 'robin', at: '2026-01-01T02:00:00.000Z' });
    const sooner = aVote({ at: '2026-01-01T01:30:00.000Z' });
    await writeVote('t', answered(later), later, 1);
    await writeVote('t', answered(later, sooner), sooner, 2);
    expect((await listVotes('t', approval.release)).map(({ approver }) => approver)).toEqual(['alex', 'robin']);
  });
});
