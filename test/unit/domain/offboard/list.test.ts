import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Item, nextStep, steps } from '../../../../domain/offboard/item.ts';
import { type Found, offboardingList, staysBehind } from '../../../../domain/offboard/list.ts';
import type { Scope, Wishes } from '../../../../domain/offboard/scope.ts';
import { accounts, aStack, artifactStack, buildStack, controlStack, deployedStacks, everything, far, home, kept, regionStack, registered, registryText, targetStack } from '../../../fakes/offboarding.ts';

const no: Wishes = { artifacts: false, evidence: false };
const all: Scope = { kind: 'all' };
const orders: Scope = { kind: 'application', application: 'orders' };
const dev: Scope = { kind: 'account', account: accounts.dev };
const lines = (items: readonly Item[]) => items.map(({ step, title, blocked }) => `${step}: ${title}${blocked === undefined ? '' : ' (!)'}`);
const list = (scope: Scope, fields: Partial<Found> = {}, wishes = no) => offboardingList(scope, wishes, everything(fields));
const gone = { applications: [], accounts: [] };

describe('what leaves, and in which order', () => {
  it('everywhere: what is deployed, the accounts, the builds, other Regions, the control plane', () => {
    expect(lines(list(all))).toEqual([
      'releases: orders-9-aaaaaaaa',
      `applications: orders in dev: orders-dev (${accounts.dev}, ${home})`,
      `applications: orders in prod: orders-prod (${accounts.prod}, ${home})`,
      `applications: notes in dev: notes-dev (${accounts.dev}, ${home})`,
      `accounts: the stack drawbridge-target-region (${accounts.dev}, ${far})`,
      `accounts: the stack drawbridge-target (${accounts.dev}, ${home})`,
      `accounts: the stack drawbridge-target (${accounts.prod}, ${home})`,
      `builds: the stack drawbridge-application-orders (${accounts.tools}, ${home})`,
      `builds: the stack drawbridge-application-notes (${accounts.tools}, ${home})`,
      `regions: the stack drawbridge-artifacts (${accounts.tools}, ${far})`,
      `control-plane: the stack drawbridge (${accounts.tools}, ${home})`,
    ]);
  });

  it('of an application only what is its own, and its place in the registered environments', () => {
    expect(lines(list(orders))).toEqual([
      'releases: orders-9-aaaaaaaa',
      `applications: orders in dev: orders-dev (${accounts.dev}, ${home})`,
      `applications: orders in prod: orders-prod (${accounts.prod}, ${home})`,
      'registration: orders leaves the registered environments',
      `builds: the stack drawbridge-application-orders (${accounts.tools}, ${home})`,
    ]);
  });

  it('of an account what is deployed in it and our stacks there; what releases go to is for its owner to say', () => {
    expect(lines(list(dev, { accounts: everything().accounts.slice(0, 1) }))).toEqual([
      `applications: orders in dev: orders-dev (${accounts.dev}, ${home})`,
      `applications: notes in dev: notes-dev (${accounts.dev}, ${home})`,
      `registration: ${accounts.dev} leaves the registered environments (!)`,
      `accounts: the stack drawbridge-target-region (${accounts.dev}, ${far})`,
      `accounts: the stack drawbridge-target (${accounts.dev}, ${home})`,
    ]);
  });

  it('of an environment in two accounts only the targets in the one that leaves', () => {
    const [first] = everything().applications;
    const [one] = first?.deployed ?? [];
    if (first === undefined || one === undefined) throw new Error('nothing is deployed');
    const both = { ...first, deployed: [one, { ...one, target: 'second', account: accounts.prod }] };
    expect(list(dev, { applications: [both] })[0]?.todo).toEqual({ do: 'remove', application: 'orders', environment: 'dev', targets: ['main'] });
    expect(list(all, { applications: [both] })[1]?.todo).toEqual({ do: 'remove', application: 'orders', environment: 'dev' });
  });

  it('nothing, when nothing is there any more', () => {
    expect(list(all, { ...gone, control: undefined, stacks: [], kept: [] })).toEqual([]);
    expect(list(orders, { ...gone, registry: registered(registryText().replace(/ {2}orders.*\n/, '').replace(', orders', '')), stacks: [controlStack(), buildStack('notes')] })).toEqual([]);
  });
});

