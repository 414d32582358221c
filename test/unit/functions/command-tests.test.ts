import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CodeBuildClient } from '@aws-sdk/client-codebuild';
import { beforeEach, describe, expect, it } from 'vitest';
import type { TestAccount } from '../../../aws/test-project.ts';
import type { Purpose } from '../../../domain/session.ts';
import { testAnswer } from '../../../domain/command-test.ts';
import { lookAtTest } from '../../../functions/look-at-test/handler.ts';
import { onTestEvent } from '../../../functions/on-test-event/handler.ts';
import { startTheTest } from '../../../functions/start-test/handler.ts';
import { FakeRecords } from '../../fakes/records.ts';
import { aRecord, aRelease, aTarget, environmentTask } from '../../fakes/samples.ts';

const command = { run: 'npm run smoke', folder: 'test/smoke', variables: {}, withinMinutes: 10 };
const operation = 'test:orders-12-3f2a9c1b/dev/main/1-1#0';
const arn = (number: number) => `arn:aws:codebuild:eu-west-1:222222222222:build/drawbridge-test:${String(number)}`;

/** CodeBuild of a target account: its builds, and how each stands. */
class FakeTests {
  readonly builds = new Map<string, { status: string; archive: string; variables: Readonly<Record<string, string>>; token: string }>();
  readonly visits: string[] = [];
  room = true;
  quick: string | undefined;

  readonly testAccountFor = (purpose: Purpose, visit: Pick<TestAccount, 'release' | 'environment' | 'tested' | 'region'>): Promise<TestAccount> => {
    this.visits.push(purpose);
    return Promise.resolve({ ...visit, codeBuild: new CodeBuildClient({}), logs: new CloudWatchLogsClient({}) });
  };
  readonly startTest = (_: TestAccount, { archive, variables, idempotencyToken: token }: { archive: string; variables: Readonly<Record<string, string>>; idempotencyToken: string }) => {
    if (!this.room) return Promise.resolve('refused' as const);
    const [before] = [...this.builds].find(([, it]) => it.token === token) ?? [];
    const build = before ?? arn(this.builds.size + 1);
    if (before === undefined) this.builds.set(build, { status: this.quick ?? 'IN_PROGRESS', archive, variables, token });
    return Promise.resolve({ build });
  };
  readonly readTestAnswer = ({ release, environment, tested }: TestAccount, build: string) => {
    const status = this.builds.get(build)?.status;
    return Promise.resolve(testAnswer({ release: release.id, environment, tested }, status === undefined ? undefined : { id: build, status, trouble: 'BUILD: exit status 1', logs: 'https://log' }));
  };
  end(build: string, status: string): void {
    const before = this.builds.get(build);
    if (before !== undefined) this.builds.set(build, { ...before, status });
  }
}

let records: FakeRecords;
let tests: FakeTests;
const uses = () => Object.assign(records, tests);
const input = (token: string) => ({ ...environmentTask, test: 0, token });
const start = (token = 'run-token') => startTheTest(uses(), records.where, input(token));
const look = (token = 'look-token') => lookAtTest(uses(), records.where, input(token));
const event = (build: string, { account = '222222222222', about = operation } = {}) =>
  onTestEvent(uses(), records.where, {
    id: '1', account, region: 'eu-west-1', time: '', source: 'aws.codebuild', 'detail-type': 'CodeBuild Build State Change',
    detail: { 'build-id': build, 'build-status': 'SUCCEEDED', 'project-name': 'drawbridge-test', 'additional-information': { environment: { 'environment-variables': [{ name: 'DRAWBRIDGE_TEST', value: about }] } } },
  });
const answers = () => records.completed.map(({ token, answer }) => [token, (answer as { answer: string }).answer]);

