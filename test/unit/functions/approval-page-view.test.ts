import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Plan } from '../../../contracts/plan.ts';
import { aPage, aPageThatAsks } from '../../fakes/approval-page.ts';
import { ApprovalWorld } from '../../fakes/approval-world.ts';
import { throughTheApi } from '../../fakes/api-event.ts';
import { aChange, aRecord, aRelease, aVote } from '../../fakes/samples.ts';
import { tagsOf } from '../../fakes/tags.ts';

let world: ApprovalWorld;
let page: ReturnType<typeof aPageThatAsks>['page'];
let link: string;

beforeEach(() => {
  ({ world, page, link } = aPageThatAsks());
});

const aPlan = (fields: Partial<Plan> = {}): Plan => ({
  release: 'orders-12-3f2a9c1b', environment: 'dev', target: 'main', attempt: '1-1', operation: 'UPDATE', account: '222222222222', region: 'eu-west-1', stackName: 'orders-dev', stackArn: 'arn', changeSetArn: 'arn',
  templateSha256: 'e'.repeat(64), parameters: {}, tags: {}, capabilities: [], roleArn: 'arn', changes: [aChange()], outputsOnly: false, parameterChanges: [], access: [], network: [], remarks: [], digest: 'a'.repeat(64),
  ...fields,
});

function planned(plan: Plan, target = 'main'): void {
  world.targets.set(`dev/${target}`, aRecord({ target, planKey: `plans/${target}`, counts: { add: 0, modify: 1, replace: 0, mayReplace: 0, remove: 0 } }));
  world.planned.set(`plans/${target}`, plan);
}

it('a question that an interrupted try left behind never shows what a later try planned, and takes no answer for it', async () => {
  world.targets.set('dev/main', aRecord({ attempt: '2-1', digest: 'b'.repeat(64) }));
  const response = await page.get(link);
  expect(response.status).toBe(410);
  expect(await response.text()).not.toContain('name="nonce"');
  expect(world.forms.size).toBe(0);
});

describe('text from outside', () => {
  const evil = `"><script>alert(1)</script><img src=x onerror=alert(2)>'--></style></textarea><a href="https://evil.example">&lt;b&gt;`;
  const hidden = 'ab\u202Ecd\u0000\u001B[31m\r\n\u2028ef';

  it.each([['markup', evil], ['hidden signs', hidden]])('is shown as text and never as markup (%s)', async (_, hostile) => {
    world.releases.set('orders-12-3f2a9c1b', aRelease({ branch: hostile, message: hostile, author: { name: hostile, email: hostile } }));
    world.change({
      because: [hostile],
      commits: [{ commit: '3f2a9c1b'.padEnd(40, '0'), author: hostile, message: hostile }],
      votes: [aVote({ approver: 'robin', reason: hostile })],
      quorums: [{ from: 'approvers', approvers: ['alex', 'robin', 'sam'], required: 3 }],
    });
    planned(aPlan({
      changes: [aChange({ logicalId: hostile, type: hostile, details: [{ attribute: 'Properties', name: hostile }] }), aChange({ scope: [hostile], details: [] })],
      parameterChanges: [{ name: hostile, before: hostile, after: hostile }],
      access: [{ effect: 'widens', text: hostile }],
      network: [{ effect: 'opens', text: hostile }],
    }));
    world.targets.set('dev/main', { ...aRecord({ planKey: 'plans/main' }), risks: [hostile] });
    const text = await page.shown(link);
    expect(text.match(/script|ab cd/g)?.length, 'it is all there').toBeGreaterThan(12);
    expect(tagsOf(text)).toEqual([]);
    expect(text).not.toMatch(/<script|[\u0000\u001B\u202E\u2028]|[^\n]\r/);
  });

  it.each([
    ['how it ended', { state: 'rejected', votes: [aVote({ approver: 'robin', decision: 'reject', reason: evil })] }],
    ['what took its place', { state: 'superseded', supersededBy: 'orders-13-aaaaaaaa' }],
  ] as const)('is text also where it is said %s', async (_, fields) => {
    world.releases.set('orders-13-aaaaaaaa', aRelease({ id: 'orders-13-aaaaaaaa', message: evil, author: { name: evil, email: '' } }));
    world.change({ ...fields, votes: 'votes' in fields ? [...fields.votes] : [] });
    const text = await page.shown(link);
    expect(text).toContain('alert(1)');
    expect(tagsOf(text)).toEqual([]);
  });

  it('from the address and the form is not shown at all', async () => {
    for (const address of [`/approvals/${link}?next=${encodeURIComponent(evil)}`, `/approvals/${encodeURIComponent(evil)}`, `/${encodeURIComponent(evil)}`, `/approvals/${link}/..%2f${encodeURIComponent(evil)}`]) {
      for (const method of ['GET', 'POST']) {
        const body = method === 'POST' ? { body: new URLSearchParams({ decision: evil, digest: evil, nonce: evil, reason: evil, [evil]: evil }) } : {};
        const response = await page.app.request(address, { method, ...body });
        expect(await response.text()).not.toMatch(/alert|evil/);
      }
    }
  });
});

