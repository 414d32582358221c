import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findLink, makeForm, makeLink, takeForm, takeOnce } from '../../../aws/links.ts';
import { anApproval } from '../../fakes/samples.ts';
import { FakeTable } from '../../fakes/table.ts';

let table: FakeTable;
const approval = anApproval();
const now = new Date('2026-01-02T00:00:00.000Z');
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);
const form = { link: 'the-link', digest: 'a'.repeat(64) };
const inTheTable = () => JSON.stringify([...table.rows]);

beforeEach(() => {
  table = new FakeTable().install();
});
afterEach(() => {
  table.restore();
});

describe('a link', () => {
  it('leads to its approver’s own question; the table does not know it', async () => {
    const [alexs, robins] = [await makeLink('t', approval, 'alex'), await makeLink('t', approval, 'robin')];
    expect(await findLink('t', alexs)).toEqual({ approval: approval.id, approver: 'alex' });
    expect(await findLink('t', robins)).toEqual({ approval: approval.id, approver: 'robin' });
    for (const link of [alexs, robins]) {
      expect(link).toMatch(/^[\w-]{32}$/);
      expect(inTheTable()).not.toContain(link);
    }
  });

  it('is not found by what the table holds, by a part of it, or in other letters', async () => {
    const link = await makeLink('t', approval, 'alex');
    const hash = String(table.under('LINK#')[0]?.['pk']).replace('LINK#', '');
    for (const guess of [hash, `LINK#${hash}`, link.slice(0, -1), `${link} `, link.toUpperCase(), '', '\u0000', 'constructor']) expect(await findLink('t', guess)).toBeUndefined();
  });

  it('outlives its question by a while, so that a late click is answered, and then goes', async () => {
    await makeLink('t', approval, 'alex');
    expect(table.under('LINK#')[0]).toMatchObject({ expiresAt: Date.parse('2026-04-04T00:00:00.000Z') / 1000 });
  });

  it('is another one each time', async () => {
    const links = new Set(await Promise.all(Array.from({ length: 200 }, () => makeLink('t', approval, 'alex'))));
    expect(links.size).toBe(200);
  });
});

describe('a form', () => {
  it('is taken once', async () => {
    const nonce = await makeForm('t', form, now);
    expect(inTheTable()).not.toContain(nonce);
    expect(inTheTable()).not.toContain('the-link');
    expect(await takeForm('t', nonce, form, now)).toBe(true);
    expect(await takeForm('t', nonce, form, now)).toBe(false);
    expect(table.rows.size).toBe(0);
  });

  it('is taken once also by two in the same moment', async () => {
    const nonce = await makeForm('t', form, now);
    expect((await Promise.all([takeForm('t', nonce, form, now), takeForm('t', nonce, form, now)])).toSorted()).toEqual([false, true]);
  });

  it.each([
    ['of another link', { ...form, link: 'another-link' }],
    ['for another plan', { ...form, digest: 'b'.repeat(64) }],
    ['of the hash of its link', { ...form, link: 'a'.repeat(64) }],
  ])('%s is not taken, and stays for whom it was made', async (_, other) => {
    const nonce = await makeForm('t', form, now);
    expect(await takeForm('t', nonce, other, now)).toBe(false);
    expect(await takeForm('t', nonce, form, now)).toBe(true);
  });

  it('is good for an hour, also where the table keeps it longer', async () => {
    const [first, second] = [await makeForm('t', form, now), await makeForm('t', form, now)];
    expect(await takeForm('t', first, form, later(3599))).toBe(true);
    expect(await takeForm('t', second, form, later(3600))).toBe(false);
  });

  it('that never was is not taken', async () => {
    await makeForm('t', form, now);
    for (const nonce of ['', 'x', String(table.under('FORM#')[0]?.['pk']), '__proto__']) expect(await takeForm('t', nonce, form, now)).toBe(false);
  });

  it('that cannot be looked up is a fault, never a yes', async () => {
    table.mock.reset();
    table.mock.rejects(Object.assign(new Error('busy'), { name: 'ThrottlingException' }));
    await expect(takeForm('t', 'x', form, now)).rejects.toMatchObject({ name: 'TransientError' });
    await expect(takeOnce('t', 'x', now)).rejects.toMatchObject({ name: 'TransientError' });
  });
});

describe('a signed request', () => {
  it('is taken once; the table does not know its signature, and keeps it longer than it is good', async () => {
    expect(await takeOnce('t', 'v0=abc', now)).toBe(true);
    expect(await takeOnce('t', 'v0=abc', later(299))).toBe(false);
    expect(await takeOnce('t', 'v0=abd', now)).toBe(true);
    expect(inTheTable()).not.toContain('v0=abc');
    for (const { args } of table.mock.commandCalls(PutCommand)) expect(Number(args[0].input.Item?.['expiresAt'])).toBeGreaterThan(now.getTime() / 1000 + 600);
  });

  it('that comes twice in the same moment is taken once', async () => {
    expect((await Promise.all(['v0=a', 'v0=a', 'v0=a'].map((signature) => takeOnce('t', signature, now)))).filter((taken) => taken)).toHaveLength(1);
  });
});
