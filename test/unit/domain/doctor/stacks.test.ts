import { expect, it } from 'vitest';
import type { Environments } from '../../../../contracts/environments.ts';
import { ownStacks, sharedStacks } from '../../../../domain/doctor/remarks.ts';
import { canaryKey, doctorPolicy } from '../../../../domain/doctor/session.ts';
import { stackUses } from '../../../../domain/doctor/stack-uses.ts';
import { aTarget, theRegistry } from '../../../fakes/samples.ts';

/** Two environments in the one account; what differs is said in the test. */
const registry = (stack?: string, more: Partial<Environments> = {}): Environments => {
  const environment = { branches: ['main'], disposable: false, targets: [{ account: 'dev', region: 'eu-west-1', wave: 1, ...(stack === undefined ? {} : { stack }) }] };
  return { ...theRegistry(), environments: { dev: environment, test: environment }, ...more };
};

it('two environments in one account have stacks of their own, because these are named after them', () => {
  expect(sharedStacks(stackUses(registry(), {}))).toEqual([]);
});

it('a stack name that the registry gives to both is a remark that names them', () => {
  const judgement = ownStacks.judge(stackUses(registry('orders'), {}), {});
  expect(judgement).toEqual({ state: 'remark', says: 'orders (222222222222, eu-west-1): orders in dev, orders in test' });
});

it('so is one that the files of the newest release ask for', () => {
  const environments = ['dev', 'test'].map((name) => ({ name, targets: [aTarget({ stackName: 'shop' })] }));
  const newest = { orders: { build: { kind: 'sam' as const, templates: [{ path: 'template.yaml' }] }, environments, remarks: [] } };
  expect(sharedStacks(stackUses(registry(), newest))).toEqual(['shop (222222222222, eu-west-1): orders in dev, orders in test']);
});

it('an environment that an application may not use is none of its stacks', () => {
  const { environments } = registry('orders');
  const closed = registry('orders', { environments: { ...environments, test: { ...environments['test'], branches: ['main'], disposable: false, targets: environments['test']?.targets ?? [], applications: ['other'] } } });
  expect(sharedStacks(stackUses(closed, {}))).toEqual([]);
});

it('the doctor’s session reads its test object and numbers, within what STS takes', () => {
  const policy = doctorPolicy('a'.repeat(63));
  expect(policy.length).toBeLessThan(2048);
  const { Statement } = JSON.parse(policy) as { Statement: { Action: string | string[]; Resource: string }[] };
  expect(Statement.flatMap(({ Action }) => Action).filter((action) => action !== 'events:PutEvents' && !/:(GetObject|Decrypt|Describe\w+|List\w+|GetTrailStatus)$/.test(action))).toEqual([]);
  expect(Statement[0]?.Resource).toMatch(new RegExp(`/${canaryKey}$`));
});