describe('what is sent with the page', () => {
  const everywhere = async () => [
    await page.get(link),
    await page.answer(link, 'approve'),
    await page.get(link),
    await page.get('guessed'),
    await page.post(link, {}),
    await page.post(link, {}, { 'sec-fetch-site': 'cross-site' }),
    await page.app.request('/elsewhere'),
    await page.app.request(`/approvals/${link}`, { method: 'POST', body: 'x'.repeat(20_000) }),
  ];

  it('forbids scripts, frames, caches, referrers and guesses of the type, whatever the answer is', async () => {
    const answers = await everywhere();
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 410, 404, 400, 403, 404, 413]);
    for (const { headers, status } of answers) {
      const policy = headers.get('content-security-policy') ?? '';
      const sheet = `'sha256-${createHash('sha256').update(/<style>([\s\S]*?)<\/style>/.exec(await page.shown(link))?.[1] ?? '').digest('base64')}'`;
      expect(policy.split('; ').toSorted(), String(status)).toEqual(["base-uri 'none'", "default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", `style-src ${sheet}`]);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('strict-transport-security')).toMatch(/max-age=\d{7,}/);
      expect(headers.get('content-type')).toMatch(/^text\/html; charset=utf-8$/i);
      expect(headers.get('set-cookie')).toBeNull();
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });

  it('forbids the same when something of ours is broken, and says nothing of what', async () => {
    const broken = aPage(Object.assign(new ApprovalWorld(), { findLink: () => Promise.reject(new Error('no table')) }));
    const response = await broken.get(link);
    expect(response.status).toBe(500);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(response.headers.get('cache-control')).toBe('no-store');
    const text = await response.text();
    expect(text).toContain('Something is broken on our side');
    expect(text).not.toContain(link);
    expect(text).not.toContain('no table');
  });

  it('sends nobody anywhere else', async () => {
    for (const next of ['?next=https://evil.example', '?redirect=//evil.example', '/', '//evil.example', '/..']) {
      const response = await page.app.request(`/approvals/${link}${next}`, { headers: { host: 'evil.example', 'x-forwarded-host': 'evil.example' } });
      expect([200, 404]).toContain(response.status);
      expect(response.headers.get('location')).toBeNull();
      expect(await response.text()).not.toMatch(/evil\.example|http-equiv/);
    }
    for (const response of await everywhere()) expect(response.headers.get('location')).toBeNull();
  });

  it('is whole in one call: nothing else is fetched', async () => {
    planned(aPlan());
    const { body = '' } = await throughTheApi(page.app, { method: 'GET', path: `/approvals/${link}` });
    expect(body).toMatch(/^<!doctype html>[\s\S]*<\/html>$/);
    expect(body).not.toMatch(/\b(src|href|action|srcset|data)=|@import|url\(|<(link|img|iframe|object|script|base)\b/);
  });
});

