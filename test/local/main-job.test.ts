import { cp } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../fakes/until.ts';
import { type Application, outcomes, Town } from './town.ts';

const example = fileURLToPath(new URL('../../examples/orders', import.meta.url));

let town: Town;
let orders: Application;
beforeAll(async () => {
  town = await Town.build();
  const [application] = await town.applications('orders');
  if (application === undefined) throw new Error('no application');
  orders = application;
  await cp(example, orders.folder, { recursive: true, filter: (from) => !from.includes('node_modules') });
}, 120_000);
afterAll(() => town.close());

async function json(url: string, init?: RequestInit): Promise<unknown> {
  const response = await fetch(url, init);
  expect(response.ok).toBe(true);
  return await response.json();
}

/** The newest mail to an approver, by its link. */
async function link(approver: string): Promise<string> {
  return await until(`a mail to ${approver}`, async () => {
    const mail = (await town.system.cloud.admin.mails()).findLast(({ to, subject }) => to.startsWith(approver) && subject.includes('waits for you'));
    return /https?:\/\/\S+\/approvals\/\S+/.exec(mail?.body ?? '')?.[0];
  });
}

it('a push reaches three accounts, production by a yes on the page', { timeout: 180_000 }, async () => {
  const release = await orders.releaseOf(await orders.push({}, 'Sell <b>tea</b>'));
  const waiting = await town.waitsIn(release, 'prod');
  expect(outcomes(waiting)).toMatchObject({ dev: 'deployed', staging: 'deployed' });

  // Looking, as a mail scanner does, decides nothing.
  const page = await (await fetch(await link('robin'))).text();
  expect(page).toContain('orders wants to go to prod');
  expect(page).toContain('Sell &lt;b&gt;tea&lt;/b&gt;');
  expect(page).not.toContain('<b>tea</b>');
  expect((await town.show(release)).approvals.map(({ state }) => state)).toEqual(['waiting']);

  const hidden = (name: string) => new RegExp(`name="${name}" value="([^"]+)"`).exec(page)?.[1] ?? '';
  const form = new URLSearchParams({ digest: hidden('digest'), nonce: hidden('nonce'), decision: 'approve', reason: 'tea is good' });
  const answered = await fetch(await link('robin'), { method: 'POST', body: form });
  expect(answered.status).toBe(200);

  const shown = await town.ended(release);
  expect(shown.release.outcome).toBe('deployed');
  expect(shown.story.some(({ text }) => text.includes('robin said yes') && text.includes('tea is good'))).toBe(true);
  for (const [environment, stage] of [['dev', 'dev'], ['staging', 'staging'], ['prod', 'prod']]) {
    const url = shown.targets.find((target) => target.environment === environment)?.outputs?.['ApiUrl'] ?? '';
    expect(await json(url)).toEqual({ service: 'orders', stage, version: 1 });
    const order = (await json(`${url}/orders`, { method: 'POST', body: JSON.stringify({ item: 'tea' }) })) as { id: string };
    await until('the order is handled', async () => ((await json(`${url}/orders/${order.id}`)) as { state: string }).state === 'handled');
  }
  // A used link is answered calmly.
  expect((await fetch(await link('robin'), { method: 'POST', body: form })).status).toBe(410);
});

it('the same code again changes nothing; a changed function is a modification', { timeout: 180_000 }, async () => {
  const same = await orders.release({ 'NOTES.md': 'nothing that is deployed' }, 'Only words');
  expect(same.release.outcome).toBe('no-changes');
  expect(same.approvals).toEqual([]);

  const changed = await orders.releaseOf(await orders.push({ 'src/version.mjs': 'export const version = 2;\n' }, 'Next version'));
  const waiting = await town.waitsIn(changed, 'prod');
  // The code of two functions, and five resources that only refer to them: nothing may be replaced.
  expect(waiting.targets.find(({ environment }) => environment === 'prod')?.counts).toEqual({ add: 0, modify: 7, replace: 0, mayReplace: 0, remove: 0 });
  await town.decide(changed, 'prod', 'reject', 'robin', 'not on a Friday');
  const rejected = await town.ended(changed);
  expect(rejected.release).toMatchObject({ outcome: 'rejected' });
  expect(rejected.release.reason).toContain('not on a Friday');
});

it('who wrote the commit may not approve', { timeout: 120_000 }, async () => {
  const release = await orders.releaseOf(await orders.push({ 'src/version.mjs': 'export const version = 3;\n' }, 'Version 3'));
  await town.waitsIn(release, 'prod');
  await expect(town.decide(release, 'prod', 'approve', 'kim')).rejects.toThrow(/wrote or pushed a commit/);
  await town.decide(release, 'prod', 'reject');
  await town.ended(release);
});
