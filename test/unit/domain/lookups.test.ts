import { describe, expect, it } from 'vitest';
import { checkLookups } from '../../../domain/check-plan.ts';
import { fingerprints, type StoredParameter, valuesOf } from '../../../domain/lookups.ts';
import { aTarget } from '../../fakes/samples.ts';

const stored = (fields: Partial<StoredParameter> = {}): StoredParameter => ({ type: 'String', value: 'vpc-1', version: 1, changedAt: '2026-01-01T00:00:00.000Z', ...fields });
const lookups = { Vpc: { store: 'target', path: '/network/vpc', file: 'drawbridge.yaml' } } as const;
const where = { lookups, target: aTarget() };

it.each(['String', 'StringList'])('a %s is taken as it is', (type) => {
  expect(valuesOf({ Vpc: stored({ type, value: 'a,b' }) }, where)).toEqual({ Vpc: 'a,b' });
});

it.each([
  { what: 'one that is missing', found: undefined, says: 'is not there; put it there, or correct the name' },
  { what: 'a SecureString', found: stored({ type: 'SecureString', value: 'AQICAHh' }), says: 'Keep it in Secrets Manager and say secret:NAME#KEY' },
  { what: 'a type that nobody knows', found: stored({ type: 'Number' }), says: 'is a Number; only String and StringList are taken' },
  { what: 'a value that is a reference itself', found: stored({ value: 'x{{resolve:secretsmanager:other}}' }), says: 'holds a dynamic reference' },
])('$what is refused with the parameter, the account and the file', ({ found, says }) => {
  const take = () => valuesOf({ Vpc: found }, where);
  expect(take).toThrow(says);
  expect(take).toThrow('Planning orders-dev: /network/vpc in Parameter Store of account 222222222222 (dev), eu-west-1, from which drawbridge.yaml takes the parameter Vpc, ');
  expect(take).not.toThrow('AQICAHh');
});

it('all that is wrong is said at once, and where in the tools account', () => {
  const two = { ...lookups, Level: { store: 'tools', path: '/drawbridge/parameters/orders/level', file: 'drawbridge.yaml' } } as const;
  expect(() => valuesOf({}, { ...where, lookups: two })).toThrow(/\/network\/vpc in .* \/drawbridge\/parameters\/orders\/level in Parameter Store of the tools account, .* takes the parameter Level, is not there/);
});

describe('between the plan and its execution', () => {
  const planned = (noEcho: string[], found: StoredParameter | undefined = stored()) => fingerprints({ Vpc: found }, lookups, noEcho);

  it.each([
    { what: 'nothing', now: stored(), noEcho: [], stale: false },
    { what: 'nothing that is hidden', now: stored(), noEcho: ['Vpc'], stale: false },
    { what: 'the value', now: stored({ value: 'vpc-2', version: 2 }), noEcho: [], stale: true },
    { what: 'a hidden value', now: stored({ value: 'vpc-2', version: 2 }), noEcho: ['Vpc'], stale: true },
    { what: 'a hidden value, made anew', now: stored({ value: 'vpc-2', changedAt: '2026-01-02T00:00:00.000Z' }), noEcho: ['Vpc'], stale: true },
    { what: 'the version only', now: stored({ version: 2 }), noEcho: [], stale: false },
    { what: 'the type, so that it cannot be taken', now: stored({ type: 'SecureString' }), noEcho: [], stale: true },
    { what: 'all: it is gone', now: undefined, noEcho: [], stale: true },
  ])('$what changed', ({ now, noEcho, stale }) => {
    const answer = checkLookups(aTarget({ lookups }), planned(noEcho), fingerprints({ Vpc: now }, lookups, noEcho));
    if (stale) expect(answer).toEqual({ answer: 'close', outcome: 'stale', reason: '/network/vpc in Parameter Store of account 222222222222 (dev), eu-west-1, which Vpc is taken from, changed since this was planned. It is planned again.' });
    else expect(answer).toEqual({ answer: 'execute' });
  });

  it.each([[[]], [['Vpc']]])('no value is kept', (noEcho) => {
    expect(JSON.stringify(planned(noEcho))).not.toContain('vpc-1');
  });
});
