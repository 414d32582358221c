import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Outcome } from '../../../contracts/outcome.ts';
import { checkChangeSet, checkRecords } from '../../../domain/check-plan.ts';
import { digestOf, judge } from '../../../domain/judge.ts';
import { leftBehind } from '../../../domain/left-behind.ts';
import { anApproval, aRecord, aVote } from '../../fakes/samples.ts';

const two = ['a', 'b'];
const planned = (target: string, digest = '1'.repeat(64)) => aRecord({ target, digest });
const unchanged = (target: string) => aRecord({ target, state: 'ended', outcome: 'no-changes' });
const step = (records: ReturnType<typeof aRecord>[], more: Partial<Parameters<typeof judge>[0]> = {}) => judge({ targets: two, records, mode: 'deploy', gate: alone, approval: undefined, ...more }).step;

const alone = { verdict: 'auto', demanded: false, atLeast: 1 } as const;
const oneYes = { verdict: 'one', demanded: true, atLeast: 1 } as const;
const twoYeses = { verdict: 'two', demanded: true, atLeast: 2 } as const;
const refused = { verdict: 'refuse', demanded: true, atLeast: 1 } as const;
const approved = (fields: Partial<ReturnType<typeof anApproval>> = {}) => anApproval({ state: 'approved', ...yesesOf('alex'), ...fields });
const yesesOf = (...people: string[]) => ({ votes: people.map((approver) => aVote({ approver })) });

describe('what follows from the plans of an environment', () => {
  it('goes on where nobody is asked', () => {
    expect(step([planned('a'), unchanged('b')])).toBe('go');
  });

  it('asks nobody when nothing changes anywhere', () => {
    expect(step([unchanged('a'), unchanged('b')], { gate: oneYes })).toBe('nothing');
  });

  it('is failed when one target failed, is missing or did not settle', () => {
    expect(step([planned('a'), aRecord({ target: 'b', state: 'ended', outcome: 'failed' })])).toBe('failed');
    expect(step([planned('a')])).toBe('failed');
    expect(step([planned('a'), aRecord({ target: 'b', state: 'planning', digest: undefined })])).toBe('failed');
  });

  it('sends a vanished change set back to planning', () => {
    expect(step([planned('a'), aRecord({ target: 'b', state: 'ended', outcome: 'stale' })])).toBe('go');
  });

  it('asks for what is planned though another target is deferred, and asks again when that is planned', () => {
    const later = aRecord({ target: 'b', state: 'deferred', digest: undefined });
    const digest = digestOf(two, [planned('a'), later]) ?? '';
    expect(step([planned('a'), later], { gate: oneYes })).toBe('ask');
    expect(step([planned('a'), later], { gate: oneYes, approval: approved({ digest }) })).toBe('go');
    const deployed = aRecord({ target: 'a', digest: '1'.repeat(64), state: 'ended', outcome: 'deployed' });
    expect(step([deployed, planned('b', '2'.repeat(64))], { gate: oneYes, approval: approved({ digest }) })).toBe('ask');
  });

  it('asks nobody while nothing can be planned yet', () => {
    expect(step([unchanged('a'), aRecord({ target: 'b', state: 'deferred', digest: undefined })], { gate: oneYes })).toBe('go');
  });

  it('only looks in a release that was made to look', () => {
    expect(step([planned('a'), planned('b')], { mode: 'plan', gate: oneYes })).toBe('planned');
  });

  it('keeps a yes to the equal digest, and asks again for any other', () => {
    const records = [planned('a'), planned('b')];
    const digest = digestOf(two, records) ?? '';
    expect(step(records, { gate: oneYes, approval: approved({ digest }) })).toBe('go');
    expect(step(records, { gate: oneYes, approval: approved({ digest: 'f'.repeat(64) }) })).toBe('ask');
    expect(step(records, { gate: oneYes, approval: approved({ state: 'rejected', digest }) })).toBe('ask');
    expect(step(records, { gate: oneYes })).toBe('ask');
  });

  it('asks again where a yes was enough for the rules of then, and two are asked for now', () => {
    const records = [planned('a'), planned('b')];
    const digest = digestOf(two, records) ?? '';
    expect(step(records, { gate: twoYeses, approval: approved({ digest }) })).toBe('ask');
    expect(step(records, { gate: twoYeses, approval: approved({ digest, ...yesesOf('alex', 'robin') }) })).toBe('go');
    expect(step(records, { gate: twoYeses, approval: approved({ digest, ...yesesOf('alex', 'alex') }) })).toBe('ask');
  });

  it('is refused where the rules refuse it, whoever said yes, and nobody is asked', () => {
    const records = [planned('a'), planned('b')];
    const digest = digestOf(two, records) ?? '';
    expect(step(records, { gate: refused, approval: approved({ digest, ...yesesOf('alex', 'robin') }) })).toBe('refused');
    expect(step(records, { gate: refused, mode: 'plan' })).toBe('planned');
    expect(step([unchanged('a'), unchanged('b')], { gate: refused })).toBe('nothing');
  });

  it('never goes on without the yes that is demanded, unless something must be planned again', () => {
    const record = fc.record({ target: fc.constantFrom(...two), state: fc.constantFrom('planned', 'ended', 'planning'), outcome: fc.option(fc.constantFrom(...Outcome.options), { nil: undefined }) });
    fc.assert(
      fc.property(fc.array(record, { maxLength: 3 }), (list) => {
        const records = list.map((fields) => aRecord(fields as Partial<ReturnType<typeof aRecord>>));
        if (step(records, { gate: oneYes }) === 'go') expect(records.some(({ outcome }) => outcome === 'stale')).toBe(true);
      }),
    );
  });
});

describe('the check under the lock', () => {
  const facts = { sequence: 12, record: { state: 'planned', digest: 'x' }, deployed: undefined, refusal: undefined, gate: alone, approval: undefined, environmentDigest: 'e' } as const;
  const yes = approved({ digest: 'e' });

  it.each<[string, Partial<Parameters<typeof checkRecords>[0]>]>([
    ['execute', {}],
    ['execute', { deployed: { sequence: 12, release: 'orders-12-aaaaaaaa' } }],
    ['superseded', { deployed: { sequence: 13, release: 'orders-13-aaaaaaaa' } }],
    ['frozen', { refusal: 'the environment dev is not registered any more' }],
    ['stale', { gate: oneYes }],
    ['stale', { gate: oneYes, approval: approved({ digest: 'other' }) }],
    ['stale', { gate: oneYes, approval: { ...yes, state: 'waiting' } }],
    ['stale', { gate: oneYes, approval: { ...yes, votes: [] } }],
    ['execute', { gate: oneYes, approval: yes }],
    ['stale', { gate: twoYeses, approval: yes }],
    ['execute', { gate: twoYeses, approval: { ...yes, ...yesesOf('alex', 'robin') } }],
    ['frozen', { gate: refused, approval: { ...yes, ...yesesOf('alex', 'robin') } }],
    ['stale', { record: undefined }],
  ])('says %s for %o', (expected, more) => {
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