describe('what must not be touched', () => {
  it.each([
    ['another control plane’s target stack', targetStack(accounts.dev, { parameters: { ToolsBusArn: 'arn:aws:events:eu-west-1:999999999999:event-bus/drawbridge' } })],
    ['a stack that only has the name', aStack('drawbridge-target', accounts.dev, { parameters: { ToolsBusArn: 'x' } })],
    ['a stack that says what it is and for whom, and is something else', aStack('drawbridge-target', accounts.dev, { outputs: { DrawbridgePart: 'something' } })],
  ])('%s', (_, stack) => {
    expect(list(all, { applications: [], accounts: [{ account: accounts.dev, regions: [home], stacks: [stack] }], stacks: [] })).toEqual([]);
  });

  it.each([
    ['another control plane’s build', buildStack('orders', { parameters: { Application: 'orders', ArtifactBucket: 'other' } })],
    ['another control plane', aStack('drawbridge-try', accounts.tools, { outputs: { DrawbridgePart: 'control-plane', BusArn: 'other', ArtifactBucket: 'other' } })],
    ['another control plane’s Region', artifactStack({ parameters: { HomeBucket: 'other' } })],
  ])('%s in the tools account', (_, stack) => {
    expect(list(all, { ...gone, stacks: [stack] })).toEqual([]);
  });
});

describe('what stands in the way', () => {
  const looked = (...stacks: ReturnType<typeof aStack>[]) => list(all, { applications: [], accounts: [{ account: accounts.dev, regions: [home, far], stacks }] });

  it('a deployed stack that the control plane does not know of keeps the roles that could delete it', () => {
    const [item] = looked(targetStack(accounts.dev), ...deployedStacks('dev', 'orders'));
    expect(item?.blocked?.why).toMatch(/^orders-dev \(222222222222, eu-west-1\) of orders in dev stands there still, and the control plane does not know of it/);
    expect(item?.blocked?.commands).toEqual([`aws cloudformation delete-stack --stack-name orders-dev --region ${home} --profile <a profile of ${accounts.dev}>`]);
  });

  it('termination protection is respected, with the command that switches it off', () => {
    const items = list(all, { ...gone, stacks: [controlStack({ terminationProtection: true })] });
    expect(items[0]?.blocked).toEqual({ why: 'Its termination protection is on.', commands: [`aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name drawbridge --region ${home} --profile <a profile of ${accounts.tools}>`] });
  });

  it('the account’s stack stays as long as a Region’s stack that uses its role must stay', () => {
    expect(lines(looked(targetStack(accounts.dev), regionStack(accounts.dev, { terminationProtection: true })))).toEqual([
      `accounts: the stack drawbridge-target-region (${accounts.dev}, ${far}) (!)`,
      `accounts: the stack drawbridge-target (${accounts.dev}, ${home}) (!)`,
      ...lines(list(all, { ...gone })),
    ]);
  });

  it('an instance of a StackSet, and a stack that moves, are somebody else’s just now', () => {
    expect(looked(targetStack(accounts.dev, { name: 'StackSet-drawbridge-1' }))[0]?.blocked?.why).toContain('StackSet');
    expect(looked(targetStack(accounts.dev, { status: 'UPDATE_IN_PROGRESS' }))[0]?.blocked?.why).toContain('UPDATE_IN_PROGRESS');
    expect(looked(targetStack(accounts.dev, { status: 'DELETE_IN_PROGRESS' }))[0]?.blocked).toBeUndefined();
    expect(looked(targetStack(accounts.dev, { status: 'DELETE_FAILED' }))[0]?.blocked).toBeUndefined();
  });

  it('an account without credentials names the commands for whoever has some', () => {
    const [item] = list(all, { applications: [], accounts: [{ account: accounts.prod, regions: [home, far], stacks: undefined }] });
    expect(item?.blocked?.why).toMatch(new RegExp(`Give --profile ${accounts.prod}=NAME`));
    expect(item?.blocked?.commands).toEqual([
      `aws cloudformation delete-stack --stack-name drawbridge-target-region --region ${far} --profile <a profile of ${accounts.prod}>`,
      `aws cloudformation delete-stack --stack-name drawbridge-target --region ${home} --profile <a profile of ${accounts.prod}>`,
    ]);
  });

  it('an environment that takes only this application is for its owner to decide', () => {
    const text = registryText().replace('[notes, orders]', '[orders]');
    const item = list(orders, { registry: registered(text) }).find(({ step }) => step === 'registration');
    expect(item?.blocked?.why).toMatch(/^prod takes only orders; what becomes of it is for you to say/);
  });
});

