import { beforeEach, describe, expect, it } from 'vitest';
import type { Build } from '../../../aws/codebuild.ts';
import type { BuildStateChange } from '../../../contracts/source-events.ts';
import { lookAtBuild } from '../../../functions/look-at-build/handler.ts';
import { onBuildEvent } from '../../../functions/on-build-event/handler.ts';
import { startTheBuild } from '../../../functions/start-build/handler.ts';
import { aRelease } from '../../fakes/samples.ts';
import { ReleaseWorld, stubVariables, token } from '../../fakes/release-world.ts';

const { id, commit } = aRelease();
const wait = { release: id, attempt: 1, token };
const operation = `build:${id}#1`;
const buildId = 'drawbridge-build-orders:uuid-1';
let world: ReleaseWorld;

beforeEach(() => {
  stubVariables();
  world = new ReleaseWorld();
  world.put();
});

describe('starting the build', () => {
  it('keeps the token first, for a quick event may come before anything written later', async () => {
    await startTheBuild(world, wait);
    expect(world.log).toEqual(['store', 'start', 'update buildId']);
    expect(world.waits.get(operation)).toBe(token);
    expect(world.completed).toEqual([]);
  });

  it('builds exactly the released commit, and repeated is the same build', async () => {
    await startTheBuild(world, wait);
    // The function was killed before it could store the build's id.
    world.put();
    await startTheBuild(world, wait);
    expect(world.orders[0]).toEqual(world.orders[1]);
    expect(world.orders[0]).toMatchObject({
      project: 'drawbridge-build-orders',
      source: { version: `refs/heads/main^{${commit}}` },
      variables: { DRAWBRIDGE_RELEASE: id, DRAWBRIDGE_APPLICATION: 'orders' },
    });
    const program = Buffer.from(world.objects.get(world.orders[0]?.variables['DRAWBRIDGE_PROGRAM'] ?? '') ?? []).toString();
    expect(program).toMatch(/^const drawbridgeRequest = .*"kind":"sam".*"path":"template.yaml".*;\nawait build\(\);$/);
    expect([...world.objects.keys()][0]).toMatch(/^builder\/orders\/[0-9a-f]{64}\.mjs$/);
    expect(JSON.stringify(world.orders)).not.toContain(token);
  });

  it('that runs already is not started again, also when CodeBuild has forgotten its idempotency token', async () => {
    await startTheBuild(world, wait);
    await startTheBuild(world, { ...wait, token: 'newer' });
    expect(world.orders).toHaveLength(1);
    expect(world.waits.get(operation)).toBe('newer');
  });

  it('of another try is another build', async () => {
    world.put({ buildId });
    world.build({ status: 'FAILED' });
    await startTheBuild(world, { ...wait, attempt: 2 });
    expect(world.orders).toHaveLength(1);
    expect(world.completed).toEqual([]);
  });

  it('of a tag downloads the tag', async () => {
    world.put({ branch: undefined, tag: 'v1.0' });
    await startTheBuild(world, wait);
    expect(world.orders[0]?.source.version).toBe(`refs/tags/v1.0^{${commit}}`);
  });

  it('of an upload is one of exactly its version', async () => {
    world.put({ source: { kind: 's3', bucket: 'uploads', key: 'orders/source.zip', version: 'v1' } });
    await startTheBuild(world, wait);
    expect(world.orders[0]?.source).toEqual({ version: 'v1', archive: 'uploads/orders/source.zip' });
  });

  it('that is over at once completes its own wait', async () => {
    world.begun = { status: 'SUCCEEDED' };
    await startTheBuild(world, wait);
    expect(world.completed).toEqual([{ token, answer: { answer: 'built' } }]);
  });

  it('that fails at once says why before it completes', async () => {
    world.begun = { status: 'FAILED', trouble: 'BUILD: exit status 1' };
    world.lastWords = 'npm error 404 Not Found';
    await startTheBuild(world, wait);
    expect(world.log.slice(-2)).toEqual(['update outcome,reason', 'complete']);
    expect(world.release().reason).toMatch(/ended as FAILED in BUILD: npm error 404 Not Found\./);
  });

  it('without a configuration is a fault of the control plane', async () => {
    world.releases.set(id, (({ configuration: _, ...release }) => release)(aRelease()));
    await expect(startTheBuild(world, wait)).rejects.toMatchObject({ name: 'ConfigurationError' });
    expect(world.orders).toEqual([]);
  });
});

