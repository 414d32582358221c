import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { setWaiting, writeApproval } from '../../../aws/approvals.ts';
import { startEnvironment } from '../../../aws/attempts.ts';
import { changeBranchEnvironment, readBranchEnvironment, takeUpBranchEnvironment } from '../../../aws/branch-environments.ts';
import { readDeployed, readRemoved } from '../../../aws/deployed.ts';
import { findHalt } from '../../../aws/halts.ts';
import { readHead, writeRelease } from '../../../aws/heads.ts';
import { readRegistry } from '../../../aws/registry.ts';
import { readEnvironment, readRelease, updateRelease } from '../../../aws/releases.ts';
import { readStory, report } from '../../../aws/reports.ts';
import { writeRow } from '../../../aws/rows.ts';
import { keys } from '../../../aws/table.ts';
import { HaltAnswer } from '../../../contracts/commands.ts';
import type { Release } from '../../../contracts/release.ts';
import { AnyReport } from '../../../contracts/report.ts';
import { handler } from '../../../functions/command/handler.ts';
import { takeUpEnvironment } from '../../../functions/take-up-environment/handler.ts';
import { callHandler } from '../../fakes/api-event.ts';
import { peopledRegistry, sessionOf } from '../../fakes/approval-world.ts';
import { stubVariables } from '../../fakes/release-world.ts';
import { anApproval, aRelease, aTarget } from '../../fakes/samples.ts';
import { FakeTable } from '../../fakes/table.ts';

const [sfn, bus] = [mockClient(SFNClient), mockClient(EventBridgeClient)];
const takingUp = {
  readRelease, readRegistry, readEnvironment, readDeployed, readRemoved, readHead, findHalt, takeUpBranchEnvironment, changeBranchEnvironment, startEnvironment, report,
  checkSealed: () => Promise.resolve(), wasExamined: () => Promise.resolve(true), now: () => new Date(),
};
const where = { tableName: 'table', busName: 'bus' };
const life = { timeToLiveSeconds: 86_400, idleSeconds: 3600, atOnce: 5 };
let table: FakeTable;

beforeEach(async () => {
  stubVariables();
  table = new FakeTable().install();
  for (const client of [sfn, bus]) client.reset();
  bus.on(PutEventsCommand).resolves({ FailedEntryCount: 0 });
  sfn.on(StartExecutionCommand).resolves({});
  const registry = peopledRegistry();
  const environments = { ...registry.environments, sandbox: { disposable: true, branches: ['feature/*'], targets: [{ account: 'dev', region: 'eu-west-1', wave: 1 }] } };
  const content = { ...registry, applications: { orders: { repository: 'orders', stacks: ['orders-*'] } }, environments };
  await writeRow('table', keys.registry(), { version: 1, text: '', content, registeredBy: 'alex', registeredAt: '2026-01-01T00:00:00.000Z' });
});
afterEach(() => {
  table.restore();
  vi.unstubAllEnvs();
});

/** A push that was built and wants to go to its branch's environment. */
async function pushed(sequence: number, branch: string): Promise<Release> {
  const name = `${branch.replace('feature/', '')}-k3xq2ab`;
  const commit = String(sequence).padStart(8, 'a').padEnd(40, '0');
  const configuration = { environments: [{ name, registered: 'sandbox', branch, life, targets: [aTarget({ stackName: `orders-${name}` })] }], remarks: [] };
  const release = aRelease({ id: `orders-${String(sequence)}-${commit.slice(0, 8)}`, sequence, commit, branch, configuration });
  await writeRelease('table', release, await readHead('table', 'orders', { branch }));
  return release;
}

const nameOf = ({ configuration }: Release) => configuration?.environments[0]?.name ?? '';
const comes = (release: Release, attempt = 1) => takeUpEnvironment(takingUp, where, { release: release.id, environment: nameOf(release), attempt, round: 1 });

async function ask(path: string, body: unknown = {}): Promise<unknown> {
  return await call({ method: 'POST', path, body: JSON.stringify(body) });
}
const read = (path: string): Promise<unknown> => call({ method: 'GET', path });

async function call(request: Omit<Parameters<typeof callHandler>[1], 'caller'>): Promise<unknown> {
  const { statusCode, body: said = '' } = await callHandler(handler, { ...request, caller: sessionOf('alex') });
  expect(statusCode, said).toBe(200);
  return JSON.parse(said);
}
const halt = (environment: string) => ask(`/environments/${environment}/halt`, { reason: 'the sale' });
const resume = async (environment: string) => HaltAnswer.parse(await ask(`/environments/${environment}/resume`)).frozen;

it('a branch pushed while its sandbox is halted is named when that is resumed, and tried again it has its environment', async () => {
  await halt('sandbox');
  const [login, search] = [await pushed(1, 'feature/login'), await pushed(2, 'feature/search')];
  for (const release of [login, search]) {
    expect(await comes(release)).toEqual({ answer: 'closed', targets: [] });
    await updateRelease('table', release.id, { state: 'ended', outcome: 'frozen' });
  }
  expect(await readBranchEnvironment('table', 'orders', nameOf(login))).toBeUndefined();

  expect(await resume('sandbox')).toEqual([search, login].map((release) => ({ application: 'orders', release: release.id, environment: nameOf(release) })));
  await ask(`/releases/${login.id}/retry`);
  expect(await comes(login, 2)).toEqual({ answer: 'plan', targets: ['main'] });
  expect(await readBranchEnvironment('table', 'orders', nameOf(login))).toMatchObject({ state: 'live', release: login.id });
});

