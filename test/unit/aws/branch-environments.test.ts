import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endBranchEnvironment, removeBranchEnvironment } from '../../../aws/branch-ends.ts';
import { changeBranchEnvironment, listBranchEnvironments, readBranchEnvironment, takeUpBranchEnvironment } from '../../../aws/branch-environments.ts';
import { readHead, restHead, writeRelease } from '../../../aws/heads.ts';
import { writeRow } from '../../../aws/rows.ts';
import { keys } from '../../../aws/table.ts';
import type { Arriving } from '../../../domain/branch-life.ts';
import { aRelease, theRegistry } from '../../fakes/samples.ts';
import { FakeTable } from '../../fakes/table.ts';

const now = new Date('2026-05-01T12:00:00.000Z');
const arriving = (name: string, fields: Partial<Arriving> = {}): Arriving => ({
  application: 'orders', name, registered: 'sandbox', branch: `feature/${name}`, repository: 'orders', life: { timeToLiveSeconds: 86_400, idleSeconds: 3600, atOnce: 2 }, release: 'orders-5-aaaaaaaa', sequence: 5, by: 'Kim', ...fields,
});
const takeUp = (name: string, fields?: Partial<Arriving>) => takeUpBranchEnvironment('t', arriving(name, fields), now);
const states = async () => Object.fromEntries((await listBranchEnvironments('t', 'orders')).map(({ name, state }) => [name, state]));

let table: FakeTable;
beforeEach(() => {
  table = new FakeTable().install();
});
afterEach(() => {
  table.restore();
});

describe('the rows of branch environments', () => {
  it('are written when one is taken up, and renewed by the next release', async () => {
    await takeUp('one');
    expect(await takeUp('one', { release: 'orders-6-bbbbbbbb', sequence: 6 })).toMatchObject({ answer: 'taken', row: { version: 2 } });
    expect(await readBranchEnvironment('t', 'orders', 'one')).toMatchObject({ branch: 'feature/one', release: 'orders-6-bbbbbbbb', state: 'live', version: 2 });
    expect(await readBranchEnvironment('t', 'carts', 'one')).toBeUndefined();
  });

  it('hold no more than may be there at once, also when two branches come in the same moment', async () => {
    await takeUp('one');
    let inBetween = true;
    table.beforeWrite = () => {
      if (!inBetween) return;
      inBetween = false;
      // The other is written while this one has looked already.
      table.rows.set(JSON.stringify(['APPLICATION#orders', 'BRANCH-ENVIRONMENT#two']), { ...table.under('APPLICATION#orders', 'BRANCH-ENVIRONMENT#one')[0], name: 'two', branch: 'feature/two', sk: 'BRANCH-ENVIRONMENT#two' });
      table.rows.set(JSON.stringify(['APPLICATION#orders', 'BRANCH-ROOM#sandbox']), { pk: 'APPLICATION#orders', sk: 'BRANCH-ROOM#sandbox', version: 2 });
    };
    expect(await takeUp('three')).toMatchObject({ answer: 'refused', sentence: expect.stringContaining('orders may have 2') as string });
    expect(await states()).toEqual({ one: 'live', two: 'live' });
  });

  it('are tried again later where others are always faster', async () => {
    let version = 1;
    table.beforeWrite = () => {
      table.rows.set(JSON.stringify(['APPLICATION#orders', 'BRANCH-ROOM#sandbox']), { pk: 'APPLICATION#orders', sk: 'BRANCH-ROOM#sandbox', version: (version += 1) });
    };
    await expect(takeUp('one')).rejects.toMatchObject({ name: 'TransientError' });
    expect(await states()).toEqual({});
  });

  it('are changed only as they were read', async () => {
    const taken = await takeUp('one');
    if (taken.answer !== 'taken') throw new Error('it was not taken');
    expect(await changeBranchEnvironment('t', taken.row, { url: 'https://one.example.com', reason: undefined })).toBe(true);
    expect(await changeBranchEnvironment('t', taken.row, { state: 'removed' })).toBe(false);
    expect(await readBranchEnvironment('t', 'orders', 'one')).toMatchObject({ url: 'https://one.example.com', state: 'live', version: 2 });
  });
});

describe('a branch that is to stay without its environment', () => {
  const release = aRelease({ branch: 'feature/one' });

  it('says so in its head, which whoever writes it meanwhile reads again', async () => {
    expect(await restHead('t', 'orders', 'feature/one', { commit: release.commit, because: 'deleted' })).toBeUndefined();
    await writeRelease('t', release, undefined);
    const before = await readHead('t', 'orders', { branch: 'feature/one' });
    expect(await restHead('t', 'orders', 'feature/one', { commit: release.commit, because: 'deleted' })).toMatchObject({ version: 2, rests: { because: 'deleted' } });
    expect(await writeRelease('t', release, before)).toBe(false);
  });

  it.each([
    ['ended', release.commit, true],
    ['ended', 'f'.repeat(40), false],
    ['deleted', release.commit, false],
  ] as const)('once %s at %s, is so after another release of it: %s', async (because, commit, stays) => {
    await writeRelease('t', release, undefined);
    const head = await restHead('t', 'orders', 'feature/one', { commit, because });
    await writeRelease('t', release, head);
    expect((await readHead('t', 'orders', { branch: 'feature/one' }))?.rests !== undefined).toBe(stays);
  });
});

