import { describe, expect, it } from 'vitest';
import type { Environments } from '../../../../contracts/environments.ts';
import type { Deployed } from '../../../../contracts/plan.ts';
import type { Release } from '../../../../contracts/release.ts';
import { grouped, leavingSentence, leftByFiles, leftByRegistry, nameOfOld } from '../../../../domain/removal/left.ts';
import { mustStay } from '../../../../domain/removal/ownership.ts';
import { aDeployed, aRelease, aTarget, theRegistry } from '../../../fakes/samples.ts';

const registry = (change: (it: Environments) => void = () => undefined): Environments => {
  const it = structuredClone(theRegistry());
  change(it);
  return it;
};
const dev = (it: Environments) => it.environments['dev'] ?? { branches: ['main'], disposable: false, targets: [] };

describe('what has no place in the registered environments', () => {
  it.each([
    ['nothing while all is registered', registry(), aDeployed(), undefined],
    ['an application that left', registry((it) => (it.applications = {})), aDeployed(), 'orders is not registered any more'],
    ['an environment that left', registry((it) => (it.environments = {})), aDeployed(), 'the environment dev is not registered any more'],
    ['an environment that does not take it any more', registry((it) => (dev(it).applications = ['shop'])), aDeployed(), 'dev does not take orders any more'],
    ['a target that left', registry((it) => (dev(it).targets = [{ account: 'dev', region: 'us-east-1', wave: 1 }])), aDeployed(), 'the account 222222222222 in eu-west-1 is no target of dev any more'],
    ['an account that left', registry((it) => (it.accounts = {})), aDeployed(), 'the account 222222222222 in eu-west-1 is no target of dev any more'],
    ['nothing of a branch environment whose sandbox is registered', registry(), aDeployed({ environment: 'login-k3xq2ab', registered: 'dev' }), undefined],
    ['a branch environment whose sandbox left', registry((it) => (it.environments = {})), aDeployed({ environment: 'login-k3xq2ab', registered: 'dev' }), 'the environment dev is not registered any more'],
  ])('%s', (_, registered, row, why) => {
    expect(leftByRegistry(registered, [row]).map((it) => it.why)).toEqual(why === undefined ? [] : [why]);
  });
});

describe('what the files of a release do not name any more', () => {
  const data = aDeployed({ target: 'main-data', stackName: 'orders-data-dev' });
  const notice = (rows: readonly Deployed[], release: Partial<Release> = {}, { registered = registry(), filed = true } = {}) => leftByFiles(registered, aRelease(release), rows, () => filed);
  const names = (rows: readonly Deployed[], release?: Partial<Release>, more?: { registered?: Environments; filed?: boolean }) => notice(rows, release, more).left.map(({ row }) => row.stackName);
  const two = registry((it) => (it.environments['prod'] = { branches: ['main'], disposable: false, targets: [{ account: 'dev', region: 'eu-west-1', wave: 1 }] }));
  const inProd = aDeployed({ environment: 'prod', stackName: 'orders-prod' });

  it('is a stack that they made before', () => {
    expect(names([aDeployed(), data])).toEqual(['orders-data-dev']);
    expect(names([aDeployed()])).toEqual([]);
  });

  it('is an environment that they named before, and not one that somebody took the release to by hand', () => {
    expect(names([aDeployed(), inProd], {}, { registered: two })).toEqual(['orders-prod']);
    expect(names([aDeployed(), inProd], {}, { registered: two, filed: false })).toEqual([]);
  });

  it('is nothing of another branch, of a tag, or of an environment that takes no such release', () => {
    expect(names([aDeployed({ ...data, branch: 'release' })])).toEqual([]);
    expect(names([aDeployed({ ...data, branch: undefined, tag: 'v1' })])).toEqual([]);
    expect(names([inProd])).toEqual([]);
  });

  it('is nothing where a release goes back, to one environment only, or is only looked at', () => {
    for (const release of [{ from: 'orders-3-3f2a9c1b' }, { only: 'dev' }, { mode: 'plan' }, { mode: 'remove' }] as const) expect(names([data], release)).toEqual([]);
  });

  it('is the place that a target left for another one', () => {
    const before = aDeployed({ target: nameOfOld(aDeployed({ stackName: 'orders' })), stackName: 'orders' });
    expect(names([aDeployed(), before])).toEqual(['orders']);
    expect(before.target).toMatch(/^old-[0-9a-f]{8}$/);
  });

  it('is no stack that goes on under another name of a target: the old name is only forgotten', () => {
    const { left, renamed } = notice([aDeployed({ target: 'before' })]);
    expect(left).toEqual([]);
    expect(renamed.map(({ target }) => target)).toEqual(['before']);
    const moved = notice([aDeployed({ environment: 'dev', target: 'x', stackName: 'shared' }), aDeployed({ environment: 'test', target: 'y', stackName: 'shared', sequence: 13 })], { configuration: { environments: [{ name: 'dev', targets: [aTarget()] }], remarks: [] } });
    expect(moved.left).toEqual([]);
  });
});

it('there is one removal for each environment, with a sentence', () => {
  const leaving = leftByRegistry({ ...theRegistry(), applications: {} }, [aDeployed(), aDeployed({ target: 'data', stackName: 'orders-data' }), aDeployed({ environment: 'prod', stackName: 'orders-prod' })]);
  expect(grouped(leaving).map((it) => [it.environment, it.targets])).toEqual([['dev', ['main', 'data']], ['prod', ['main']]]);
  expect(grouped(leaving).map(leavingSentence)).toEqual(['orders in dev (orders-dev, orders-data): orders is not registered any more.', 'orders in prod (orders-prod): orders is not registered any more.']);
});

describe('a stack that is there', () => {
  const owner = { application: 'orders', environment: 'dev', target: aTarget() };
  const tags = { 'drawbridge:application': 'orders', 'drawbridge:environment': 'dev' };
  it.each([
    ['is ours by its tags', { tags, terminationProtection: false }, undefined],
    ['is another environment’s', { tags: { ...tags, 'drawbridge:environment': 'prod' }, terminationProtection: false }, 'belongs to orders in prod, not to orders in dev'],
    ['is another application’s', { tags: { ...tags, 'drawbridge:application': 'shop' }, terminationProtection: false }, 'belongs to shop in dev'],
    ['is nobody’s', { tags: {}, terminationProtection: false }, 'belongs to nobody that Drawbridge knows'],
    ['is protected', { tags, terminationProtection: true }, 'aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name orders-dev --region eu-west-1, in 222222222222'],
  ])('%s', (_, found, why) => {
    const said = mustStay({ name: 'orders-dev', ...found }, owner);
    if (why === undefined) expect(said).toBeUndefined();
    else expect(said).toContain(why);
  });
});