it('a branch is named with its last push, however many other branches were pushed since', async () => {
  await halt('sandbox');
  const old = await pushed(1, 'feature/login');
  await comes(old);
  await updateRelease('table', old.id, { state: 'ended', outcome: 'frozen' });
  for (let sequence = 2; sequence < 60; sequence += 1) await updateRelease('table', (await pushed(sequence, 'feature/busy')).id, { state: 'ended', outcome: 'failed' });
  expect(await resume('sandbox')).toMatchObject([{ release: old.id }]);
});

it('what is frozen because the registered environments changed is left out', async () => {
  await halt('sandbox');
  const release = await pushed(1, 'feature/login');
  const { content, ...row } = await readRegistry('table');
  await writeRow('table', keys.registry(), { ...row, content: { ...content, environments: { ...content.environments, sandbox: { ...content.environments['sandbox'], disposable: false } } } });
  await comes(release);
  await updateRelease('table', release.id, { state: 'ended', outcome: 'frozen' });
  expect(await readEnvironment('table', release.id, nameOf(release))).toMatchObject({ outcome: 'frozen' });
  expect(await resume('sandbox')).toEqual([]);
});

it('an environment that was halted and is not registered any more can be resumed, so that what is left there can be removed', async () => {
  await halt('sandbox');
  const { content: { environments: { sandbox: _, ...environments }, ...content }, ...row } = await readRegistry('table');
  await writeRow('table', keys.registry(), { ...row, content: { ...content, environments } });
  expect(await resume('sandbox')).toEqual([]);
  expect(await findHalt('table', 'sandbox')).toBeUndefined();
});

it('the story of a release on its way to a branch’s environment says that the sandbox is halted, and that it goes on', async () => {
  const [going, other] = [await pushed(1, 'feature/login'), await pushed(2, 'feature/search')];
  await updateRelease('table', other.id, { state: 'ended', outcome: 'deployed' });
  await halt('sandbox');
  await resume('sandbox');
  expect(await readStory('table', going.id)).toMatchObject([
    { kind: 'halted', environment: nameOf(going), branch: 'feature/login', text: expect.stringMatching(/^sandbox is halted by .*alex.*: the sale$/) as string },
    { kind: 'resumed', environment: nameOf(going), text: expect.stringMatching(/^sandbox is resumed by /) as string },
  ]);
  expect(await readStory('table', other.id)).toEqual([]);
});

const told = () => bus.commandCalls(PutEventsCommand).map(({ args }) => JSON.parse(args[0].input.Entries?.[0]?.Detail ?? '{}') as AnyReport);

it('that an environment is halted or goes on is told of the environment, also when nothing goes there', async () => {
  await halt('dev');
  await resume('dev');
  expect(told().map((it) => AnyReport.parse(it))).toMatchObject([
    { kind: 'halted', about: 'environment', environment: 'dev', text: expect.stringMatching(/^dev is halted by .*alex.*: the sale$/) as string },
    { kind: 'resumed', about: 'environment', environment: 'dev', text: expect.stringMatching(/^dev is resumed by /) as string },
  ]);
  for (const it of told()) expect(it).not.toHaveProperty('release');
});

it('a question that waits there is told of with it, so that it is shown anew', async () => {
  const release = await pushed(1, 'feature/login');
  await startEnvironment('table', { release: release.id, environment: nameOf(release), state: 'waiting', attempt: '1-1', approval: 'a'.repeat(32), updatedAt: '2026-01-01T00:00:00.000Z' });
  await halt('sandbox');
  expect(told().filter((it) => 'release' in it)).toMatchObject([{ kind: 'halted', release: release.id, approval: 'a'.repeat(32) }]);
});

it('wherever a question is shown to a person, its environment’s halt is shown with it, also by the name of a branch’s environment', async () => {
  const release = await pushed(1, 'feature/login');
  const approval = anApproval({ release: release.id, environment: nameOf(release), registered: 'sandbox', authors: [], expiresAt: '2099-01-01T00:00:00.000Z' });
  await writeApproval('table', approval, 0);
  await setWaiting('table', approval, undefined);
  await startEnvironment('table', { release: release.id, environment: nameOf(release), state: 'waiting', attempt: '1-1', approval: approval.id, updatedAt: '2026-01-01T00:00:00.000Z' });
  await halt('sandbox');

  const says = [expect.stringMatching(/^sandbox is halted since .* by .*alex.*: the sale\. A yes now would deploy nothing/) as string];
  expect(await read('/inbox')).toMatchObject({ waiting: [{ release: release.id, halted: says }] });
  expect(await read(`/releases/${release.id}`)).toMatchObject({ approvals: [{ halted: says }] });
  expect(await read('/branch-environments')).toMatchObject({ halted: [{ environment: 'sandbox', reason: 'the sale' }] });
  expect(await ask(`/releases/${release.id}/environments/${nameOf(release)}/decision`, { decision: 'approve' })).toMatchObject({ state: 'approved', sentence: expect.stringContaining('The yes counts, but nothing happens now: sandbox is halted') as string });
  await resume('sandbox');
  expect(await read(`/releases/${release.id}`)).toMatchObject({ approvals: [{ halted: [] }] });
  expect(await read('/branch-environments')).toMatchObject({ halted: [] });
});
