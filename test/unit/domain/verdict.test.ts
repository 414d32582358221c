import { describe, expect, it } from 'vitest';
import { type FactCount, FactKind, type RiskRule, Verdict } from '../../../contracts/verdict.ts';
import { neverAlone, strongest, verdictOf } from '../../../domain/verdict.ts';

const aFact = (kind: FactKind, type?: string): FactCount => ({ kind, ...(type === undefined ? {} : { type }), count: 1 });
const verdict = (rules: readonly RiskRule[], ...facts: FactCount[]) => verdictOf(rules, facts).verdict;
const table = 'AWS::DynamoDB::Table';

describe('the verdict', () => {
  it.each<[string, RiskRule[], Verdict]>([
    ['the first of two that fit', [{ what: 'code', then: 'auto' }, { what: 'code', then: 'refuse' }], 'auto'],
    ['the narrower one, when it comes first', [{ what: 'code', then: 'two' }, { what: 'any', then: 'auto' }], 'two'],
    ['the wider one, when it comes first', [{ what: 'any', then: 'auto' }, { what: 'code', then: 'two' }], 'auto'],
    ['a list that has the kind', [{ what: ['outputs', 'code'], then: 'auto' }], 'auto'],
    ['the next, where a list lacks the kind', [{ what: ['outputs', 'adds'], then: 'refuse' }, { what: 'any', then: 'auto' }], 'auto'],
  ])('is by %s', (_which, rules, expected) => {
    expect(verdict(rules, aFact('code', 'AWS::Lambda::Function'))).toBe(expected);
  });

  it.each<[FactKind[], Verdict]>([
    [['code'], 'auto'],
    [['code', 'adds'], 'one'],
    [['adds', 'replaces', 'code'], 'two'],
    [['deletes', 'replaces', 'adds', 'code'], 'refuse'],
  ])('is the strongest that is decided of %j', (kinds, expected) => {
    const rules: RiskRule[] = [{ what: 'code', then: 'auto' }, { what: 'replaces', then: 'two' }, { what: 'deletes', then: 'refuse' }, { what: 'any', then: 'one' }];
    expect(verdict(rules, ...kinds.map((kind) => aFact(kind)))).toBe(expected);
  });

  it('asks one person where no rule fits', () => {
    expect(verdictOf([], [aFact('code', 'AWS::Lambda::Function')])).toEqual({ verdict: 'one', because: ['It exchanges code (AWS::Lambda::Function): no rule lets it pass.'] });
    expect(verdict([{ what: 'code', then: 'auto' }], aFact('code'), aFact('adds'))).toBe('one');
  });

  it('skips where there is nothing to say', () => {
    expect(verdictOf([{ what: 'any', then: 'refuse' }], [])).toEqual({ verdict: 'skip', because: [] });
  });

  it.each([...neverAlone])('lifts what must not go alone to one person: %s', (kind) => {
    const { verdict: lifted, because } = verdictOf([{ what: kind, then: 'auto' }], [aFact(kind)]);
    expect(lifted).toBe('one');
    expect(because).toEqual([expect.stringMatching(/: this never goes without a person\.$/)]);
  });

  it.each<RiskRule['then']>(['one', 'two', 'refuse'])('leaves a rule of %s as strong as it is', (then) => {
    expect(verdict([{ what: 'any', then }], aFact('deletes-stateful', table))).toBe(then);
  });

  it.each(FactKind.options.filter((kind) => !neverAlone.has(kind)))('lets go alone what the rules let go: %s', (kind) => {
    expect(verdict([{ what: 'any', then: 'auto' }], aFact(kind))).toBe('auto');
  });
});

describe('the types of a rule', () => {
  it.each<[string[], string | undefined, boolean]>([
    [[table], table, true],
    [['AWS::DynamoDB::*'], table, true],
    [['AWS::*::Table'], table, true],
    [['*'], table, true],
    [['AWS::S3::*', 'AWS::DynamoDB::*'], table, true],
    [['AWS::S3::*'], table, false],
    [['AWS::DynamoDB'], table, false],
    [['aws::dynamodb::table'], table, false],
    [['*'], undefined, false],
  ])('%j: does it fit %s? %s', (types, type, fits) => {
    const rules: RiskRule[] = [{ what: 'changes', types, then: 'auto' }, { what: 'any', then: 'refuse' }];
    expect(verdict(rules, aFact('changes', type))).toBe(fits ? 'auto' : 'refuse');
  });
});

describe('the reasons', () => {
  const rules: RiskRule[] = [{ what: 'code', then: 'auto' }, { what: ['replaces-stateful', 'widens-access'], then: 'two' }];

  it('are those of the strongest decision alone, with the rule that made it', () => {
    expect(verdictOf(rules, [aFact('replaces-stateful', table), aFact('widens-access'), aFact('adds', table), aFact('code')]).because).toEqual([
      'It replaces something that holds data (AWS::DynamoDB::Table): rule 2 says two.',
      'It widens who may do what: rule 2 says two.',
    ]);
  });

  it('are said once, however many facts are alike', () => {
    expect(verdictOf([], [aFact('adds', table), aFact('adds', table)]).because).toHaveLength(1);
  });

  it.each(FactKind.options)('are a sentence for %s', (kind) => {
    expect(verdictOf([], [aFact(kind)]).because).toEqual([expect.stringMatching(/^It [a-z ]+: no rule lets it pass\.$/)]);
  });
});

describe('the strongest of verdicts', () => {
  it.each<[Verdict[], Verdict]>([
    [[], 'skip'],
    [['skip', 'auto'], 'auto'],
    [['two', 'one'], 'two'],
    [['auto', 'refuse', 'two'], 'refuse'],
    [[...Verdict.options], 'refuse'],
  ])('of %j is %s', (verdicts, expected) => {
    expect(strongest(verdicts)).toBe(expected);
  });
});
