// Takes the pictures of the documentation, anew and always of the same: node test/browser/screenshots.ts
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import * as z from 'zod';
import { decisionDialog, questionMessage } from '../../domain/slack-messages.ts';
import { questionOf } from '../../domain/question.ts';
import { serveSlack } from '../../local/slack.ts';
import { launch } from './chromium.ts';
import { thePlans } from './the-plans.ts';
import { now, theApproval } from './the-question.ts';
import { aDoor, serve } from './world.ts';
import { small } from './small-png.ts';

const folder = resolve(import.meta.dirname, '../../docs/images');
const heaviest = 250_000;
mkdirSync(folder, { recursive: true });

const browser = await launch();

async function picture(name: string, address: string, options: BrowserContextOptions, act: (page: Page) => Promise<unknown> = () => Promise.resolve()): Promise<void> {
  const context = await browser.newContext({ timezoneId: 'UTC', locale: 'en-GB', ...options });
  const page = await context.newPage();
  await page.goto(address);
  await act(page);
  const png = small(await page.screenshot({ fullPage: true, caret: 'hide' }));
  await context.close();
  writeFileSync(join(folder, `${name}.png`), png);
  process.stdout.write(`docs/images/${name}.png  ${String(Math.ceil(png.length / 1000))} KB\n`);
  if (png.length > heaviest) throw new Error(`${name}.png has ${String(png.length)} bytes, which is too heavy for a page of documentation.`);
}

const wide = { viewport: { width: 900, height: 400 } };

async function pictureThePage(): Promise<void> {
  const door = await aDoor();
  await picture('approval-page-light', door.page(), { ...wide, colorScheme: 'light' });
  await picture('approval-page-dark', door.page(), { ...wide, colorScheme: 'dark' });
  await picture('approval-page-phone', door.page(), { viewport: { width: 320, height: 568 }, isMobile: true, hasTouch: true });
  await picture('thank-you', door.page(), { viewport: { width: 900, height: 160 } }, async (page) => {
    await page.getByRole('button', { name: 'Yes' }).click();
    await page.getByText('Thank you').waitFor();
  });
  await door.close();
}

const Press = z.object({ trigger_id: z.string() });

/** Robin has pressed a button of the message, and is asked for a reason. */
async function pictureSlack(): Promise<void> {
  const [channel, robin, botToken] = ['C0DEPLOY', 'U0ROBIN', 'xoxb-of-the-pictures'];
  const question = questionOf(theApproval(), thePlans().map(({ record }) => record));
  const call = async (method: string, body: object) => await fetch(`${slack.apiUrl}${method}`, { method: 'POST', headers: { 'authorization': `Bearer ${botToken}`, 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const app = await serve(async (request) => {
    const { trigger_id } = Press.parse(JSON.parse(new URLSearchParams(await request.text()).get('payload') ?? ''));
    await call('views.open', { trigger_id, view: decisionDialog(question, 'approve', channel) });
    return new Response();
  });
  const slack = await serveSlack({
    botToken, signingSecret: 'not-a-secret', workspace: 'T0SHOP1', channels: { [channel]: 'deployments' }, users: { [robin]: 'robin', U0SAM: 'sam' },
    interactivityUrl: () => app.origin, now: () => now.getTime(),
  });
  await call('chat.postMessage', { channel, ...questionMessage(question, [robin, 'U0SAM']) });
  await picture('slack-message', slack.url, wide, async (page) => {
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByLabel('Reason').fill('Looked at the plan with alex.');
  });
  await Promise.all([slack.close(), app.close()]);
}

try {
  await pictureThePage();
  await pictureSlack();
} finally {
  await browser.close();
}