describe('data goes only when it is asked for', () => {
  const data = (wishes: Wishes, scope: Scope = all) => list(scope, {}, wishes).filter(({ step }) => step === 'data').map(({ title }) => title.replace(/^the /, ''));
  const b = 'bucket drawbridge-artifacts-1 (eu-west-1)';

  it.each<[string, Wishes, string[]]>([
    ['nothing', no, []],
    ['artifacts: what was built and uploaded, but not the plans', { artifacts: true, evidence: false }, [`${b}, below sealed/, incoming/, builder/`, 'bucket uploads-1 (eu-west-1)', 'bucket drawbridge-artifacts-1-us-east-1 (us-east-1)', 'key key-2 (us-east-1)']],
    ['evidence: the table and the plans', { artifacts: false, evidence: true }, [`${b}, below plans/`, 'table table-1 (eu-west-1)']],
    ['both: all of it', { artifacts: true, evidence: true }, [b, 'bucket uploads-1 (eu-west-1)', 'bucket drawbridge-artifacts-1-us-east-1 (us-east-1)', 'table table-1 (eu-west-1)', 'key key-1 (eu-west-1)', 'key key-2 (us-east-1)']],
  ])('%s', (_, wishes, titles) => {
    expect(data(wishes)).toEqual(titles);
  });

  it('of one application only what lies below its name', () => {
    expect(data({ artifacts: true, evidence: false }, orders)).toEqual([
      `${b}, below sealed/orders/, incoming/orders/, builder/orders/`,
      'bucket uploads-1 (eu-west-1), below orders/',
      'bucket drawbridge-artifacts-1-us-east-1 (us-east-1), below sealed/orders/, incoming/orders/, builder/orders/',
    ]);
  });

  it('what is empty already is not named again', () => {
    expect(list(all, { emptied: ['drawbridge-artifacts-1'] }, { artifacts: false, evidence: true }).filter(({ step }) => step === 'data').map(({ title }) => title)).toEqual(['the table table-1 (eu-west-1)']);
  });

  it('what stays is named with the flag that deletes it', () => {
    expect(staysBehind(all, no, everything())).toHaveLength(kept.length);
    expect(staysBehind(all, { artifacts: true, evidence: true }, everything())).toEqual([]);
    expect(staysBehind(all, { artifacts: true, evidence: false }, everything()).join('\n')).toMatch(/^table table-1[^\n]*--evidence\)\nbucket drawbridge-artifacts-1 [^\n]*\nkey key-1 [^\n]*$/);
  });
});

it('whatever is there: nothing of a later step is begun before an earlier one is done, and what cannot be done is never ready', () => {
  const stack = fc.record({ terminationProtection: fc.boolean(), status: fc.constantFrom('CREATE_COMPLETE', 'UPDATE_IN_PROGRESS', 'DELETE_FAILED') });
  fc.assert(
    fc.property(fc.array(stack, { minLength: 4, maxLength: 4 }), fc.subarray([0, 1]), fc.boolean(), fc.boolean(), ([one, two, three, four], applications, known, wishes) => {
      const found = everything({
        applications: everything().applications.filter((_, index) => applications.includes(index)),
        stacks: [controlStack(one), buildStack('orders', two)],
        accounts: [{ account: accounts.dev, regions: [home, far], stacks: known ? [targetStack(accounts.dev, three), regionStack(accounts.dev, four), ...deployedStacks('dev', 'orders')] : undefined }],
      });
      const items = offboardingList(all, { artifacts: wishes, evidence: wishes }, found);
      const order = items.map(({ step }) => steps.indexOf(step));
      expect(order).toEqual([...order].sort((a, b) => a - b));
      const next = nextStep(items);
      for (const item of items) expect(steps.indexOf(item.step)).toBeGreaterThanOrEqual(steps.indexOf(next?.step ?? 'data'));
      const deleted = items.flatMap(({ todo, blocked }) => (todo.do === 'delete-stack' && blocked === undefined ? [todo.stack] : []));
      for (const { terminationProtection, status } of deleted) expect([terminationProtection, status === 'UPDATE_IN_PROGRESS']).toEqual([false, false]);
      // No stack of ours in an account goes while something unknown stands there.
      if (!applications.includes(0) && known) expect(deleted.filter(({ account }) => account === accounts.dev)).toEqual([]);
    }),
  );
});
