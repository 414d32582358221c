import { describe, expect, it } from 'vitest';
import type { FactCount, FactKind, RiskRule } from '../../../contracts/verdict.ts';
import { gateOf } from '../../../domain/gate.ts';
import { aRecord } from '../../fakes/samples.ts';

const approval = { quorums: [{ from: 'approvers', approvers: ['alex', 'robin'], required: 1 }], breakGlass: [], expiresInSeconds: 60, remindInSeconds: 30, authorMayApprove: false };
const rules: RiskRule[] = [{ what: 'code', then: 'auto' }, { what: 'deletes-stateful', then: 'two' }, { what: 'imports', then: 'refuse' }];
const facts = (...kinds: FactKind[]): { facts: FactCount[] } => ({ facts: kinds.map((kind) => ({ kind, count: 1 })) });
const unchanged = aRecord({ state: 'ended', outcome: 'no-changes', facts: [] });

describe('who must be asked', () => {
  it.each<[string, ReturnType<typeof aRecord>[], string, number]>([
    ['nobody for what may go alone', [aRecord(facts('code'))], 'auto', 1],
    ['one person where one target needs it', [aRecord(facts('code')), aRecord(facts('adds'))], 'one', 1],
    ['two where the strongest rule says so', [aRecord(facts('adds')), aRecord(facts('deletes-stateful', 'code'))], 'two', 2],
    ['nobody at all for what is refused', [aRecord(facts('deletes-stateful')), aRecord(facts('imports'))], 'refuse', 1],
    ['a person for a plan of which nothing is known', [aRecord({ facts: undefined })], 'one', 1],
    ['a person for a plan without facts, which must have some', [aRecord({ facts: [] })], 'one', 1],
    ['a person for one unknown plan among harmless ones', [aRecord(facts('code')), aRecord({ facts: undefined })], 'one', 1],
    ['nobody where nothing changes', [unchanged], 'skip', 1],
    ['nobody more for a target where nothing changes', [unchanged, aRecord(facts('code'))], 'auto', 1],
    ['nobody for a target that cannot be planned yet: it is judged when it is', [aRecord({ state: 'deferred', facts: undefined }), aRecord(facts('code'))], 'auto', 1],
    ['for a wave that is deployed as for the ones to come', [aRecord({ ...facts('deletes-stateful'), state: 'ended', outcome: 'deployed' }), aRecord(facts('code'))], 'two', 2],
  ])('%s', (_, records, verdict, atLeast) => {
    expect(gateOf(approval, rules, records)).toMatchObject({ verdict, atLeast, demanded: ['one', 'two', 'refuse'].includes(verdict) });
  });

  it('says why', () => {
    expect(gateOf(approval, rules, [aRecord(facts('deletes-stateful', 'code'))]).because).toEqual(['It deletes something that holds data: rule 2 says two.']);
  });

  it('is everybody’s yes where no rules are registered, also for code', () => {
    expect(gateOf(approval, [], [aRecord(facts('code'))])).toMatchObject({ verdict: 'one', demanded: true });
  });

  it('is nobody where no approval is registered, whatever the rules say', () => {
    expect(gateOf(undefined, rules, [aRecord(facts('imports'))])).toEqual({ verdict: 'auto', because: ['No approval is registered here.'], demanded: false, atLeast: 0 });
  });
});
