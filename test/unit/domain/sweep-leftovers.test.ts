import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BranchEnvironment } from '../../../contracts/branch-environment.ts';
import type { Environments } from '../../../contracts/environments.ts';
import type { FoundStack } from '../../../contracts/sweep.ts';
import { branchEnvironmentName } from '../../../domain/branch-name.ts';
import { ownerTags, tagValue } from '../../../domain/owner-tags.ts';
import { type Knows, orphanOf } from '../../../domain/sweep/orphans.ts';
import { mayRemoveShell, type SeenShell, shellPolicy } from '../../../domain/sweep/shells.ts';
import { theRegistry } from '../../fakes/samples.ts';

const now = new Date('2026-05-03T12:00:00.000Z');
const ago = (hours: number): string => new Date(now.getTime() - hours * 3_600_000).toISOString();
const branch = 'feature/login';
const environment = branchEnvironmentName(branch);
const place = { account: '333333333333', region: 'eu-west-1' };
const stackName = `orders-${environment}`;
const stack: FoundStack = { stackName, stackArn: `arn:aws:cloudformation:eu-west-1:333333333333:stack/${stackName}/1`, status: 'CREATE_COMPLETE', createdAt: ago(48), application: 'orders', environment, branch, types: [] };
const at = (account: string) => [{ account, region: 'eu-west-1', wave: 1 }];
const registry = (more: Environments['environments'] = {}): Environments => ({
  ...theRegistry(),
  accounts: { ...theRegistry().accounts, sandbox: { id: place.account, externalId: 'drawbridge-333333333333' } },
  environments: { dev: { branches: ['main'], disposable: false, targets: at('dev') }, sandbox: { branches: ['feature/*'], disposable: true, targets: at('sandbox') }, ...more },
});
const row: BranchEnvironment = { application: 'orders', name: environment, registered: 'sandbox', branch, repository: 'orders', createdAt: ago(90), releasedAt: ago(90), expiresAt: ago(60), release: 'orders-3-aaaaaaaa', sequence: 3, by: 'Kim', state: 'removed', version: 1 };
const knows = (fields: Partial<Knows> = {}): Knows => ({ registry: registry(), rows: [], noted: [], branches: ['main'], ...fields });

