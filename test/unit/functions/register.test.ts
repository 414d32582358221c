import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { Registration } from '../../../aws/registry.ts';
import type { Deployed } from '../../../contracts/plan.ts';
import type { Leaving } from '../../../domain/removal/left.ts';
import { register, type Uses } from '../../../functions/register/register.ts';
import { theRegistry } from '../../fakes/samples.ts';

/** Keeps what is registered and who is subscribed. */
class Office implements Uses {
  registered: Registration | undefined;
  readonly mails: string[] = [];
  /** Somebody else who registers between our look and our write. */
  faster = false;

  findRegistry() {
    return Promise.resolve(this.registered);
  }
  writeRegistration(registration: Registration) {
    if (this.faster || registration.version !== (this.registered?.version ?? 0) + 1) return Promise.resolve(false);
    this.registered = registration;
    return Promise.resolve(true);
  }
  subscribers() {
    return Promise.resolve(new Set(this.mails));
  }
  /** SNS takes no address. */
  deaf = false;
  subscribe(email: string) {
    if (this.deaf) return Promise.reject(new Error('SNS is busy'));
    this.mails.push(email);
    return Promise.resolve();
  }
  deployed: Deployed[] = [];
  readonly kept: Leaving[] = [];
  deployedOf(applications: readonly string[]) {
    return Promise.resolve(this.deployed.filter(({ application }) => applications.includes(application)));
  }
  keepLeft(leaving: readonly Leaving[]) {
    this.kept.push(...leaving);
    return Promise.resolve(leaving.map(({ row, why }) => ({ text: `${row.stackName}: ${why}` })));
  }
  now() {
    return new Date('2026-01-01T00:00:00.000Z');
  }
}

const text = stringify(theRegistry());
const other = stringify({ ...theRegistry(), approvers: { alex: { email: 'alex@example.com' }, sam: { email: 'sam@example.com' } } });
const ask = (more: Partial<Parameters<typeof register>[1]> = {}) => ({ text, dryRun: false, ...more });
const by = 'arn:aws:iam::111111111111:role/platform';

it('the first registration is version 1, and says who and when', async () => {
  const office = new Office();
  expect(await register(office, ask(), by)).toMatchObject({ version: 1, changed: true });
  expect(office.registered).toMatchObject({ version: 1, text, registeredBy: by, registeredAt: '2026-01-01T00:00:00.000Z' });
});

it('each approver is subscribed once, however often the file is registered', async () => {
  const office = new Office();
  await register(office, ask(), by);
  await register(office, ask(), by);
  expect(office.mails).toEqual(['alex@example.com']);
});

it('a dry run shows the difference and changes nothing', async () => {
  const office = new Office();
  await register(office, ask(), by);
  expect(await register(office, ask({ text: other, dryRun: true }), by)).toEqual({ version: 1, changed: true, difference: ['+ approvers.sam.email: sam@example.com'], leaves: [] });
  expect(office.registered?.text).toBe(text);
  expect(office.mails).not.toContain('sam@example.com');
});

it('the same content again is no new version', async () => {
  const office = new Office();
  await register(office, ask(), by);
  expect(await register(office, ask(), by)).toEqual({ version: 1, changed: false, difference: [], leaves: [] });
});

it('a difference that was shown against another version is not registered', async () => {
  const office = new Office();
  await register(office, ask(), by);
  await expect(register(office, ask({ text: other, expectedVersion: 0 }), by)).rejects.toThrow(/version 1 is registered, not 0/);
  expect(office.registered?.version).toBe(1);
});

it('of two who register in the same moment one is told to look again', async () => {
  const office = new Office();
  office.faster = true;
  await expect(register(office, ask(), by)).rejects.toThrow(/in the same moment/);
});

it('a wrong file is refused with its line, and nothing is registered', async () => {
  const office = new Office();
  await expect(register(office, ask({ text: 'version: 1\nenvironments: 3\n' }), by)).rejects.toThrow(/environments\.yaml:\d+/);
  expect(office.registered).toBeUndefined();
});

const deployed = (fields: Partial<Deployed> = {}): Deployed => ({
  application: 'orders', environment: 'dev', target: 'main', account: '222222222222', region: 'eu-west-1', stackName: 'orders-dev', release: 'orders-12-3f2a9c1b', commit: 'c', branch: 'main', sequence: 12, fence: 1, deployedAt: '2026-01-01T00:00:00.000Z', outputs: {}, ...fields,
});

it('what has no place in the new environments is named by the difference, and its removal planned when they are registered', async () => {
  const office = new Office();
  await register(office, ask(), by);
  office.deployed = [deployed(), deployed({ application: 'shop', stackName: 'shop-dev' })];
  const without = stringify({ ...theRegistry(), applications: { shop: { repository: 'shop' } } });

  const shown = await register(office, ask({ text: without, dryRun: true }), by);
  expect(shown.leaves).toEqual(['orders in dev (orders-dev): orders is not registered any more. Its removal would be planned.']);
  expect(office.kept).toEqual([]);
  expect((await register(office, ask({ text: without }), by)).leaves).toEqual(['orders-dev: orders is not registered any more']);
  expect(office.kept.map(({ row }) => row.stackName)).toEqual(['orders-dev']);
});

it('an application that left is looked for with every later registration, until it is registered again', async () => {
  const office = new Office();
  await register(office, ask(), by);
  office.deployed = [deployed()];
  const without = { ...theRegistry(), applications: { shop: { repository: 'shop' } } };
  await register(office, ask({ text: stringify(without) }), by);
  expect(office.registered?.former).toEqual(['orders']);
  const more = stringify({ ...without, applications: { ...without.applications, cart: { repository: 'cart' } } });
  expect((await register(office, ask({ text: more }), by)).leaves).toEqual(['orders-dev: orders is not registered any more']);
  expect((await register(office, ask(), by)).leaves).toEqual([]);
  expect(office.registered?.former).toEqual(['shop', 'cart']);
});

it('what leaves is kept in view before anybody is subscribed, which may fail', async () => {
  const office = new Office();
  await register(office, ask(), by);
  Object.assign(office, { deployed: [deployed()], deaf: true });
  const without = stringify({ ...theRegistry(), applications: { shop: { repository: 'shop' } }, approvers: { sam: { email: 'sam@example.com' } }, environments: {} });
  await expect(register(office, ask({ text: without }), by)).rejects.toThrow(/SNS is busy/);
  expect(office.kept).toHaveLength(1);
});
