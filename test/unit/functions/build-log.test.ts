import { BatchGetBuildsCommand, type Build, CodeBuildClient } from '@aws-sdk/client-codebuild';
import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { writeRow } from '../../../aws/rows.ts';
import { keys } from '../../../aws/table.ts';
import type { LogAnswer } from '../../../contracts/commands.ts';
import type { Artifact, Release } from '../../../contracts/release.ts';
import { handler } from '../../../functions/command/handler.ts';
import { callHandler } from '../../fakes/api-event.ts';
import { sessionOf } from '../../fakes/approval-world.ts';
import { stubVariables } from '../../fakes/release-world.ts';
import { aRelease } from '../../fakes/samples.ts';
import { FakeTable } from '../../fakes/table.ts';

const [codeBuild, logs] = [mockClient(CodeBuildClient), mockClient(CloudWatchLogsClient)];
const { id } = aRelease();
let table: FakeTable;
/** What the build wrote so far; the token is how much of it was read. */
let written: string[];

beforeEach(() => {
  stubVariables();
  table = new FakeTable().install();
  for (const client of [codeBuild, logs]) client.reset();
  written = [];
  logs.on(GetLogEventsCommand).callsFake(({ nextToken = 'f/0' }: { nextToken?: string }) => {
    const read = Number(nextToken.slice('f/'.length));
    return { events: written.slice(read).map((message) => ({ message })), nextForwardToken: `f/${String(written.length)}` };
  });
});
afterEach(() => {
  table.restore();
  vi.unstubAllEnvs();
});

/** A release that is not sealed yet. */
const released = (fields: Partial<Release>) => {
  const { artifact: _, ...release } = aRelease();
  return writeRow('table', keys.release(id), { ...release, ...fields });
};
const building = (fields: Partial<Release> = {}) => released({ buildId: 'drawbridge-build-orders:b-1', ...fields });

/** A build of the first try. */
function theBuild(fields: Partial<Build> = {}): void {
  const variables = [{ name: 'DRAWBRIDGE_ATTEMPT', value: '1' }];
  codeBuild.on(BatchGetBuildsCommand).resolves({ builds: [{ id: 'drawbridge-build-orders:b-1', buildStatus: 'IN_PROGRESS', logs: { groupName: '/aws/codebuild/drawbridge-build-orders', streamName: 'b-1' }, environment: { type: 'ARM_CONTAINER', image: 'i', computeType: 'BUILD_GENERAL1_SMALL', environmentVariables: variables }, ...fields }] });
}

async function read(after?: string, who: string | undefined = sessionOf('alex'), release = id): Promise<{ status: number | undefined; said: LogAnswer }> {
  const answer = await callHandler(handler, { method: 'GET', path: `/releases/${release}/log`, ...(after === undefined ? {} : { query: `after=${encodeURIComponent(after)}` }), ...(who === '' ? {} : { caller: who }) });
  return { status: answer.statusCode, said: JSON.parse(answer.body ?? '') as LogAnswer };
}

describe('the log of a build', () => {
  it('is read on while it builds, without what a terminal would obey, and has an end when the build has ended and all was read', async () => {
    await building();
    theBuild();
    written.push('\u001B[32mone\u001B[0m\n');
    expect((await read()).said).toEqual({ lines: ['one'], next: 'b-1~f/1', done: false });
    expect((await read('b-1~f/1')).said).toEqual({ lines: [], next: 'b-1~f/1', done: false });
    written.push('two\n');
    theBuild({ buildStatus: 'FAILED' });
    expect((await read('b-1~f/1')).said).toEqual({ lines: ['two'], next: 'b-1~f/2', done: false });
    expect((await read('b-1~f/2')).said).toEqual({ lines: [], next: 'b-1~f/2', done: true });
    expect(logs.commandCalls(GetLogEventsCommand)[0]?.args[0].input).toMatchObject({ logGroupName: '/aws/codebuild/drawbridge-build-orders', logStreamName: 'b-1' });
  });

  it('begins again where the place is in the log of an earlier build', async () => {
    await building();
    theBuild();
    written.push('one\n');
    expect((await read('b-0~f/1')).said).toEqual({ lines: ['one'], next: 'b-1~f/1', done: false });
  });

  it.each<[string, () => Promise<unknown>, Partial<Build>, boolean]>([
    ['that is still to come', () => released({}), {}, false],
    ['whose log is still to come', () => building(), { logs: {} }, false],
    ['of an earlier try, while the next one is still to come', () => building({ attempt: 2 }), { buildStatus: 'FAILED' }, false],
    ['that ended before it wrote anything', () => building(), { buildStatus: 'FAILED', logs: {} }, true],
    ['of a release that ended without one', () => released({ state: 'ended' }), {}, true],
  ])('%s has no lines', async (_, release, build, done) => {
    await release();
    theBuild(build);
    written.push('not for this try\n');
    expect((await read()).said).toEqual({ lines: [], done });
  });

  it('that a later try goes on from is that of the release', async () => {
    await building({ attempt: 2, artifact: { digest: 'a'.repeat(64), bucket: 'b', manifestKey: 'm', templates: [] } satisfies Artifact });
    theBuild({ buildStatus: 'SUCCEEDED' });
    written.push('built once\n');
    expect((await read()).said.lines).toEqual(['built once']);
  });

  it('that CodeBuild does not know any more has an end', async () => {
    await building();
    codeBuild.on(BatchGetBuildsCommand).resolves({ builds: [], buildsNotFound: ['drawbridge-build-orders:b-1'] });
    expect((await read()).said).toEqual({ lines: [], done: true });
  });

  it.each([
    ['nobody whom IAM names', undefined, '', id, 403],
    ['who names no release', undefined, sessionOf('alex'), 'orders-99-aaaaaaaa', 404],
    ['who makes up a place', 'f/1 or another', sessionOf('alex'), id, 400],
  ])('is not read to %s', async (_, after, who, release, status) => {
    await building();
    theBuild();
    expect((await read(after, who, release)).status).toBe(status);
    expect(logs.calls()).toEqual([]);
  });
});
