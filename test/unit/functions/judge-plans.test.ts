import { beforeEach, describe, expect, it } from 'vitest';
import type { Approval } from '../../../contracts/approval.ts';
import type { FactKind, RiskRule } from '../../../contracts/verdict.ts';
import { digestOf } from '../../../domain/judge.ts';
import { judgePlans } from '../../../functions/judge-plans/handler.ts';
import { FakeRecords } from '../../fakes/records.ts';
import { anApproval, aRecord, aRelease, aTarget, aVote, environmentTask } from '../../fakes/samples.ts';

const approval = { quorums: [{ from: 'approvers', approvers: ['alex', 'robin'], required: 1 }], breakGlass: [], expiresInSeconds: 3600, remindInSeconds: 2700, authorMayApprove: false };
const rules: RiskRule[] = [{ what: ['code', 'outputs'], then: 'auto' }, { what: 'deletes-stateful', then: 'two' }, { what: 'imports', then: 'refuse' }];

let records: FakeRecords;

beforeEach(() => {
  records = new FakeRecords();
  records.release = aRelease({ configuration: { build: { kind: 'sam', templates: [{ path: 'template.yaml' }] }, environments: [{ name: 'dev', targets: [aTarget()], approval }], remarks: [] } });
  register(rules);
});

const register = (registered: RiskRule[] | undefined) => {
  records.registry.environments['dev'] = { branches: ['main'], disposable: false, targets: [{ account: 'dev', region: 'eu-west-1', wave: 1 }], ...(registered === undefined ? {} : { rules: registered }) };
};
const plan = (...kinds: FactKind[]) => {
  records.targets.set('dev/main', aRecord({ facts: kinds.map((kind) => ({ kind, count: 1 })) }));
};
const digest = digestOf(['main'], [aRecord()]) ?? '';
const answered = (fields: Partial<Approval>) => {
  records.approvals.set('f'.repeat(32), { ...anApproval({ digest, state: 'approved', votes: [aVote()], ...fields }), version: 1 });
  records.environments.set('dev', { release: environmentTask.release, environment: 'dev', state: 'planning', attempt: '1-1', approval: 'f'.repeat(32), updatedAt: '' });
};
const judge = () => judgePlans(records, records.where, environmentTask);
const ask = { answer: 'ask', expiresInSeconds: 3600, remindInSeconds: 2700 };
const environment = () => records.environments.get('dev');
const said = () => records.reports.map(({ kind, text }) => `${kind}: ${text}`);

describe('the plans of an environment', () => {
  it('that may go alone go on, and the story says by what', async () => {
    plan('code', 'outputs');
    expect(await judge()).toEqual({ answer: 'go' });
    expect(environment()).toMatchObject({ state: 'executing', verdict: 'auto', digest });
    expect(said()).toEqual(['planned: Planned dev. main: not planned. The risk rules let it pass without a person.']);
  });

  it('that need one are asked about, for as long as there is time', async () => {
    plan('code', 'adds');
    expect(await judge()).toEqual(ask);
    expect(environment()).toMatchObject({ state: 'waiting', verdict: 'one', digest });
    expect(said()[0]).toContain('A person must say yes. It adds a resource: no rule lets it pass.');
  });

  it('that need two are asked about again where one has said yes', async () => {
    plan('deletes-stateful');
    answered({});
    expect(await judge()).toEqual(ask);
    expect(environment()).toMatchObject({ state: 'waiting', verdict: 'two' });
    expect(said()[0]).toContain('Two people must say yes. It deletes something that holds data: rule 2 says two.');
    answered({ votes: [aVote(), aVote({ approver: 'robin' })] });
    expect(await judge()).toEqual({ answer: 'go' });
  });

  it('that are refused end there, whoever said yes, and say why', async () => {
    plan('imports', 'code');
    answered({ votes: [aVote(), aVote({ approver: 'robin' })] });
    expect(await judge()).toEqual({ answer: 'refused' });
    expect(environment()).toMatchObject({ verdict: 'refuse', reason: 'The registered risk rules refuse it. It takes over an existing resource: rule 3 says refuse.' });
  });

  it('go on by a yes to exactly them, and not by any other', async () => {
    plan('adds');
    answered({});
    expect(await judge()).toEqual({ answer: 'go' });
    for (const other of [{ digest: 'b'.repeat(64) }, { state: 'rejected' as const }, { votes: [] }]) {
      answered(other);
      expect(await judge()).toEqual(ask);
    }
  });

  it('without known facts are never let go alone', async () => {
    register([{ what: 'any', then: 'auto' }]);
    records.targets.set('dev/main', aRecord());
    expect(await judge()).toEqual(ask);
  });

  it('ask somebody for everything where no rules are registered', async () => {
    register(undefined);
    plan('code');
    expect(await judge()).toEqual(ask);
  });

  it('are judged by the newest rules, not by those of the push', async () => {
    plan('code');
    register([{ what: 'code', then: 'refuse' }]);
    expect(await judge()).toEqual({ answer: 'refused' });
  });

  it('ask nobody where no approval is registered', async () => {
    records.release = aRelease();
    plan('imports');
    expect(await judge()).toEqual({ answer: 'go' });
    expect(said()).toEqual(['planned: Planned dev. main: not planned.']);
  });

  it('without any change ask nobody', async () => {
    records.targets.set('dev/main', aRecord({ state: 'ended', outcome: 'no-changes', facts: [] }));
    expect(await judge()).toEqual({ answer: 'nothing' });
    expect(environment()?.verdict).toBe('skip');
  });
});
