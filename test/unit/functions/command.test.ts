import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DecryptCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as z from 'zod';
import { findApproval, findWaiting, setWaiting, writeApproval } from '../../../aws/approvals.ts';
import { writeRow } from '../../../aws/rows.ts';
import { keys } from '../../../aws/table.ts';
import { storeWait } from '../../../aws/waits.ts';
import type { Approval } from '../../../contracts/approval.ts';
import type { BranchEnvironmentsAnswer, DecisionAnswer, DelegationsAnswer, InboxAnswer, StatusAnswer, Trouble } from '../../../contracts/commands.ts';
import type { Environments } from '../../../contracts/environments.ts';
import { approvalOperation } from '../../../domain/approval.ts';
import { handler } from '../../../functions/command/handler.ts';
import { callHandler } from '../../fakes/api-event.ts';
import { peopledRegistry, sessionOf } from '../../fakes/approval-world.ts';
import { stubVariables } from '../../fakes/release-world.ts';
import { aDeployed, anApproval, aRecord, aRelease, aVote } from '../../fakes/samples.ts';
import { FakeTable } from '../../fakes/table.ts';

const [kms, sfn, bus] = [mockClient(KMSClient), mockClient(SFNClient), mockClient(EventBridgeClient)];
const now = '2026-01-02T00:00:00.000Z';
let table: FakeTable;