describe('the event of a build', () => {
  const event = (detail: Partial<BuildStateChange['detail']> = {}): BuildStateChange => ({
    id: '1',
    account: '111111111111',
    region: 'eu-west-1',
    time: '',
    source: 'aws.codebuild',
    'detail-type': 'CodeBuild Build State Change',
    detail: { 'build-id': buildId, 'build-status': 'SUCCEEDED', 'project-name': 'drawbridge-build-orders', ...detail },
  });

  beforeEach(() => {
    world.put({ buildId });
    world.waits.set(operation, token);
  });

  it('completes the wait', async () => {
    world.build();
    await onBuildEvent(world, event());
    expect(world.completed).toEqual([{ token, answer: { answer: 'built' } }]);
    await onBuildEvent(world, event());
    expect(world.completed).toHaveLength(1);
  });

  it('is not believed: how the build ended is asked of CodeBuild', async () => {
    world.build({ status: 'FAILED', trouble: 'PRE_BUILD: exit status 1', logs: 'https://logs' });
    await onBuildEvent(world, event({ 'build-status': 'SUCCEEDED' }));
    expect(world.completed).toEqual([{ token, answer: { answer: 'failed' } }]);
    expect(world.release()).toMatchObject({ outcome: 'failed', reason: `Building: ${buildId} ended as FAILED in PRE_BUILD: exit status 1. Log: https://logs` });
  });

  const others: [string, Partial<Build>][] = [
    ['of a build that goes on', { status: 'IN_PROGRESS' }],
    ['of another build that only says it is for this release', { id: 'drawbridge-build-orders:forged' }],
    ['of another application’s project that says it is for this release', { project: 'drawbridge-build-other' }],
    ['of a build that nobody started for a release', { variables: {} }],
    ['of a release that is not there', { variables: { DRAWBRIDGE_RELEASE: 'orders-99-00000000' } }],
  ];

  it.each(others)('%s completes nothing', async (_, fields) => {
    const { id: named } = world.build(fields);
    await onBuildEvent(world, event({ 'build-id': named }));
    expect(world.completed).toEqual([]);
    expect(world.release().outcome).toBeUndefined();
  });

  it('of a build that CodeBuild does not know completes nothing', async () => {
    await onBuildEvent(world, event());
    expect(world.completed).toEqual([]);
  });

  it('of a project that is not ours is not even looked up', async () => {
    world.build({ project: 'somebody-elses' });
    await onBuildEvent(world, event({ 'project-name': 'somebody-elses' }));
    expect(world.completed).toEqual([]);
  });
});

describe('looking at a build whose event did not come', () => {
  it('that goes on waits again with the new token and is counted', async () => {
    world.put({ buildId });
    world.build({ status: 'IN_PROGRESS' });
    await lookAtBuild(world, { ...wait, token: 'newer' });
    expect([world.waits.get(operation), world.stuck, world.completed]).toEqual(['newer', 1, []]);
  });

  it.each([
    ['SUCCEEDED', 'built'],
    ['TIMED_OUT', 'failed'],
    ['STOPPED', 'failed'],
  ])('that ended as %s is %s', async (status, answer) => {
    world.put({ buildId });
    world.build({ status });
    await lookAtBuild(world, wait);
    expect(world.completed).toEqual([{ token, answer: { answer } }]);
    expect(world.release().outcome).toBe(answer === 'failed' ? 'failed' : undefined);
  });

  it('that is forgotten has failed', async () => {
    world.put({ buildId });
    await lookAtBuild(world, wait);
    expect(world.completed.map(({ answer }) => answer)).toEqual([{ answer: 'failed' }]);
    expect(world.release().reason).toContain('Retry the release');
  });
});
