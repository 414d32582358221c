import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeRegistration } from '../../../aws/registry-history.ts';
import { findRegistry, readRegistry } from '../../../aws/registry.ts';
import { peopledRegistry } from '../../fakes/approval-world.ts';
import { FakeTable } from '../../fakes/table.ts';

let table: FakeTable;

beforeEach(() => {
  table = new FakeTable().install();
});
afterEach(() => {
  table.restore();
});

const registration = (version: number, text = `version ${String(version)}`) => ({ version, text, content: peopledRegistry(), registeredBy: 'arn', registeredAt: '2026-01-01T00:00:00.000Z' });

it('before anything is registered nothing is decided', async () => {
  expect(await findRegistry('t')).toBeUndefined();
  await expect(readRegistry('t')).rejects.toMatchObject({ name: 'ConfigurationError' });
});

it('the newest version counts, and every earlier one is kept', async () => {
  for (const version of [1, 2, 3]) expect(await writeRegistration('t', registration(version))).toBe(true);
  expect(await readRegistry('t')).toEqual(registration(3));
  expect(table.under('REGISTRY', 'VERSION#').map(({ text }) => text)).toEqual(['version 1', 'version 2', 'version 3']);
});

it('of two who register in the same moment one is refused, and nothing of theirs is kept', async () => {
  await writeRegistration('t', registration(1));
  const answers = await Promise.all([writeRegistration('t', registration(2, 'mine')), writeRegistration('t', registration(2, 'theirs'))]);
  expect(answers.toSorted()).toEqual([false, true]);
  expect(await writeRegistration('t', registration(1, 'again'))).toBe(false);
  expect(await writeRegistration('t', registration(4, 'too far'))).toBe(false);
  expect(table.under('REGISTRY').map(({ text }) => text)).toEqual(['mine', 'version 1', 'mine']);
});

it('a trouble of another kind is trouble', async () => {
  table.mock.on(TransactWriteCommand).rejects(new TransactionCanceledException({ message: 'Transaction cancelled [ValidationError, None]', $metadata: {} }));
  await expect(writeRegistration('t', registration(1))).rejects.toThrow('ValidationError');
});