describe('the end of a branch environment', () => {
  const context = { tableName: 't', busName: 'bus', machine: 'machine' };
  const why = { reason: 'The branch feature/one was deleted.', by: 'arn:aws:iam::111111111111:user/kim' };
  const [sfn, bus] = [mockClient(SFNClient), mockClient(EventBridgeClient)];
  const row = async () => {
    const found = await readBranchEnvironment('t', 'orders', 'one');
    if (found === undefined) throw new Error('there is no row');
    return found;
  };
  const deploy = () =>
    writeRow('t', keys.deployed('orders', 'one', 'main'), {
      application: 'orders', environment: 'one', target: 'main', account: '222222222222', region: 'eu-west-1', stackName: 'orders-one', externalId: 'drawbridge-222222222222', registered: 'sandbox', branch: 'feature/one',
      release: 'orders-5-aaaaaaaa', commit: 'a'.repeat(40), sequence: 5, fence: 1, deployedAt: now.toISOString(), outputs: {}, broken: true,
    });

  beforeEach(async () => {
    sfn.reset();
    bus.reset();
    sfn.on(StartExecutionCommand).resolves({});
    bus.on(PutEventsCommand).resolves({ FailedEntryCount: 0 });
    const environments = { sandbox: { disposable: true, branches: ['feature/*'], targets: [{ account: 'dev', region: 'eu-west-1', wave: 1 }] } };
    await writeRow('t', keys.registry(), { version: 1, text: '', content: { ...theRegistry(), environments }, registeredBy: 'somebody', registeredAt: now.toISOString() });
    await writeRow('t', keys.counter('orders'), { last: 5 });
    await takeUp('one');
  });

  it('is a removal that asks nobody and names the branch, of what is deployed or was left half made', async () => {
    await deploy();
    const ended = await endBranchEnvironment(context, await row(), why);
    expect(ended).toMatchObject({ answer: 'removing', release: 'orders-6-aaaaaaaa' });
    expect(await row()).toMatchObject({ state: 'removing', sequence: 6, reason: why.reason });
    const [removal] = table.under('RELEASE#orders-6-aaaaaaaa', 'RELEASE');
    expect(removal).toMatchObject({ mode: 'remove', message: why.reason, author: { name: 'kim' }, configuration: { environments: [{ name: 'one', registered: 'sandbox', branch: 'feature/one' }] } });
    expect(removal?.['configuration']).not.toMatchObject({ environments: [{ approval: expect.anything() as unknown }] });
    expect(sfn.commandCalls(StartExecutionCommand)).toHaveLength(1);
  });

  it('where nothing is deployed, is only noted, and keeps what came before from deploying', async () => {
    expect(await endBranchEnvironment(context, await row(), why)).toEqual({ answer: 'removed' });
    expect(await row()).toMatchObject({ state: 'removed', sequence: 6 });
    expect(sfn.commandCalls(StartExecutionCommand)).toEqual([]);
    expect(await takeUp('one')).toMatchObject({ answer: 'superseded' });
  });

  it('is not of what somebody else has changed meanwhile', async () => {
    const before = await row();
    await takeUp('one', { release: 'orders-6-bbbbbbbb', sequence: 6 });
    expect(await endBranchEnvironment(context, before, why)).toEqual({ answer: 'changed' });
    expect(await removeBranchEnvironment(context, before, why)).toEqual({ answer: 'changed' });
    expect(await row()).toMatchObject({ state: 'live', release: 'orders-6-bbbbbbbb' });
  });

  it('goes on where an older release deployed after it was noted as removed', async () => {
    await endBranchEnvironment(context, await row(), why);
    await deploy();
    expect(await removeBranchEnvironment(context, await row(), why)).toMatchObject({ answer: 'removing' });
    expect(await row()).toMatchObject({ state: 'removing' });
  });

  it.each(['is ended', 'is removed once more'])('when it %s, leaves a push that is heard of in that moment neither behind its removal nor before its end', async (how) => {
    if (how !== 'is ended') await endBranchEnvironment(context, await row(), why);
    await deploy();
    const before = await row();
    // Between any two writes of ours somebody may take the next number.
    const given: number[] = [];
    table.beforeWrite = () => {
      table.beforeWrite = () => undefined;
      given.push(Number(table.under('APPLICATION#orders', 'COUNTER')[0]?.['last']) + 1);
      table.rows.set(JSON.stringify(['APPLICATION#orders', 'COUNTER']), { pk: 'APPLICATION#orders', sk: 'COUNTER', last: given[0] });
    };
    const ended = await (how === 'is ended' ? endBranchEnvironment : removeBranchEnvironment)(context, before, why);
    const { sequence } = await row();
    expect(ended).toMatchObject({ answer: 'removing', release: `orders-${String(sequence)}-aaaaaaaa` });
    expect(given[0]).toBeGreaterThan(sequence);
    expect(await takeUp('one', { release: 'orders-99-bbbbbbbb', sequence: given[0] ?? 0 })).toMatchObject({ answer: 'taken' });
  });
});
