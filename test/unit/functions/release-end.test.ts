import { beforeEach, describe, expect, it } from 'vitest';
import type { EnvironmentRecord, Release } from '../../../contracts/release.ts';
import { chooseNextEnvironment } from '../../../functions/choose-next-environment/handler.ts';
import { reportRelease } from '../../../functions/report-release/handler.ts';
import { aRelease, aTarget } from '../../fakes/samples.ts';
import { ReleaseWorld, stubVariables } from '../../fakes/release-world.ts';

const { id } = aRelease();
let world: ReleaseWorld;

beforeEach(() => {
  stubVariables();
  world = new ReleaseWorld();
});

const order = (...names: string[]): Partial<Release> => ({ configuration: { build: { kind: 'sam', templates: [{ path: 'template.yaml' }] }, environments: names.map((name) => ({ name, targets: [aTarget()] })), remarks: [] } });
const ended = (environment: string, outcome: EnvironmentRecord['outcome'], more: Partial<EnvironmentRecord> = {}) =>
  world.environments.push({ release: id, environment, state: 'ended', attempt: '1-1', ...(outcome === undefined ? {} : { outcome }), updatedAt: '2026-01-01T00:00:00.000Z', ...more });
const next = (attempt = 1) => chooseNextEnvironment(world, { release: id, attempt });

describe('the next environment', () => {
  beforeEach(() => {
    world.put(order('dev', 'prod'));
  });

  it('comes when the one before ended well, until there is none', async () => {
    expect(await next()).toEqual({ answer: 'environment', environment: 'dev' });
    ended('dev', 'deployed');
    expect(await next()).toEqual({ answer: 'environment', environment: 'prod' });
    ended('prod', 'no-changes');
    expect(await next()).toEqual({ answer: 'done' });
  });

  it('does not come after one that failed, but a retry begins with that one', async () => {
    ended('dev', 'deployed');
    ended('prod', 'failed');
    expect(await next()).toEqual({ answer: 'done' });
    expect(await next(2)).toEqual({ answer: 'environment', environment: 'prod' });
  });
});

describe('the end of a release', () => {
  const end = (error?: { Error: string; Cause?: string }) => reportRelease(world, { release: id, attempt: 1, error });

  it('leaves no wait for a build behind, whatever came between', async () => {
    world.put(order('dev'));
    await world.storeWait({}, { operation: `build:${id}#1` }, 'the-token');
    expect(await end({ Error: 'AccessDeniedError', Cause: 'refused' })).toEqual({ outcome: 'failed' });
    expect(world.waits.size).toBe(0);
  });

  it('is deployed when some environment was', async () => {
    world.put(order('dev', 'prod'));
    ended('dev', 'deployed');
    ended('prod', 'no-changes');
    expect(await end()).toEqual({ outcome: 'deployed' });
    expect(world.release()).toMatchObject({ state: 'ended', outcome: 'deployed' });
    expect(world.release().reason).toBeUndefined();
    expect(world.reports).toMatchObject([{ kind: 'ended', outcome: 'deployed' }]);
  });

  it('is that of the environment that stopped it, in its words', async () => {
    world.put(order('dev', 'prod'));
    ended('dev', 'deployed');
    ended('prod', 'rejected', { reason: 'robin said no: not on a Friday' });
    expect(await end()).toEqual({ outcome: 'rejected' });
    expect(world.release().reason).toBe('prod: robin said no: not on a Friday');
  });

  it('that was decided before any environment stays as it was said', async () => {
    world.put({ ...order('dev'), outcome: 'failed', reason: 'Building: it broke' });
    expect(await end()).toEqual({ outcome: 'failed' });
    expect(world.release().reason).toBe('Building: it broke');
  });

  it('is failed when the workflow caught an error, in the error’s sentence', async () => {
    world.put(order('dev'));
    expect(await end({ Error: 'InvalidInputError', Cause: JSON.stringify({ errorMessage: 'Sealing the artifact: no.', trace: ['secret'] }) })).toEqual({ outcome: 'failed' });
    expect(world.release().reason).toBe('Sealing the artifact: no.');
  });

  it('said twice is the same end', async () => {
    world.put(order('dev'));
    ended('dev', 'deployed');
    expect([await end(), await end()]).toEqual([{ outcome: 'deployed' }, { outcome: 'deployed' }]);
  });
});
