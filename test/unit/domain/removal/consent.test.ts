import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Approval } from '../../../../contracts/approval.ts';
import type { Environment, Environments } from '../../../../contracts/environments.ts';
import { type FactCount, FactKind, type RiskRule } from '../../../../contracts/verdict.ts';
import { checkRecords } from '../../../../domain/check-plan.ts';
import { gateOf, rulesFor } from '../../../../domain/gate.ts';
import { judge } from '../../../../domain/judge.ts';
import { removalApproval, resolveRemoval } from '../../../../domain/removal/resolve.ts';
import { removalRefusal } from '../../../../domain/removal/still-allowed.ts';
import { aDeployed, anApproval, aRecord, aVote, theRegistry } from '../../../fakes/samples.ts';

/** Registries that differ in everything that may decide about consent, and what was deployed in one of their environments, or in none. */
const approvers = fc.constantFrom<Environments['approvers']>({}, { alex: { email: 'alex@example.com' } }, { alex: { email: 'alex@example.com' }, robin: { email: 'robin@example.com' } });
const rules = fc.array(fc.record({ what: fc.constantFrom<RiskRule['what']>('any', ...FactKind.options), then: fc.constantFrom<RiskRule['then']>('auto', 'one', 'two', 'refuse') }), { maxLength: 4 });
const environment: fc.Arbitrary<Environment> = fc.record({ disposable: fc.boolean(), asks: fc.boolean(), rules }).map(({ asks, ...it }) => ({
  branches: ['main'],
  targets: [{ account: 'dev', region: 'eu-west-1', wave: 1 }],
  ...it,
  ...(asks ? { approval: { approvers: ['alex'], required: 1, expires: '3 days', authorMayApprove: false, breakGlass: ['alex', 'robin'] } } : {}),
}));
const registries = fc.record({ approvers, dev: environment, prod: environment }).map(({ approvers: people, ...environments }): Environments => ({ ...theRegistry(), approvers: people, environments }));
const places = fc.record({ name: fc.constantFrom('dev', 'prod', 'login-k3xq2ab', 'gone'), registered: fc.constantFrom(undefined, 'dev', 'prod', 'gone') });
const facts = fc.array(fc.constantFrom(...FactKind.options).map((kind): FactCount => ({ kind, count: 1 })), { maxLength: 3 });

/** A branch's environment in a sandbox: nothing else is removed unasked. */
const isSandbox = (registry: Environments, { name, registered }: { name: string; registered: string | undefined }) => registered !== undefined && registry.environments[name] === undefined && registry.environments[registered]?.disposable === true;
const rowsOf = ({ name, registered }: { name: string; registered: string | undefined }) => [aDeployed({ environment: name, ...(registered === undefined ? {} : { registered }) })];

