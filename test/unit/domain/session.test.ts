import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sessionName, sessionPolicy, sessionTags } from '../../../domain/session.ts';

const longest = { account: '222222222222', region: 'ap-southeast-2', stackName: 'a'.repeat(128) };

describe('a session in a target account', () => {
  it('has a name that STS takes, whatever the release is called', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (release, environment) => {
        expect(sessionName({ release, environment })).toMatch(/^[\w+=,.@-]{2,64}$/);
      }),
    );
    expect(sessionName({ release: 'orders-12-3f2a9c1b', environment: 'prod' })).toBe('orders-12-3f2a9c1b@prod');
  });

  it('has tags that STS takes', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string()), (text, approvers) => {
        for (const { Value } of sessionTags({ release: text, environment: text, application: text, commit: text, approvers })) expect(Value).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u);
      }),
    );
  });

  it('names who approved only where somebody did', () => {
    const context = { release: 'r', environment: 'e', application: 'a', commit: 'c' };
    expect(sessionTags(context).map(({ Key }) => Key)).toEqual(['release', 'environment', 'application', 'commit']);
    expect(sessionTags({ ...context, approvers: ['alex', 'robin'] }).at(-1)).toEqual({ Key: 'approver', Value: 'alex robin' });
  });

  it('in a deployment group is confined to that group, and only to execute can it deploy', () => {
    const scope = { ...longest, codeDeploy: { application: 'a'.repeat(100), group: 'g'.repeat(100) } };
    const [plan, execute] = [sessionPolicy('plan', scope), sessionPolicy('execute', scope)];
    for (const policy of [plan, execute]) {
      expect(policy.length).toBeLessThanOrEqual(2048);
      expect(policy).toContain(`"arn:aws:codedeploy:ap-southeast-2:222222222222:deploymentgroup:${scope.codeDeploy.application}/${scope.codeDeploy.group}"`);
      expect(policy).not.toMatch(/cloudformation:|iam:/);
    }
    expect([plan.includes('CreateDeployment'), execute.includes('CreateDeployment')]).toEqual([false, true]);
  });

  it.each(['plan', 'execute'] as const)('to %s has a policy that STS takes, also for the longest names', (purpose) => {
    expect(sessionPolicy(purpose, longest).length).toBeLessThanOrEqual(2048);
  });

  it('to plan can neither execute nor delete a stack, to execute cannot open a change set', () => {
    expect(sessionPolicy('plan', longest)).not.toMatch(/ExecuteChangeSet|DeleteStack/);
    expect(sessionPolicy('execute', longest)).not.toMatch(/CreateChangeSet/);
    // Templates are compared while it is planned, and only then.
    expect([sessionPolicy('plan', longest), sessionPolicy('execute', longest)].map((policy) => policy.includes('cloudformation:GetTemplate'))).toEqual([true, false]);
  });
});
