import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, onTestFinished } from 'vitest';
import { found, launch } from './chromium.ts';
import { aDoor, type Door, serve, type Server } from './world.ts';

let browser: Browser | undefined;

/** Tests that need a browser. Without one they are skipped, and their name says why. */
export function withBrowser(name: string, tests: () => void): void {
  const missing = 'missing' in found ? found.missing : undefined;
  describe.skipIf(missing !== undefined)(missing === undefined ? name : `${name} (skipped: ${missing})`, () => {
    beforeAll(async () => {
      browser = await launch();
    });
    afterAll(async () => {
      await browser?.close();
    });
    tests();
  });
}

export interface Visit {
  readonly page: Page;
  /** What the console shows as an error: a breach of the page's own policy is one. */
  readonly errors: string[];
  /** Every address that was asked for, the page's own included. */
  readonly loaded: string[];
}

/** A person with a browser of their own, until the test ends. */
export async function visit(address: string, options: BrowserContextOptions = {}): Promise<Visit> {
  if (browser === undefined) throw new Error('No browser was started.');
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  onTestFinished(() => context.close());
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const errors: string[] = [];
  const loaded: string[] = [];
  page.on('request', (request) => loaded.push(request.url()));
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  await page.goto(address);
  return { page, errors, loaded };
}

function untilTheEnd<S extends Server>(server: S): S {
  onTestFinished(() => server.close());
  return server;
}

export const door = async (...given: Parameters<typeof aDoor>): Promise<Door> => untilTheEnd(await aDoor(...given));
/** A server of somebody else. */
export const stranger = async (page: string): Promise<Server> => untilTheEnd(await serve(() => new Response(page, { headers: { 'content-type': 'text/html' } })));

export const heading = async (page: Page): Promise<string> => await page.locator('h1').innerText();
export const text = async (page: Page): Promise<string> => await page.locator('main').innerText();
