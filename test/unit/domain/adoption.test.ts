import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FactCount, RiskRule } from '../../../contracts/verdict.ts';
import { FactKind } from '../../../contracts/verdict.ts';
import { claimOn } from '../../../domain/adoption.ts';
import { adoptionPlace } from '../../../domain/adoption-place.ts';
import { askedFor, gateOf } from '../../../domain/gate.ts';
import { judge } from '../../../domain/judge.ts';
import { ownerTags } from '../../../domain/owner-tags.ts';
import { aDeployed, anAdoption, aRecord, aTarget, theRegistry } from '../../fakes/samples.ts';

const owned = { application: 'orders', environment: 'dev' };
const arn = 'arn:aws:cloudformation:eu-west-1:222222222222:stack/orders-dev/1';
type Asked = Parameters<typeof claimOn>[0];
const asked = (tags: Record<string, string>, fields: Partial<Asked> = {}): Asked => ({ release: 'orders-12-3f2a9c1b', owned, target: aTarget(), stack: { arn, status: 'CREATE_COMPLETE', tags, changedAt: '2025-03-04T05:06:07.000Z' }, stillborn: false, ambiguous: false, deployed: undefined, adoption: undefined, ...fields });

describe('a stack that is there already', () => {
  it.each<[string, Asked, ReturnType<typeof claimOn>['answer'], RegExp?]>([
    ['is ours by its tags', asked(ownerTags(owned)), 'ours'],
    ['is ours by what is noted as deployed, whoever took its tags off', asked({ team: 'shop' }, { deployed: aDeployed({ stackArn: arn }) }), 'ours'],
    ['is ours by what was noted before stacks had their ARN noted', asked({}, { deployed: aDeployed({ stackArn: undefined }) }), 'ours'],
    ['is not the one that is noted where it was made anew by other means', asked({}, { deployed: aDeployed({ stackArn: `${arn}-before` }) }), 'refused', /deployed by other means/],
    ['is not the one that is noted in another place', asked({}, { deployed: aDeployed({ stackName: 'orders-old' }) }), 'refused'],
    ['by other means is refused with the command that takes it over', asked({}), 'refused', /^the stack is there already and was deployed by other means\. "drawbridge adopt orders-dev orders dev" takes it over, then "drawbridge retry orders-12-3f2a9c1b"/],
    ['in one of several places is named by its place', asked({}, { ambiguous: true }), 'refused', /adopt orders-dev orders dev --account 222222222222 --target-region eu-west-1"/],
    ['is taken over where it is adopted, and what it was is said', asked({ team: 'shop' }, { adoption: anAdoption({ reason: 'it was made by sam' }) }), 'takes-over', /^Takes over orders-dev, a stack that was deployed by other means: last changed on 2025-03-04 at 05:06 UTC; tagged team=shop; adopted by alex: it was made by sam\.$/],
    ['without tags is said to have none', asked({}, { adoption: anAdoption() }), 'takes-over', /without tags; adopted by alex\.$/],
    ['is not taken over by an application that did not adopt it', asked({}, { adoption: anAdoption({ application: 'carts' }) }), 'refused'],
    ['is not taken over in an environment for which it was not adopted', asked({}, { adoption: anAdoption({ environment: 'prod' }) }), 'refused'],
    ['of another application is refused, and adopting it lifts nothing', asked({ 'drawbridge:application': 'carts' }, { adoption: anAdoption() }), 'refused', /belongs to carts\. It is left alone/],
    ['of another environment is refused, with the command that moves it', asked(ownerTags({ ...owned, environment: 'test' })), 'refused', /belongs to test\. "drawbridge adopt/],
    ['of another environment can be adopted', asked(ownerTags({ ...owned, environment: 'test' }), { adoption: anAdoption() }), 'takes-over', /a stack that belonged to test:/],
    ['is no branch’s, adopted or not', asked({}, { owned: { ...owned, branch: 'feature/login' }, adoption: anAdoption() }), 'refused', /not made by Drawbridge for this branch/],
    ['of a branch is nobody else’s', asked(ownerTags({ ...owned, branch: 'feature/login' }), { adoption: anAdoption() }), 'refused'],
    ['whose first creation by other means failed is not deleted', asked({}, { stillborn: true, adoption: anAdoption(), stack: { arn, status: 'ROLLBACK_COMPLETE', tags: {}, changedAt: undefined } }), 'refused', /ROLLBACK_COMPLETE and was made by other means, so it is not deleted/],
  ])('%s', (_, it, answer, words = /^/) => {
    const claim = claimOn(it);
    expect(claim.answer).toBe(answer);
    if (claim.answer !== 'ours') expect(claim.sentence).toMatch(words);
  });

  it('is never deployed to unless its tags or a note say that it is ours, or somebody adopted exactly it for exactly this', () => {
    const name = fc.constantFrom('orders', 'carts', undefined);
    const where = fc.constantFrom('dev', 'test', undefined);
    const adoption = fc.option(fc.record({ application: fc.constantFrom('orders', 'carts'), environment: fc.constantFrom('dev', 'test') }), { nil: undefined });
    fc.assert(
      fc.property(name, where, fc.constantFrom('feature/login', undefined), adoption, fc.boolean(), fc.boolean(), fc.constantFrom('feature/login', undefined), (application, environment, branchTag, adopted, noted, stillborn, branch) => {
        const tags = Object.fromEntries([['drawbridge:application', application], ['drawbridge:environment', environment], ['drawbridge:branch', branchTag]].filter(([, value]) => value !== undefined)) as Record<string, string>;
        const { answer } = claimOn(asked(tags, { owned: { ...owned, branch }, stillborn, deployed: noted ? aDeployed({ stackArn: arn }) : undefined, adoption: adopted === undefined ? undefined : anAdoption(adopted) }));
        if (application === 'carts') expect(answer).toBe('refused');
        if (answer === 'ours') expect(noted || (application === 'orders' && environment === 'dev')).toBe(true);
        if (answer === 'takes-over') expect([adopted, stillborn, branch, branchTag]).toEqual([owned, false, undefined, undefined]);
      }),
    );
  });
});

describe('taking over a stack', () => {
  const rules = fc.array(fc.record({ what: fc.constantFrom<RiskRule['what']>('any', ...FactKind.options), then: fc.constantFrom<RiskRule['then']>('auto', 'one', 'two', 'refuse') }), { maxLength: 4 });
  const facts = fc.option(fc.array(fc.constantFrom(...FactKind.options).map((kind): FactCount => ({ kind, count: 1 })), { maxLength: 3 }), { nil: undefined });
  const approval = { quorums: [{ from: 'approvers', approvers: ['alex'], required: 1 }], breakGlass: [], expiresInSeconds: 60, remindInSeconds: 30, authorMayApprove: false };

  it('goes nowhere without a person, whatever the rules, the facts and the environment are', () => {
    fc.assert(
      fc.property(rules, facts, fc.constantFrom(approval, undefined), fc.boolean(), (registered, found, ofEnvironment, somebody) => {
        const registry = { approvers: somebody ? theRegistry().approvers : {}, groups: {} };
        const records = [aRecord({ facts: found, takesOver: 'Takes over it.' }), aRecord({ target: 'other', facts: [{ kind: 'code', count: 1 }] })];
        const who = askedFor(registry, { approval: ofEnvironment }, records);
        const gate = gateOf(who, registered, records);
        const { step } = judge({ targets: ['main', 'other'], records, mode: 'deploy', gate, approval: undefined });
        expect(step).not.toBe('go');
        if (who === undefined) expect(step).toBe('refused');
      }),
    );
  });

  it('asks everybody who may approve anything where the environment asks nobody, and nobody where nothing is taken over', () => {
    const registry = { ...theRegistry(), approvers: { alex: {}, robin: {} } };
    expect(askedFor(registry, {}, [aRecord({ takesOver: 'Takes over it.' })])).toMatchObject({ quorums: [{ approvers: ['alex', 'robin'], required: 1 }], authorMayApprove: false, breakGlass: [] });
    expect(askedFor(registry, {}, [aRecord()])).toBeUndefined();
    expect(askedFor(registry, {}, [aRecord({ takesOver: 'Takes over it.', state: 'ended', outcome: 'no-changes' })])).toBeUndefined();
  });
});

describe('the place of a stack that is adopted', () => {
  const registry = () => {
    const it = theRegistry();
    const at = (region: string, account = 'dev') => ({ account, region, wave: 1 });
    return {
      ...it,
      accounts: { ...it.accounts, prod: { id: '444444444444', externalId: 'drawbridge-444444444444' } },
      environments: {
        dev: { branches: ['main'], disposable: false, targets: [at('eu-west-1')] },
        prod: { branches: ['main'], disposable: false, targets: [at('eu-west-1', 'prod'), at('us-east-1', 'prod'), { ...at('eu-west-1', 'prod'), codeDeploy: { application: 'orders', group: 'web' } }] },
        fixed: { branches: ['main'], disposable: false, targets: [{ ...at('eu-west-1'), stack: 'legacy' }] },
        sandbox: { branches: ['feature/*'], disposable: true, targets: [at('eu-west-1')] },
        closed: { branches: ['main'], disposable: false, applications: ['carts'], targets: [at('eu-west-1')] },
      },
    };
  };
  const wanted = { stack: 'orders-dev', application: 'orders', environment: 'dev' };

  it.each([
    ['follows from the environment', {}, { account: '222222222222', region: 'eu-west-1', stackName: 'orders-dev' }],
    ['is one of several by account and Region', { environment: 'prod', account: 'prod', region: 'us-east-1' }, { account: '444444444444', region: 'us-east-1', stackName: 'orders-dev' }],
    ['takes an account by its id too', { environment: 'prod', account: '444444444444', region: 'eu-west-1' }, { account: '444444444444', region: 'eu-west-1', stackName: 'orders-dev' }],
    ['is where the registered target has that stack', { environment: 'fixed', stack: 'legacy' }, { account: '222222222222', region: 'eu-west-1', stackName: 'legacy' }],
  ])('%s', (_, fields, place) => {
    expect(adoptionPlace(registry(), { ...wanted, ...fields })).toEqual({ ok: true, place });
  });

  it.each([
    ['several places', { environment: 'prod' }, 'Say which: --account prod --target-region eu-west-1, or --account prod --target-region us-east-1.'],
    ['no place there', { account: 'prod' }, 'dev has no target there. It has --account dev --target-region eu-west-1.'],
    ['a sandbox', { environment: 'sandbox' }, 'may be removed by a machine'],
    ['an application that is not registered', { application: 'tax' }, 'there is no application tax. Registered: orders.'],
    ['an environment that is not registered', { environment: 'test' }, 'there is no environment test.'],
    ['an environment that does not take it', { environment: 'closed' }, 'closed does not accept orders.'],
    ['a name that no release may use', { stack: 'carts' }, 'it may use orders, orders-*.'],
    ['another stack than the registered target has', { environment: 'fixed' }, 'no release of orders may deploy to a stack of that name there'],
  ])('is refused in a sentence: %s', (_, fields, words) => {
    expect(adoptionPlace(registry(), { ...wanted, ...fields })).toEqual({ ok: false, problem: expect.stringContaining(words) as string });
  });
});
