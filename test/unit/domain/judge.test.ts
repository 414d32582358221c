import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Outcome } from '../../../contracts/outcome.ts';
import { checkChangeSet, checkRecords } from '../../../domain/check-plan.ts';
import { digestOf, judge } from '../../../domain/judge.ts';
import { leftBehind } from '../../../domain/left-behind.ts';
import { refusal } from '../../../domain/still-allowed.ts';
import { fits } from '../../../domain/wildcard.ts';
import { aRecord, aRelease, aTarget, theRegistry } from '../../fakes/samples.ts';

const two = ['a', 'b'];
const planned = (target: string, digest = '1'.repeat(64)) => aRecord({ target, digest });
const unchanged = (target: string) => aRecord({ target, state: 'ended', outcome: 'no-changes' });
const verdict = (records: ReturnType<typeof aRecord>[], more: Partial<Parameters<typeof judge>[0]> = {}) => judge({ targets: two, records, mode: 'deploy', demanded: false, approval: undefined, ...more }).verdict;

describe('the verdict on the plans of an environment', () => {
  it('goes on where nobody is asked', () => {
    expect(verdict([planned('a'), unchanged('b')])).toBe('go');
  });

  it('asks nobody when nothing changes anywhere', () => {
    expect(verdict([unchanged('a'), unchanged('b')], { demanded: true })).toBe('nothing');
  });

  it('is failed when one target failed, is missing or did not settle', () => {
    expect(verdict([planned('a'), aRecord({ target: 'b', state: 'ended', outcome: 'failed' })])).toBe('failed');
    expect(verdict([planned('a')])).toBe('failed');
    expect(verdict([planned('a'), aRecord({ target: 'b', state: 'planning', digest: undefined })])).toBe('failed');
  });

  it('sends a vanished change set back to planning', () => {
    expect(verdict([planned('a'), aRecord({ target: 'b', state: 'ended', outcome: 'stale' })])).toBe('go');
  });

  it('only looks in a release that was made to look', () => {
    expect(verdict([planned('a'), planned('b')], { mode: 'plan', demanded: true })).toBe('planned');
  });

  it('keeps a yes to the equal digest, and asks again for any other', () => {
    const records = [planned('a'), planned('b')];
    const digest = digestOf(two, records) ?? '';
    expect(verdict(records, { demanded: true, approval: { state: 'approved', digest } })).toBe('go');
    expect(verdict(records, { demanded: true, approval: { state: 'approved', digest: 'f'.repeat(64) } })).toBe('ask');
    expect(verdict(records, { demanded: true, approval: { state: 'rejected', digest } })).toBe('ask');
    expect(verdict(records, { demanded: true })).toBe('ask');
  });

  it('never goes on without the yes that is demanded, unless something must be planned again', () => {
    const record = fc.record({ target: fc.constantFrom(...two), state: fc.constantFrom('planned', 'ended', 'planning'), outcome: fc.option(fc.constantFrom(...Outcome.options), { nil: undefined }) });
    fc.assert(
      fc.property(fc.array(record, { maxLength: 3 }), (list) => {
        const records = list.map((fields) => aRecord(fields as Partial<ReturnType<typeof aRecord>>));
        if (verdict(records, { demanded: true }) === 'go') expect(records.some(({ outcome }) => outcome === 'stale')).toBe(true);
      }),
    );
  });
});

describe('the check under the lock', () => {
  const facts = { sequence: 12, record: { state: 'planned', digest: 'x' }, deployed: undefined, refusal: undefined, demanded: false, approval: undefined, environmentDigest: 'e' } as const;

  it.each([
    ['execute', {}],
    ['execute', { deployed: { sequence: 12, release: 'orders-12-aaaaaaaa' } }],
    ['superseded', { deployed: { sequence: 13, release: 'orders-13-aaaaaaaa' } }],
    ['frozen', { refusal: 'the environment dev is not registered any more' }],
    ['stale', { demanded: true }],
    ['stale', { demanded: true, approval: { state: 'approved', digest: 'other' } }],
    ['stale', { demanded: true, approval: { state: 'waiting', digest: 'e' } }],
    ['execute', { demanded: true, approval: { state: 'approved', digest: 'e' } }],
    ['stale', { record: undefined }],
  ] as const)('says %s for %o', (expected, more) => {
    const check = checkRecords({ ...facts, ...more });
    expect(check.answer === 'execute' ? 'execute' : check.outcome).toBe(expected);
  });

  it('executes only a ready change set of equal digest', () => {
    expect(checkChangeSet('ready', 'a', 'a').answer).toBe('execute');
    for (const answer of ['gone', 'pending', 'failed', 'no-changes'] as const) expect(checkChangeSet(answer, 'a', 'a')).toMatchObject({ outcome: 'stale' });
    expect(checkChangeSet('ready', 'a', 'b')).toMatchObject({ outcome: 'stale' });
  });
});