describe('what is no sandbox is never removed without a yes of a registered approver', () => {
  it('asks somebody, or is refused where there is nobody to ask', () => {
    fc.assert(
      fc.property(registries, places, (registry, place) => {
        const resolved = resolveRemoval(registry, { application: 'orders', environment: place.name }, rowsOf(place));
        const free = isSandbox(registry, place);
        if (free) expect(resolved).toMatchObject({ ok: true });
        else if (resolved.ok) {
          expect(resolved.environment.approval?.quorums.some(({ required, approvers: them }) => required > 0 && them.length > 0)).toBe(true);
          expect(resolved.environment.approval?.breakGlass).toEqual([]);
        } else expect(resolved.problem).toContain('nobody is registered who could');
        if (resolved.ok) expect(resolved.environment.approval === undefined).toBe(free);
      }),
      { numRuns: 1000 },
    );
  });

  it('whatever the rules say, nothing goes before the yes, and only to what was shown', () => {
    fc.assert(
      fc.property(registries, places, facts, fc.option(fc.constantFrom<Approval['state']>('waiting', 'approved', 'rejected', 'expired', 'superseded', 'cancelled')), fc.boolean(), fc.boolean(), (registry, place, found, state, same, voted) => {
        const resolved = resolveRemoval(registry, { application: 'orders', environment: place.name }, rowsOf(place));
        if (!resolved.ok || resolved.environment.approval === undefined) return;
        const records = [aRecord({ environment: place.name, facts: found })];
        const gate = gateOf(resolved.environment.approval, rulesFor(registry, { mode: 'remove' }, resolved.environment), records);
        const judged = judge({ targets: ['main'], records, mode: 'remove', gate, approval: undefined });
        expect(['ask', 'refused']).toContain(judged.step);

        const digest = same ? (judged.digest ?? '') : 'b'.repeat(64);
        const approval = state === null ? undefined : anApproval({ state, digest, quorums: resolved.environment.approval.quorums, breakGlass: [], votes: voted ? ['alex', 'robin'].map((approver) => aVote({ approver, digest })) : [] });
        const yes = state === 'approved' && same && voted;
        const given = judge({ targets: ['main'], records, mode: 'remove', gate, approval });
        const check = checkRecords({ sequence: 13, record: records[0], deployed: rowsOf(place)[0], refusal: undefined, gate, approval, environmentDigest: judged.digest });
        if (!yes) {
          expect(given.step).not.toBe('go');
          expect(check.answer).toBe('close');
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('a sandbox that is one no longer stops a removal that has begun without asking', () => {
    fc.assert(
      fc.property(registries, registries, places, (before, now, place) => {
        const resolved = resolveRemoval(before, { application: 'orders', environment: place.name }, rowsOf(place));
        if (!resolved.ok || resolved.environment.approval !== undefined || isSandbox(now, place)) return;
        expect(removalRefusal(now, resolved.environment)).toBeDefined();
      }),
      { numRuns: 1000 },
    );
  });

  it('a registered environment is never taken for an instance of a sandbox, whatever was noted', () => {
    const registry = theRegistry();
    const sandbox = { ...registry.environments['dev'], branches: ['*'], targets: [], disposable: true };
    expect(removalApproval({ ...registry, environments: { ...registry.environments, sandbox } }, { name: 'dev', registered: 'sandbox' })).not.toBeUndefined();
    expect(removalApproval({ ...registry, environments: { sandbox } }, { name: 'dev', registered: 'sandbox' })).toBeUndefined();
    // Two that disagree are no instance of anything.
    const rows = [aDeployed({ environment: 'x', registered: 'sandbox' }), aDeployed({ environment: 'x', target: 'other' })];
    expect(resolveRemoval({ ...registry, environments: { sandbox } }, { application: 'orders', environment: 'x' }, rows)).toMatchObject({ environment: { approval: { quorums: [{ approvers: ['alex'] }] } } });
  });
});

interface State {
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Catch?: readonly { readonly Next: string }[];
}

/** The states that can be reached without passing any of the given ones. */
function reachable(machine: string, avoid: readonly string[]): Set<string> {
  const { StartAt, States } = JSON.parse(readFileSync(new URL(`../../../../statemachines/${machine}.asl.json`, import.meta.url), 'utf8')) as { StartAt: string; States: Record<string, State> };
  const seen = new Set<string>();
  const visit = (name: string) => {
    if (seen.has(name) || avoid.includes(name)) return;
    seen.add(name);
    const { Next, Default, Choices = [], Catch = [] } = States[name] ?? {};
    for (const next of [Next, Default, ...Choices.map((it) => it.Next), ...Catch.map((it) => it.Next)]) if (next !== undefined) visit(next);
  };
  visit(StartAt);
  return seen;
}

describe('the workflow', () => {
  it('empties and deletes nothing that was not checked under the lock', () => {
    expect([...reachable('remove-target', [])]).toEqual(expect.arrayContaining(['Empty what the stack owns', 'Delete stack']));
    for (const gate of ['Take lock', 'Still the same?']) {
      const without = reachable('remove-target', [gate]);
      expect([...without].filter((state) => state === 'Empty what the stack owns' || state === 'Delete stack'), gate).toEqual([]);
    }
  });

  it('comes to a removal only behind the judgement of the plans', () => {
    expect([...reachable('deploy-environment', [])]).toContain('Remove wave');
    expect([...reachable('deploy-environment', ['Judge plans'])]).not.toContain('Remove wave');
  });
});
