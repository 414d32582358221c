import { describe, expect, it } from 'vitest';
import { askedWhileHalted, type Came, environmentsOf, isGoing, stoppedBy, yesWhileHalted } from '../../../domain/halt.ts';
import { anApproval, aRelease, aTarget } from '../../fakes/samples.ts';

const numbered = (sequence: number, fields: Partial<Came['release']> = {}) => aRelease({ id: `orders-${String(sequence)}-3f2a9c1b`, sequence, state: 'ended', ...fields });
const came = (sequence: number, name: string, record: Came['record'], more: Partial<Omit<Came, 'release'>> & { readonly release?: Partial<Came['release']> } = {}): Came => ({
  environment: { name }, record, ...more, release: numbered(sequence, more.release),
});
const ended = (outcome: 'deployed' | 'frozen' | 'superseded', more: Partial<NonNullable<Came['record']>> = {}) => ({ state: 'ended', attempt: '1', outcome, ...more }) as const;
const halted = ended('frozen', { halted: true });
const names = (...all: Came[]) => stoppedBy(all).map(({ release, environment }) => `${release.split('-')[1] ?? ''} ${environment}`);

describe('what a halt stopped', () => {
  it('is the newest release in each environment, whatever the order they are found in', () => {
    expect(names(came(7, 'prod', halted), came(9, 'prod', halted), came(8, 'login-k3xq2ab', halted))).toEqual(['9 prod', '8 login-k3xq2ab']);
  });

  it.each<[string, Came]>([
    ['was deployed', came(9, 'prod', ended('deployed'))],
    ['is on its way', came(9, 'prod', undefined, { release: { state: 'running' } })],
    ['is tried again', came(9, 'prod', halted, { release: { state: 'running', attempt: 2 } })],
    ['was tried again and ended before it came there', came(9, 'prod', halted, { release: { attempt: 2 } })],
    ['was promoted elsewhere after it was deployed', came(9, 'prod', ended('deployed'), { release: { attempt: 2 } })],
    ['is frozen because the registered environments changed', came(9, 'prod', ended('frozen'))],
  ])('is nothing where a newer release %s', (_, newer) => {
    expect(names(came(8, 'prod', halted), newer)).toEqual([]);
  });

  it.each<[string, Came]>([
    ['ended before it came there', came(9, 'prod', undefined)],
    ['only looked', came(9, 'prod', { state: 'planning', attempt: '1', outcome: undefined }, { release: { mode: 'plan' } })],
  ])('is the older release where a newer one %s', (_, newer) => {
    expect(names(came(8, 'prod', halted), newer)).toEqual(['8 prod']);
  });

  it('leaves out a branch that was deleted, merged or stopped meanwhile, but not the removal that waits for the resume', () => {
    const environment = { name: 'login-k3xq2ab', branch: 'feature/login' };
    const { commit } = aRelease();
    expect(names(came(8, environment.name, halted, { environment, rests: { commit, because: 'deleted' } }))).toEqual([]);
    expect(names(came(8, environment.name, halted, { environment, rests: { commit, because: 'ended' } }))).toEqual([]);
    expect(names(came(8, environment.name, halted, { environment, rests: { commit: 'another', because: 'ended' } }))).toEqual(['8 login-k3xq2ab']);
    expect(names(came(9, environment.name, halted, { environment, rests: { commit, because: 'deleted' }, release: { mode: 'remove' } }))).toEqual(['9 login-k3xq2ab']);
  });
});

describe('the environments that are halted by a registered name', () => {
  it('are the registered one itself, and those of branches that are instances of it', () => {
    const environments = [{ name: 'dev', targets: [aTarget()] }, { name: 'login-k3xq2ab', registered: 'sandbox', branch: 'feature/login', targets: [aTarget()] }];
    const release = aRelease({ configuration: { environments, remarks: [] } });
    expect(environmentsOf(release, 'sandbox').map(({ name }) => name)).toEqual(['login-k3xq2ab']);
    expect(environmentsOf(release, 'dev').map(({ name }) => name)).toEqual(['dev']);
    expect(environmentsOf(release, 'login-k3xq2ab')).toEqual([]);
  });
});

describe('whoever follows a release reads of a halt', () => {
  it.each<[string, boolean, Came]>([
    ['while it is on its way there', true, came(9, 'prod', undefined, { release: { state: 'running' } })],
    ['also in another try', true, came(9, 'prod', halted, { release: { state: 'running', attempt: 2 } })],
    ['not when it has been there', false, came(9, 'prod', ended('deployed'), { release: { state: 'running' } })],
    ['not when it has ended', false, came(9, 'prod', undefined)],
    ['not when it only looks', false, came(9, 'prod', undefined, { release: { state: 'running', mode: 'plan' } })],
  ])('%s', (_, told, it) => {
    expect(isGoing(it)).toBe(told);
  });
});

describe('a question in an environment that is halted', () => {
  const halt = { environment: 'prod', reason: 'the sale', by: 'alex', at: '2026-11-27T08:00:00.000Z' };

  it('says since when, by whom and why, and what a yes comes to', () => {
    expect(askedWhileHalted(halt, anApproval())).toEqual(['prod is halted since 2026-11-27 at 08:00 UTC by alex: the sale. A yes now would deploy nothing: the release would end as frozen, and have to be retried when prod is resumed.']);
    expect(askedWhileHalted(halt, anApproval({ removes: true }))[0]).toContain('would remove nothing');
  });

  it('says nothing where nothing is halted, or nothing is asked any more', () => {
    expect(askedWhileHalted(undefined, anApproval())).toEqual([]);
    expect(askedWhileHalted(halt, anApproval({ state: 'expired' }))).toEqual([]);
  });

  it('tells whoever said the last yes that nothing happens', () => {
    expect(yesWhileHalted(halt, { state: 'approved' })).toBe('The yes counts, but nothing happens now: prod is halted by alex: the sale. When it is resumed, retry the release.');
    for (const state of ['waiting', 'rejected'] as const) expect(yesWhileHalted(halt, { state })).toBeUndefined();
    expect(yesWhileHalted(undefined, { state: 'approved' })).toBeUndefined();
  });
});