describe('what a plan leaves behind', () => {
  it.each([
    ['nothing that was ever recorded', undefined, [false, false]],
    ['a plan of a stack that is there', { createdShell: false }, [true, false]],
    ['a plan of a stack that is not', { createdShell: true }, [true, true]],
    ['a shell without changes', { createdShell: true, state: 'ended', outcome: 'no-changes' }, [false, true]],
    ['what was executed', { createdShell: true, state: 'ended', outcome: 'failed', executed: true }, [false, false]],
    ['what is being executed', { createdShell: true, state: 'executing' }, [false, false]],
    ['what was deployed', { createdShell: true, state: 'ended', outcome: 'deployed' }, [false, false]],
    ['what was never opened', { state: 'ended', outcome: 'failed' }, [false, false]],
  ] as const)('is known for %s', (_, fields, [changeSet, shell]) => {
    expect(leftBehind(fields === undefined ? undefined : aRecord(fields))).toEqual({ changeSet, shell });
  });
});

describe('the newest registered environments', () => {
  const environment = { name: 'dev', targets: [aTarget()] };
  const approval = { approvers: ['alex'], required: 1, expires: '3 days', authorMayApprove: false };

  it('let a release go on that they still take', () => {
    expect(refusal(theRegistry(), aRelease(), environment)).toBeUndefined();
  });

  it.each<[string, (registry: ReturnType<typeof theRegistry>) => void]>([
    ['the environment dev is not registered', (it) => void Reflect.deleteProperty(it.environments, 'dev')],
    ['the application orders is not registered', (it) => void Reflect.deleteProperty(it.applications, 'orders')],
    ['another repository', (it) => void Object.assign(it.applications, { orders: { repository: 'evil' } })],
    ['does not accept orders', (it) => void Object.assign(it.environments['dev'] ?? {}, { applications: ['billing'] })],
    ['does not accept the branch main', (it) => void Object.assign(it.environments['dev'] ?? {}, { branches: ['release/*'] })],
    ['is not a target', (it) => void Object.assign(it.accounts, { dev: { id: '999999999999', externalId: 'x1' } })],
    ['another external id', (it) => void Object.assign(it.accounts, { dev: { id: '222222222222', externalId: 'x1' } })],
    ['may not use the stack name', (it) => void Object.assign(it.applications, { orders: { repository: 'orders', stacks: ['shop-*'] } })],
    ['asks for an approval now', (it) => void Object.assign(it.environments['dev'] ?? {}, { approval })],
  ])('refuse: %s', (words, change) => {
    const registry = theRegistry();
    change(registry);
    expect(refusal(registry, aRelease(), environment)).toContain(words);
  });

  it('refuse an approval that is weaker than what they ask now', () => {
    const registry = theRegistry();
    Object.assign(registry.environments['dev'] ?? {}, { approval: { ...approval, required: 2 } });
    const asked = { approvers: ['alex'], required: 1, expiresInSeconds: 60, authorMayApprove: false };
    expect(refusal(registry, aRelease(), { ...environment, approval: asked })).toContain('2 approvals');
    expect(refusal(registry, aRelease(), { ...environment, approval: { ...asked, required: 2, approvers: ['eve'] } })).toContain('eve may not approve');
    expect(refusal(registry, aRelease(), { ...environment, approval: { ...asked, required: 2, authorMayApprove: true } })).toContain('authors');
    expect(refusal(registry, aRelease(), { ...environment, approval: { ...asked, required: 2 } })).toBeUndefined();
  });

  it('read a star as any run of characters and everything else as itself', () => {
    expect([fits('release/*', 'release/1'), fits('*', ''), fits('a.c', 'abc'), fits('feature-*-x', 'feature-1-2-x')]).toEqual([true, true, false, true]);
  });
});