describe('a very large question', () => {
  const name = (text: string) => text.padEnd(300, 'x');
  function makeLarge(signs: (text: string) => string): void {
    const names = Array.from({ length: 40 }, (_, index) => `t${String(index)}`);
    for (const target of names) {
      const changes = Array.from({ length: 500 }, (_, index) => aChange({ logicalId: signs(name(`${target}R${String(index)}`)), action: index % 3 === 0 ? 'Remove' : 'Modify', details: [{ attribute: 'Properties', name: signs(name('P')) }] }));
      const access = Array.from({ length: 200 }, (_, index) => ({ effect: 'widens' as const, text: signs(name(`${target} access ${String(index)}`)) }));
      const parameterChanges = Array.from({ length: 60 }, (_, index) => ({ name: signs(name(`P${String(index)}`)), before: signs(name('a')), after: signs(name('b')) }));
      planned(aPlan({ target, changes, access, parameterChanges, network: access.map(({ text }) => ({ effect: 'opens' as const, text })), stackName: 's'.repeat(128) }), target);
      const record = world.targets.get(`dev/${target}`);
      if (record !== undefined) world.targets.set(`dev/${target}`, { ...record, stackName: 's'.repeat(128), risks: Array.from({ length: 50 }, (_, index) => signs(name(`risk ${String(index)}`))) });
    }
    world.releases.set('orders-12-3f2a9c1b', aRelease({ message: signs(name('m')), branch: signs(name('b')), author: { name: signs(name('a')), email: '' } }));
    world.change({
      commits: Array.from({ length: 50 }, (_, index) => ({ commit: String(index).padStart(40, '0'), author: signs('a'.repeat(100)), message: signs('m'.repeat(200)) })),
      otherCommits: 250,
      because: Array.from({ length: 50 }, () => signs(name('because'))),
      quorums: [{ from: 'platform', approvers: Array.from({ length: 20 }, (_, index) => `approver-number-${String(index)}`).concat('alex'), required: 20 }],
      votes: Array.from({ length: 19 }, (_, index) => aVote({ approver: `approver-number-${String(index)}`, reason: signs('r'.repeat(1000)) })),
    });
  }

  it.each([
    ['plain', (text: string) => text],
    ['signs that HTML spells out', (text: string) => text.replaceAll('x', '"').replaceAll('m', '"').replaceAll('r', '"')],
    ['signs of four bytes', (text: string) => text.replaceAll('x', '𝕏').replaceAll('m', '𝕏').replaceAll('r', '𝕏')],
  ])('is a page of less than 50 KB, and what is left out is counted (%s)', async (_, signs) => {
    makeLarge(signs);
    const response = await page.get(link);
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(Buffer.byteLength(text)).toBeLessThan(50 * 1024);
    expect(text).toContain('drawbridge show orders-12-3f2a9c1b');
    expect(text.match(/s{128}/g), 'every target is named').toHaveLength(40);
    expect(text).toContain('value="approve"');
    expect(text).toContain('name="nonce"');
    expect(tagsOf(text)).toEqual([]);
  });
});

describe('what is dangerous', () => {
  it('comes before what is not, and what nobody may overlook is named', async () => {
    planned(aPlan({
      drift: 'DRIFTED',
      changes: [aChange({ logicalId: 'Added', action: 'Add', replacement: undefined }), aChange({ logicalId: 'Altered' }), aChange({ logicalId: 'Renewed', replacement: 'True' }), aChange({ logicalId: 'Gone', action: 'Remove', replacement: undefined })],
      parameterChanges: [{ name: 'Size', before: '1', after: '2' }, { name: 'Fresh', after: 'x' }],
      access: [{ effect: 'widens', text: 'Everybody may read Bucket' }],
    }));
    const text = await page.shown(link);
    const places = ['Gone', 'Renewed', 'Altered', 'Added'].map((word) => text.indexOf(`<td>${word} `));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(Math.min(...places)).toBeGreaterThan(0);
    const words = text.replaceAll(/<[^>]*>/g, '');
    for (const sentence of ['(drift)', /Wider:? Everybody may read Bucket/, 'Size: 1 → 2', 'Fresh: not set → x']) expect(words).toMatch(sentence);
  });

  it('is not hidden by targets of which nothing is known, nor by those that do not move', async () => {
    world.targets.set('dev/main', aRecord({ planKey: 'plans/lost' }));
    world.targets.set('dev/still', aRecord({ target: 'still', stackName: 'orders-still', planKey: 'plans/still', outcome: 'no-changes' }));
    const text = await page.shown(link);
    expect(text).toContain('orders-dev');
    expect(text).toContain('nothing changes');
  });
});