beforeEach(() => {
  records = new FakeRecords();
  tests = new FakeTests();
  const { artifact } = aRelease();
  records.release = aRelease({
    configuration: { build: { kind: 'sam', templates: [] }, environments: [{ name: 'dev', targets: [aTarget({ commands: [command] })] }], remarks: [] },
    ...(artifact === undefined ? {} : { artifact: { ...artifact, testFolders: [{ folder: 'test/smoke', key: `sealed/orders/${'a'.repeat(64)}.zip`, sha256: 'a'.repeat(64) }] } }),
  });
  records.targets.set('dev/main', aRecord({ state: 'ended', outcome: 'deployed', outputs: { Api: 'https://api.example' } }));
});

describe('a test by a command', () => {
  it('is started with its folder and the outputs, when its token is stored, and is told in the story', async () => {
    await start();
    expect(records.waits.get(operation)).toEqual({ token: 'run-token', about: { release: 'orders-12-3f2a9c1b', environment: 'dev', target: 'main', test: '0' } });
    expect(tests.builds.get(arn(1))).toMatchObject({ archive: `artifacts/sealed/orders/${'a'.repeat(64)}.zip`, variables: { DRAWBRIDGE_OUTPUT_Api: 'https://api.example', DRAWBRIDGE_TEST: operation } });
    expect(records.reports.map(({ text }) => text)).toEqual(['Testing orders-dev of main in dev: npm run smoke.']);
    expect(tests.visits).toEqual(['execute']);
    expect(answers()).toEqual([]);
  });

  it.each([
    ['SUCCEEDED', { answer: 'passed' }],
    ['FAILED', { answer: 'failed', reason: expect.stringContaining('BUILD: exit status 1') as string }],
  ])('ends with the event of its build, as CodeBuild says: %s', async (status, expected) => {
    await start();
    tests.end(arn(1), status);
    await event(arn(1));
    expect(records.completed).toEqual([{ token: 'run-token', answer: expected }]);
    expect(tests.visits).toEqual(['execute', 'plan']);
    expect(records.eventsSeen.has('222222222222#eu-west-1')).toBe(true);
  });

  it('that is over before its build is noted is found when it is started', async () => {
    tests.quick = 'SUCCEEDED';
    await start();
    expect(answers()).toEqual([['run-token', 'passed']]);
  });

  it('whose event tells more than CodeBuild knows yet is asked for again', async () => {
    await start();
    await expect(event(arn(1))).rejects.toMatchObject({ name: 'TransientError' });
    expect(answers()).toEqual([]);
  });

  it.each([
    ['of another build', () => event(arn(2))],
    ['of another account', () => event(arn(1), { account: '333333333333' })],
    ['about nothing that is waited for', () => event(arn(1), { about: 'test:another' })],
  ])('is not ended by an event %s', async (_, send) => {
    await start();
    tests.end(arn(1), 'SUCCEEDED');
    await send();
    expect(answers()).toEqual([]);
  });

  it('that is started again, or in doubt, has one build', async () => {
    await start();
    const before = records.targets.get('dev/main');
    await start('second-token');
    // The answer to StartBuild was lost.
    if (before !== undefined) records.targets.set('dev/main', { ...before, test: undefined });
    await start('third-token');
    expect(tests.builds.size).toBe(1);
  });

  it('of a later round has a build of its own', async () => {
    await start();
    await startTheTest(uses(), records.where, { ...input('later'), round: 2 });
    expect(tests.builds.size).toBe(2);
  });

  it('whose event is lost is looked at, and waits on while it runs', async () => {
    await start();
    await look();
    expect([answers(), records.stuck]).toEqual([[], 1]);
    expect(records.waits.get(operation)?.token).toBe('look-token');
    tests.end(arn(1), 'SUCCEEDED');
    await look('last-token');
    expect(answers()).toEqual([['last-token', 'passed']]);
  });

  it('for which CodeBuild has no room waits, and is started when it is looked at', async () => {
    tests.room = false;
    await start();
    expect(records.reports).toMatchObject([{ kind: 'queued', text: expect.stringContaining('CodeBuild of account 222222222222 (dev) takes no more builds now') as string }]);
    await look();
    expect(answers()).toEqual([['look-token', 'again']]);
  });
});
