import { beforeEach, describe, expect, it } from 'vitest';
import type { Plan, PlanTemplates } from '../../../contracts/plan.ts';
import { makePlan } from '../../../domain/plan.ts';
import { compareTemplates } from '../../../functions/compare-templates/handler.ts';
import { FakeRecords } from '../../fakes/records.ts';
import { aChange, aRecord, aRelease, aTarget, task } from '../../fakes/samples.ts';

const key = 'plans/orders-12-3f2a9c1b/dev/main/1-1.json';
const document = { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
const plan = makePlan(
  { release: aRelease(), templateSha256: 'e'.repeat(64), noEcho: [], environment: 'dev', target: aTarget(), attempt: '1-1', operation: 'UPDATE' },
  { arn: 'arn:set', stackArn: 'arn:stack', status: 'CREATE_COMPLETE', executionStatus: 'AVAILABLE', reason: undefined, parameters: {}, tags: {}, capabilities: [], changes: [aChange(), aChange({ logicalId: 'Other' }), aChange({ logicalId: 'Data', action: 'Remove' })], nested: [] },
);
const wider: PlanTemplates = { stacks: [{ prefix: '', before: '{"Resources":{}}', after: JSON.stringify({ Resources: { Policy: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: document } } } }) }], parameters: {} };

let records: FakeRecords;
let stored: Plan[];
let plans: Map<string, { plan?: Plan; templates?: PlanTemplates }>;

beforeEach(() => {
  records = new FakeRecords();
  stored = [];
  plans = new Map([[key, { plan, templates: wider }]]);
  put({ planKey: key, digest: plan.digest });
});

const put = (fields: Parameters<typeof aRecord>[0]) => void records.targets.set('dev/main', aRecord(fields));
const compare = () =>
  compareTemplates(
    Object.assign(records, {
      readPlan: (_: string, planKey: string) => Promise.resolve(plans.get(planKey)?.plan),
      readTemplatesOf: (_: string, planKey: string) => Promise.resolve(plans.get(planKey)?.templates),
      storePlan: (_: string, it: Plan) => {
        stored.push(it);
        return Promise.resolve(key);
      },
    }),
    records.where,
    task,
  );

describe('comparing the templates of a plan', () => {
  it('keeps what they say with the plan, and in the row what the rules look at, most dangerous first', async () => {
    expect(await compare()).toEqual({ answer: 'compared' });
    expect(stored).toEqual([{ ...plan, access: [{ effect: 'widens', text: '+ Allow * on * to AWS:${Policy}' }] }]);
    expect(records.targets.get('dev/main')).toMatchObject({
      digest: plan.digest,
      risks: ['Deletes Data (AWS::DynamoDB::Table); what it holds is lost.', 'Widens who may do what: + Allow * on * to AWS:${Policy}'],
      facts: [{ kind: 'deletes-stateful', type: 'AWS::DynamoDB::Table', count: 1 }, { kind: 'widens-access', count: 1 }, { kind: 'changes', type: 'AWS::DynamoDB::Table', count: 2 }],
    });
  });

  it('twice says the same', async () => {
    await compare();
    const once = records.targets.get('dev/main');
    plans.set(key, { plan: stored[0] ?? plan, templates: wider });
    await compare();
    expect([records.targets.get('dev/main'), stored[1]]).toEqual([once, stored[0]]);
  });

  it.each<[string, () => void]>([
    ['that was not planned', () => { put({ state: 'ended', outcome: 'no-changes' }); }],
    ['of another round', () => { put({ planKey: key, attempt: '1-2' }); }],
    ['whose plan has no key', () => { put({}); }],
    ['whose plan is gone', () => plans.set(key, { templates: wider })],
    ['whose templates are gone', () => plans.set(key, { plan })],
    ['that is not there', () => { records.targets.clear(); }],
  ])('of a target %s leaves it unknown, and unknown never goes alone', async (_, arrange) => {
    arrange();
    expect(await compare()).toEqual({ answer: 'nothing' });
    expect(stored).toEqual([]);
    expect(records.targets.get('dev/main')?.facts).toBeUndefined();
  });

  it('keeps a row small, however much there is to say; the plan holds all of it', async () => {
    const statements = Array.from({ length: 120 }, (_, index) => ({ Effect: 'Allow', Action: `s3:${String(index)}${'a'.repeat(9000)}`, Resource: '*' }));
    plans.set(key, { plan, templates: { ...wider, stacks: [{ prefix: '', after: JSON.stringify({ Resources: { Policy: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: { Statement: statements } } } } }) }] } });
    await compare();
    const record = records.targets.get('dev/main');
    expect(record?.risks).toHaveLength(51);
    expect(record?.risks?.at(-1)).toBe('And 71 more lines like these.');
    // A row of DynamoDB holds 400 KB.
    expect(JSON.stringify(record).length).toBeLessThan(100_000);
    expect(record?.facts).toContainEqual({ kind: 'widens-access', count: 120 });
    expect(stored[0]?.access).toHaveLength(120);
  });
});