describe('the stack of a branch that is gone, and of which nobody knows', () => {
  it.each([
    ['is removed', {}, {}],
    ['is removed where its environment is noted as removed', {}, { rows: [row] }],
    ['is removed where its first creation failed', { status: 'ROLLBACK_COMPLETE' }, {}],
    ['is removed beside an environment there that does not take its application', {}, { registry: registry({ shared: { branches: ['main'], disposable: false, applications: ['carts'], targets: at('sandbox') } }) }],
  ] satisfies [string, Partial<FoundStack>, Partial<Knows>][])('%s', (_, fields, known) => {
    expect(orphanOf({ ...stack, ...fields }, place, knows(known), now)).toEqual({ application: 'orders', environment, branch, repository: 'orders', registered: 'sandbox', place: { ...place, stackName }, stackArn: stack.stackArn });
  });

  it.each([
    ['one without a branch', { branch: undefined }, {}],
    ['one of another name than its branch makes', { environment: 'login-aaaaaaa' }, {}],
    ['one whose tag could not hold the name of its branch', { branch: tagValue('feature/Login_#1'), environment: branchEnvironmentName('feature/Login_#1'), stackName: `orders-${branchEnvironmentName('feature/Login_#1')}` }, {}],
    ['one whose own name does not hold that of its environment', { stackName: 'orders-prod' }, {}],
    ['one that the application may not have', { stackName: `carts-${environment}` }, {}],
    ['one of an application that is not registered', { application: 'carts' }, {}],
    ['one that is moving', { status: 'UPDATE_IN_PROGRESS' }, {}],
    ['an empty one', { status: 'REVIEW_IN_PROGRESS' }, {}],
    ['one of a status that nobody knows', { status: 'RESTING' }, {}],
    ['one that was made today', { createdAt: ago(23) }, {}],
    ['one that was changed today', { changedAt: ago(23) }, {}],
    ['one whose branch is there', {}, { branches: ['main', branch] }],
    ['one of a repository into which nobody could look', {}, { branches: undefined }],
    ['one whose environment is there', {}, { rows: [{ ...row, state: 'live' }] }],
    ['one whose environment is being removed', {}, { rows: [{ ...row, state: 'removing' }] }],
    ['one whose environment was another branch’s', {}, { rows: [{ ...row, branch: 'feature/logout' }] }],
    ['one whose environment was in another sandbox', {}, { rows: [{ ...row, registered: 'attic' }] }],
    ['one that is noted as deployed, by whomever', {}, { noted: [{ ...place, stackName }] }],
    ['one in an account that is no sandbox’s', {}, { registry: { ...registry(), environments: { dev: { branches: ['main'], disposable: false, targets: at('sandbox') } } } }],
    ['one in an account that an environment shares which is no sandbox', {}, { registry: registry({ prod: { branches: ['main'], disposable: false, targets: at('sandbox') } }) }],
    ['one in a sandbox that does not take its application', {}, { registry: { ...registry(), environments: { sandbox: { branches: ['feature/*'], disposable: true, applications: ['carts'], targets: at('sandbox') } } } }],
    ['one of a registered environment of that name', {}, { registry: registry({ [environment]: { branches: ['main'], disposable: false, targets: at('dev') } }) }],
  ] satisfies [string, Partial<FoundStack>, Partial<Knows>][])('is never %s', (_, fields, known) => {
    expect(orphanOf({ ...stack, ...fields }, place, knows(known), now)).toBeUndefined();
  });

  it('is in no other account and no other Region', () => {
    expect(orphanOf(stack, { ...place, account: '222222222222' }, knows(), now)).toBeUndefined();
    expect(orphanOf(stack, { ...place, region: 'us-east-1' }, knows(), now)).toBeUndefined();
  });

  it('is nothing else, whatever lies in whichever accounts', () => {
    const names = fc.constantFrom(environment, 'dev', 'sandbox', branchEnvironmentName('feature/tax'), undefined);
    const found = fc.record({
      stackName: fc.constantFrom(stackName, 'orders-dev', `carts-${environment}`, environment),
      status: fc.constantFrom('CREATE_COMPLETE', 'UPDATE_ROLLBACK_FAILED', 'ROLLBACK_COMPLETE', 'REVIEW_IN_PROGRESS', 'UPDATE_IN_PROGRESS', 'DELETE_IN_PROGRESS'),
      hours: fc.integer({ min: 0, max: 72 }),
      application: fc.constantFrom('orders', 'carts', undefined),
      environment: names,
      branch: fc.constantFrom(branch, 'feature/tax', 'main', undefined),
    });
    const environments = fc.record({ disposable: fc.boolean(), dev: fc.constantFrom('dev', 'sandbox'), taken: fc.boolean() });
    const state = fc.constantFrom<BranchEnvironment['state'] | undefined>('live', 'removing', 'removed', undefined);
    fc.assert(
      fc.property(found, environments, state, fc.boolean(), fc.constantFrom(undefined, ['main'], ['main', branch]), fc.constantFrom(place.account, '222222222222'), ({ hours, ...fields }, their, rowState, isNoted, branches, account) => {
        const it = { ...stack, ...fields, createdAt: ago(hours) };
        const all = { ...registry(), environments: { dev: { branches: ['main'], disposable: false, targets: at(their.dev), ...(their.taken ? {} : { applications: ['carts'] }) }, sandbox: { branches: ['feature/*'], disposable: their.disposable, targets: at('sandbox') } } };
        const orphan = orphanOf(it, { ...place, account }, knows({ registry: all, rows: rowState === undefined ? [] : [{ ...row, state: rowState }], noted: isNoted ? [{ account, region: place.region, stackName: it.stackName }] : [], branches }), now);
        if (orphan === undefined) return;
        expect(ownerTags(it as Parameters<typeof ownerTags>[0])).toEqual(ownerTags({ application: 'orders', environment, branch }));
        expect([it.stackName, account, their.disposable, isNoted, branches]).toEqual([stackName, place.account, true, false, ['main']]);
        expect(their.dev === 'sandbox' && their.taken).toBe(false);
        expect(rowState === undefined || rowState === 'removed').toBe(true);
        expect(hours).toBeGreaterThanOrEqual(24);
        expect(it.status).not.toMatch(/IN_PROGRESS/);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('an empty stack', () => {
  const shell = (fields: Partial<SeenShell> = {}): SeenShell => ({ status: 'REVIEW_IN_PROGRESS', createdAt: ago(1), application: 'orders', environment: 'prod', changeSets: ['orders-7-aaaaaaaa-1-1'], releases: new Map([['orders-7-aaaaaaaa', 'ended']]), locked: false, ...fields });

  it.each<[string, Partial<SeenShell>, boolean]>([
    ['whose release has ended goes', {}, true],
    ['whose release goes on stays', { releases: new Map([['orders-7-aaaaaaaa', 'running']]) }, false],
    ['of two releases of which one goes on stays', { changeSets: ['orders-7-aaaaaaaa-1-1', 'orders-8-bbbbbbbb-1-1'], releases: new Map([['orders-7-aaaaaaaa', 'ended'], ['orders-8-bbbbbbbb', 'running']]) }, false],
    ['whose release nobody knows stays for a day', { releases: new Map() }, false],
    ['whose release nobody knows goes after a day', { releases: new Map(), createdAt: ago(25) }, true],
    ['without a change set goes after a day', { changeSets: [], createdAt: ago(25) }, true],
    ['without a change set stays for a day', { changeSets: [] }, false],
    ['that was made a moment ago stays', { createdAt: ago(0) }, false],
    ['with a change set of somebody else’s stays', { changeSets: ['orders-7-aaaaaaaa-1-1', 'mine'] }, false],
    ['with a change set of another application’s release stays', { changeSets: ['carts-7-aaaaaaaa-1-1'], releases: new Map([['carts-7-aaaaaaaa', 'ended']]) }, false],
    ['of which nothing says that it is ours stays', { application: undefined, environment: undefined }, false],
    ['that somebody moves stays', { locked: true }, false],
    ['that is none any more stays', { status: 'CREATE_IN_PROGRESS' }, false],
    ['is no stack that holds something', { status: 'CREATE_COMPLETE' }, false],
  ])('%s', (_, fields, goes) => {
    expect(mayRemoveShell(shell(fields), now)).toBe(goes);
  });

  it('is deleted with a session that can touch this one stack only', () => {
    expect(JSON.parse(shellPolicy(stack.stackArn))).toMatchObject({ Statement: [{ Resource: stack.stackArn }] });
  });
});
