import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { Registration } from '../../../aws/registry.ts';
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
  subscribe(email: string) {
    this.mails.push(email);
    return Promise.resolve();
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
  expect(await register(office, ask({ text: other, dryRun: true }), by)).toEqual({ version: 1, changed: true, difference: ['+ approvers.sam.email: sam@example.com'] });
  expect(office.registered?.text).toBe(text);
  expect(office.mails).not.toContain('sam@example.com');
});

it('the same content again is no new version', async () => {
  const office = new Office();
  await register(office, ask(), by);
  expect(await register(office, ask(), by)).toEqual({ version: 1, changed: false, difference: [] });
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