beforeEach(async () => {
  stubVariables();
  vi.useFakeTimers({ toFake: ['Date'], now: new Date(now) });
  table = new FakeTable().install();
  for (const client of [kms, sfn, bus]) client.reset();
  kms.on(EncryptCommand).callsFake(({ Plaintext }: { Plaintext: Uint8Array }) => ({ CiphertextBlob: Uint8Array.from(Plaintext).reverse() }));
  kms.on(DecryptCommand).callsFake(({ CiphertextBlob }: { CiphertextBlob: Uint8Array }) => ({ Plaintext: Uint8Array.from(CiphertextBlob).reverse() }));
  sfn.on(SendTaskSuccessCommand).resolves({});
  bus.on(PutEventsCommand).resolves({ FailedEntryCount: 0 });
  await register(peopledRegistry());
  await ask();
});
afterEach(() => {
  table.restore();
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

const register = (content: Environments) => writeRow('table', keys.registry(), { version: 1, text: '', content, registeredBy: 'somebody', registeredAt: now });

/** A question with its workflow. */
async function ask(fields: Partial<Approval> = {}): Promise<Approval> {
  const approval = anApproval(fields);
  const { id, release, environment, application } = approval;
  await writeApproval('table', approval, 0);
  await setWaiting('table', approval, (await findWaiting('table', application, environment))?.id);
  await writeRow('table', keys.release(release), aRelease({ id: release, application }));
  await writeRow('table', keys.environment(release, environment), { release, environment, state: 'waiting', attempt: '1-1', approval: id, updatedAt: now });
  await writeRow('table', keys.target(release, environment, 'main'), aRecord({ release, environment, risks: ['Deletes Table.'], counts: { add: 0, modify: 0, replace: 0, mayReplace: 0, remove: 1 } }));
  await storeWait({ tableName: 'table', keyArn: 'key' }, { operation: approvalOperation(id), about: {} }, `token-of-${id}`, new Date());
  return approval;
}

type Said = Partial<DecisionAnswer & DelegationsAnswer & InboxAnswer & z.infer<typeof Trouble>>;

async function call(who: string | undefined, path: string, body?: unknown): Promise<{ status: number | undefined; said: Said }> {
  const answer = await callHandler(handler, { method: body === undefined ? 'GET' : 'POST', path, headers: { 'x-caller-arn': sessionOf('alex') }, ...(body === undefined ? {} : { body: JSON.stringify(body) }), ...(who === undefined ? {} : { caller: who.startsWith('arn:') ? who : sessionOf(who) }) });
  return { status: answer.statusCode, said: JSON.parse(answer.body ?? '') as Said };
}

const decide = (who: string | undefined, body: object, release = anApproval().release, environment = 'dev') => call(who, `/releases/${release}/environments/${environment}/decision`, body);
const inbox = (who: string) => call(who, '/inbox');
const delegate = (who: string, body: object) => call(who, '/delegations', body);
const resumed = () => sfn.commandCalls(SendTaskSuccessCommand).map(({ args }) => JSON.parse(args[0].input.output ?? '') as unknown);

describe('an answer by command', () => {
  it('is recorded under whom IAM names, and the workflow goes on', async () => {
    expect(await decide('alex', { decision: 'approve', reason: 'fine' })).toEqual({ status: 200, said: { state: 'approved', sentence: 'alex said yes; dev of orders-12-3f2a9c1b is approved.' } });
    expect((await findApproval('table', anApproval().id))?.votes).toMatchObject([{ approver: 'alex', channel: 'cli', from: sessionOf('alex'), reason: 'fine', at: now }]);
    expect(resumed()).toEqual([{ answer: 'approved' }]);
    expect((await decide('robin', { decision: 'reject' })).said.message).toContain('It was approved already.');
  });

  it('is not taken for a plan that is not the one that was looked at', async () => {
    const { said } = await inbox('alex');
    const seen = said.waiting?.[0]?.digest.slice(0, 16);
    const again = await ask({ id: 'e'.repeat(32), digest: 'b'.repeat(64) });
    expect(await decide('alex', { decision: 'approve', plan: seen })).toMatchObject({ status: 400, said: { message: expect.stringContaining('is not what waits now') as string } });
    expect((await findApproval('table', again.id))?.votes).toEqual([]);
    expect(await decide('alex', { decision: 'approve', plan: 'b'.repeat(16) })).toMatchObject({ status: 200 });
  });

  it('says how many are missing', async () => {
    await ask({ id: 'e'.repeat(32), environment: 'prod', quorums: [{ from: 'approvers', approvers: ['alex', 'robin'], required: 2 }] });
    expect((await decide('alex', { decision: 'approve' }, anApproval().release, 'prod')).said.sentence).toBe('alex said yes; prod of orders-12-3f2a9c1b is waiting. 1 more needed.');
  });

  it.each([
    ['nobody whom IAM names, whatever the request says', undefined, 403, 'IAM names no caller'],
    ['somebody who is not registered', 'arn:aws:sts::111111111111:assumed-role/Mallory/alex', 403, 'is not the principal of a registered approver'],
    ['the role of the same name in another account', 'arn:aws:sts::999999999999:assumed-role/alex/session', 403, 'is not the principal'],
    ['an author', 'kim', 403, 'Who wrote or pushed a commit'],
    ['an approver who is not asked', 'sam', 403, 'sam is not an approver for dev'],
  ])('is refused to %s', async (_, who, status, sentence) => {
    await ask({ id: 'e'.repeat(32), quorums: [{ from: 'approvers', approvers: ['alex', 'kim'], required: 1 }] });
    const answer = await decide(who, { decision: 'approve' });
    expect(answer).toMatchObject({ status, said: { message: expect.stringContaining(sentence) as unknown } });
    expect(resumed()).toEqual([]);
  });

  it.each([
    ['no such release', () => decide('alex', { decision: 'approve' }, 'orders-99-aaaaaaaa'), 404],
    ['no such environment', () => decide('alex', { decision: 'approve' }, anApproval().release, 'prod'), 404],
    ['neither yes nor no', () => decide('alex', { decision: 'maybe' }), 400],
    ['a name of one’s own choice', () => decide('alex', { decision: 'approve', approver: 'robin' }), 400],
    ['too long a reason', () => decide('alex', { decision: 'approve', reason: 'r'.repeat(1001) }), 400],
    ['no answer', () => decide('alex', []), 400],
  ])('is refused with %s', async (_, answer, status) => {
    expect((await answer()).status).toBe(status);
    expect(resumed()).toEqual([]);
  });

  it('breaks the glass with two people and a reason, and only where it is registered', async () => {
    const breaks = (who: string, reason: string) => decide(who, { decision: 'approve', breakGlass: true, reason });
    expect((await breaks('alex', 'customers cannot pay')).said.message).toContain('alex may not break the glass');
    await ask({ id: 'e'.repeat(32), breakGlass: ['sam', 'lee'] });
    expect(await breaks('sam', 'hurry')).toMatchObject({ status: 400, said: { message: expect.stringContaining('says why') as unknown } });
    expect((await decide('sam', { decision: 'approve' })).said.message).toContain('only by breaking the glass');
    expect((await breaks('sam', 'customers cannot pay')).said.sentence).toBe('sam broke the glass; dev of orders-12-3f2a9c1b is waiting. 1 more needed.');
    expect((await breaks('sam', 'customers cannot pay at all')).status).toBe(400);
    expect((await breaks('lee', 'customers cannot pay')).said.state).toBe('approved');
    expect(resumed()).toEqual([{ answer: 'approved' }]);
  });
});

describe('the inbox', () => {
  it('shows what waits for the caller, the most urgent first', async () => {
    const { dev = { branches: [], disposable: false, targets: [] } } = peopledRegistry().environments;
    await register({ ...peopledRegistry(), environments: { dev, prod: dev } });
    await ask({ id: 'e'.repeat(32), environment: 'prod', expiresAt: '2026-01-03T00:00:00.000Z' });
    const { said } = await inbox('alex');
    expect(said).toMatchObject({ approver: 'alex', waiting: [{ environment: 'prod' }, { environment: 'dev', application: 'orders', release: 'orders-12-3f2a9c1b', needs: '1 of alex, robin', stillNeeds: '1 yes more', totals: '1 deleted', risks: ['Deletes Table.'], may: 'answer', standsFor: [], expiresAt: anApproval().expiresAt }] });
    expect(JSON.stringify(said)).not.toContain('token-of');
  });

  it('says what the caller may do there', async () => {
    await ask({ id: 'e'.repeat(32), quorums: [{ from: 'approvers', approvers: ['alex', 'kim', 'robin'], required: 2 }], votes: [aVote({ approver: 'robin' })], breakGlass: ['lee'] });
    const may = async (who: string) => (await inbox(who)).said.waiting?.map((it) => it.may);
    expect([await may('alex'), await may('kim'), await may('lee'), await may('robin'), await may('sam')]).toEqual([['answer'], ['reject'], ['break-glass'], [], []]);
  });

  it('holds nothing that has ended, and is shown to nobody who is not registered', async () => {
    await decide('alex', { decision: 'reject' });
    expect((await inbox('robin')).said.waiting).toEqual([]);
    expect((await inbox('arn:aws:iam::111111111111:user/mallory')).status).toBe(403);
    expect((await call('arn:aws:iam::111111111111:user/mallory', '/delegations')).status).toBe(403);
  });
});

describe('delegating', () => {
  const until = '2026-01-09T00:00:00.000Z';

  it('lets somebody answer in the caller’s place, until it is taken back', async () => {
    expect(await delegate('alex', { to: 'sam', until, reason: 'on holiday' })).toMatchObject({ status: 200, said: { approver: 'alex', delegations: [{ approver: 'alex', to: 'sam', until, reason: 'on holiday', from: sessionOf('alex'), at: now }] } });
    expect((await inbox('sam')).said.waiting).toMatchObject([{ may: 'answer', standsFor: ['alex'] }]);
    vi.setSystemTime(new Date('2026-01-02T01:00:00.000Z'));
    expect((await delegate('alex', {})).said.delegations).toEqual([]);
    expect((await inbox('sam')).said.waiting).toEqual([]);
    expect((await decide('sam', { decision: 'approve' })).status).toBe(403);
    expect(table.under('DELEGATIONS'), 'what was there stays written').toHaveLength(2);
  });

  it('ends by itself', async () => {
    await delegate('alex', { to: 'sam', until: '2026-01-02T06:00:00.000Z' });
    vi.setSystemTime(new Date('2026-01-02T06:00:00.000Z'));
    expect((await inbox('sam')).said.waiting).toEqual([]);
    expect((await call('robin', '/delegations')).said).toEqual({ approver: 'robin', delegations: [] });
  });

  it.each([
    ['somebody unknown', { to: 'mallory', until }, 404, 'there is no such approver. Registered: alex, robin'],
    ['a name that every object has', { to: 'constructor', until }, 404, 'there is no such approver'],
    ['oneself', { to: 'alex', until }, 400, 'to whom?'],
    ['nobody knows how long', { to: 'sam' }, 400, 'until when?'],
    ['more than a month', { to: 'sam', until: '2026-02-02T00:00:01.000Z' }, 400, 'not within the next 30 days'],
    ['the past', { to: 'sam', until: '2026-01-01T00:00:00.000Z' }, 400, 'not within the next 30 days'],
    ['this very moment', { to: 'sam', until: now }, 400, 'not within the next 30 days'],
    ['a time that is none', { to: 'sam', until: 'tomorrow' }, 400, 'until'],
    ['in somebody else’s name', { to: 'sam', until, approver: 'robin' }, 400, 'approver'],
  ])('to %s is refused', async (_, body, status, sentence) => {
    expect(await delegate('alex', body)).toMatchObject({ status, said: { message: expect.stringContaining(sentence) as unknown } });
    expect(table.under('DELEGATIONS')).toEqual([]);
  });

  it('is for registered approvers', async () => {
    expect((await delegate('arn:aws:sts::111111111111:assumed-role/Mallory/session', { to: 'sam', until })).status).toBe(403);
    expect(table.under('DELEGATIONS')).toEqual([]);
  });
});

describe('the environments of branches', () => {
  const branch = 'feature/login';
  const row = { application: 'orders', name: 'login-k3xq2ab', registered: 'sandbox', branch, repository: 'orders', createdAt: now, releasedAt: now, expiresAt: '2026-01-05T00:00:00.000Z', release: 'orders-3-aaaaaaaa', sequence: 3, by: 'Kim', state: 'live', version: 1 } as const;
  const stop = (name: string, who = 'alex') => call(who, `/applications/orders/environments/${name}/stop`, { reason: 'too dear' });
  const sandbox = { disposable: true, branches: ['feature/*'], targets: [{ account: 'dev', region: 'eu-west-1', wave: 1 }] };
  const list = async () => ((await call('alex', '/branch-environments')).said as unknown as BranchEnvironmentsAnswer).environments;

  beforeEach(async () => {
    await register({ ...peopledRegistry(), environments: { ...peopledRegistry().environments, sandbox } });
    await writeRow('table', keys.branchEnvironment('orders', row.name), row);
    await writeRow('table', keys.head('orders', { branch }), { commit: 'a'.repeat(40), release: row.release, version: 1 });
  });

  it('are listed, those that are gone last', async () => {
    await writeRow('table', keys.branchEnvironment('orders', 'a-aaaaaaa'), { ...row, name: 'a-aaaaaaa', createdAt: '2026-01-09T00:00:00.000Z', state: 'removed' });
    expect((await list()).map(({ name, state }) => [name, state])).toEqual([['login-k3xq2ab', 'live'], ['a-aaaaaaa', 'removed']]);
    expect((await list())[0]).not.toHaveProperty('version');
  });

  it('are stopped by whom IAM names, and stay away while the branch stands where it does', async () => {
    expect(await stop(row.name)).toEqual({ status: 200, said: { application: 'orders', name: row.name, sentence: `${row.name} of orders is removed; nothing of it was deployed.` } });
    expect(await list()).toMatchObject([{ state: 'removed', reason: 'Stopped by alex: too dear' }]);
    expect(table.under('APPLICATION#orders', 'HEAD#')).toMatchObject([{ rests: { commit: 'a'.repeat(40), because: 'ended' } }]);
    expect(await stop(row.name)).toMatchObject({ status: 404, said: { message: expect.stringContaining('removed already') as string } });
  });

  it.each([
    ['a registered environment', 'dev', 403, 'dev is a registered environment'],
    ['the sandbox itself', 'sandbox', 403, 'sandbox is a registered environment'],
    ['what is nobody’s', 'gone-aaaaaaa', 404, 'there is no such branch environment'],
  ])('are all that can be stopped: not %s', async (_, name, status, words) => {
    expect(await stop(name)).toMatchObject({ status, said: { message: expect.stringContaining(words) as string } });
    expect(await list()).toMatchObject([{ state: 'live' }]);
  });

  it('are not stopped where they are registered as disposable no more', async () => {
    await register({ ...peopledRegistry(), environments: { sandbox: { ...sandbox, disposable: false } } });
    expect(await stop(row.name)).toMatchObject({ status: 403, said: { message: expect.stringMatching(/not registered as disposable any more.*"drawbridge remove orders login-k3xq2ab"/) as string } });
    await writeRow('table', keys.deployed('orders', row.name, 'main'), aDeployed({ environment: row.name, registered: 'sandbox', branch }));
    await call('alex', '/removals', { application: 'orders', environment: row.name });
    expect([table.under('RELEASE#orders-1-3f2a9c1b', 'RELEASE')[0], ...(await list())]).toMatchObject([{ mode: 'remove', configuration: { environments: [{ name: row.name, approval: { quorums: [{ required: 1 }] } }] } }, { state: 'live' }]);
  });

  it('are stopped, not only emptied, where somebody asks for a removal', async () => {
    expect(await call('alex', '/removals', { application: 'orders', environment: row.name })).toMatchObject({ status: 404, said: { message: expect.stringContaining('nothing is deployed there') as string } });
    expect(await list()).toMatchObject([{ state: 'removed' }]);
  });

  it('show what waits there in the inbox and in the status', async () => {
    await ask({ id: 'e'.repeat(32), environment: row.name });
    expect((await inbox('alex')).said.waiting?.map(({ environment }) => environment).sort()).toEqual(['dev', row.name]);
    const { applications } = (await call('alex', '/status')).said as unknown as StatusAnswer;
    expect(applications[0]?.waiting.map(({ environment }) => environment)).toEqual([row.name, 'dev']);
  });
});
